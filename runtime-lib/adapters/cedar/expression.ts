/** Cedar's JSON policy format read step by step: unknown JSON in, its one operator and operands out. */

export type Json = unknown;

/** A node's operator (`==`, `.`, `Value`, `lessThan` …) and what stands under it; undefined for what is no node. */
export function operatorOf(node: Json): { readonly operator: string; readonly operands: Json } | undefined {
  if (typeof node !== "object" || node === null || Array.isArray(node)) return undefined;
  const entries = Object.entries(node);
  const [entry] = entries;
  return entry === undefined || entries.length > 1 ? undefined : { operator: entry[0], operands: entry[1] };
}

/** A named member of an object, or undefined. */
export function member(node: Json, name: string): Json {
  if (typeof node !== "object" || node === null || !Object.hasOwn(node, name)) return undefined;
  return Object.getOwnPropertyDescriptor(node, name)?.value;
}

/** The elements of an array; none for anything else. */
export function elements(node: Json): readonly Json[] {
  return Array.isArray(node) ? node : [];
}

/** The text of a string; "" for anything else. */
export function text(node: Json): string {
  return typeof node === "string" ? node : "";
}

/** The type and id of an entity reference, with or without `__entity` around it. */
export function entityOf(node: Json): { readonly type: string; readonly id: string } | undefined {
  const entity = member(node, "__entity") ?? node;
  const type = member(entity, "type");
  const id = member(entity, "id");
  return typeof type === "string" && typeof id === "string" ? { type, id } : undefined;
}
