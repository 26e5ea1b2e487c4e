/** Prints JSON with numbers as they were written: a decimal of twenty digits keeps all of them. */

/** A JSON value; a number is known by its digits. */
export type JsonNode =
  | string
  | boolean
  | null
  | { readonly kind: "number"; readonly digits: string }
  | { readonly kind: "list"; readonly items: readonly JsonNode[] }
  | JsonObject;

export interface JsonObject {
  readonly kind: "object";
  readonly members: readonly JsonMember[];
}

export type JsonMember = readonly [name: string, value: JsonNode];

/** Indented by two spaces and ending in a newline. */
export function printJson(root: JsonNode): string {
  return `${printNode(root, "\n")}\n`;
}

/** An object of those members; of two with one name the later one stands. */
export function jsonObject(members: readonly JsonMember[]): JsonObject {
  return { kind: "object", members: [...new Map(members)] };
}

/** An array. */
export function jsonList(items: readonly JsonNode[]): JsonNode {
  return { kind: "list", items };
}

/** The text as a number where JSON has it, and else as a string, as OData writes `INF`, `-INF` and `NaN`. */
export function jsonNumber(text: string): JsonNode {
  const [, sign = "", whole = "", rest = ""] = /^([+-]?)([0-9]+)((?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)$/.exec(text) ?? [];
  if (whole === "") return text;
  return { kind: "number", digits: `${sign === "-" ? "-" : ""}${whole.replace(/^0+(?=[0-9])/, "")}${rest}` };
}

function printNode(node: JsonNode, line: string): string {
  if (node === null || typeof node !== "object") return JSON.stringify(node);
  const inner = `${line}  `;
  switch (node.kind) {
    case "number":
      return node.digits;
    case "list":
      return enclosed(
        node.items.map((item) => inner + printNode(item, inner)),
        ["[", "]"],
        line,
      );
    case "object":
      return enclosed(
        node.members.map(([name, value]) => `${inner}${JSON.stringify(name)}: ${printNode(value, inner)}`),
        ["{", "}"],
        line,
      );
  }
}

function enclosed(parts: readonly string[], [open, close]: readonly [string, string], line: string): string {
  return parts.length === 0 ? open + close : `${open}${parts.join(",")}${line}${close}`;
}
