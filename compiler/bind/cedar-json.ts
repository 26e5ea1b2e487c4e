/** Cedar's JSON policy format, read step by step: what is not as the format says it is left to Cedar. */

/** A construct that the compiler does not cover; the policy that holds it is evaluated by Cedar itself. */
export class LeftToCedar extends Error {}

/** A node's one operator (`==`, `.`, `Value`, `lessThan` …) and what stands under it. */
export function operatorOf(node: unknown): readonly [operator: string, operands: unknown] {
  const [only, ...others] = typeof node === "object" && node !== null ? Object.entries(node) : [];
  if (only === undefined || others.length > 0 || Array.isArray(node)) throw new LeftToCedar("an unknown expression");
  return only;
}

/** A named member of an object; undefined where it has none. */
export function member(node: unknown, name: string): unknown {
  if (typeof node !== "object" || node === null || !Object.hasOwn(node, name)) return undefined;
  return Object.getOwnPropertyDescriptor(node, name)?.value;
}

export function elementsOf(node: unknown): readonly unknown[] {
  if (Array.isArray(node)) return node;
  throw new LeftToCedar("an unknown list");
}

export function textOf(node: unknown): string {
  if (typeof node === "string") return node;
  throw new LeftToCedar("an unknown name");
}

/** The type and id of an entity, with or without `__entity` around it. */
export function uidOf(node: unknown): { readonly type: string; readonly id: string } {
  const uid = member(node, "__entity") ?? node;
  return { type: textOf(member(uid, "type")), id: textOf(member(uid, "id")) };
}
