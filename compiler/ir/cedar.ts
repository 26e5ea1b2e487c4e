/** A Cedar policy as a bound expression: its head and its conditions over one small union, ready to be emitted. */

/** What a policy says, or why it is left to Cedar itself. */
export type PolicyBody =
  | {
      readonly kind: "compiled";
      /** What the head asks of each; absent where it asks nothing. */
      readonly principal?: CedarNode;
      readonly action?: CedarNode;
      readonly resource?: CedarNode;
      /** Every `when`, and every `unless` negated, in their order. */
      readonly conditions: readonly CedarNode[];
    }
  | { readonly kind: "left-to-cedar"; readonly why: string };

export type CedarVariable = "principal" | "action" | "resource" | "context";

export type CedarOperator =
  | "=="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "+"
  | "-"
  | "*"
  | "in"
  | "contains"
  | "containsAll"
  | "containsAny"
  | "hasTag"
  | "getTag";

export type CedarNode =
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "string"; readonly value: string }
  /** Its digits, because 64 bits are more than a JSON number holds. */
  | { readonly kind: "long"; readonly digits: string }
  | { readonly kind: "entity"; readonly type: string; readonly id: string }
  | { readonly kind: "variable"; readonly part: CedarVariable }
  | { readonly kind: "not" | "negate" | "isEmpty"; readonly operand: CedarNode }
  | { readonly kind: "logic"; readonly operator: "&&" | "||"; readonly left: CedarNode; readonly right: CedarNode }
  | { readonly kind: "binary"; readonly operator: CedarOperator; readonly left: CedarNode; readonly right: CedarNode }
  | { readonly kind: "attribute"; readonly of: CedarNode; readonly name: string }
  | { readonly kind: "has"; readonly of: CedarNode; readonly path: readonly string[] }
  /** The pattern's text between its wildcards. */
  | { readonly kind: "like"; readonly of: CedarNode; readonly pieces: readonly string[] }
  | { readonly kind: "is"; readonly of: CedarNode; readonly type: string; readonly in?: CedarNode }
  | { readonly kind: "if"; readonly test: CedarNode; readonly yes: CedarNode; readonly no: CedarNode }
  | { readonly kind: "set"; readonly elements: readonly CedarNode[] }
  | { readonly kind: "record"; readonly fields: readonly (readonly [name: string, value: CedarNode])[] }
  | { readonly kind: "call"; readonly function: CedarFunction; readonly operands: readonly CedarNode[] };

/** Every function of Cedar's extensions, and how many operands it has. */
export const cedarFunctions = {
  ip: 1,
  isIpv4: 1,
  isIpv6: 1,
  isLoopback: 1,
  isMulticast: 1,
  isInRange: 2,
  decimal: 1,
  lessThan: 2,
  lessThanOrEqual: 2,
  greaterThan: 2,
  greaterThanOrEqual: 2,
  datetime: 1,
  duration: 1,
  offset: 2,
  durationSince: 2,
  toDate: 1,
  toTime: 1,
  toMilliseconds: 1,
  toSeconds: 1,
  toMinutes: 1,
  toHours: 1,
  toDays: 1,
} as const;

export type CedarFunction = keyof typeof cedarFunctions;

/** The nodes directly below this one, in their order. */
export function cedarOperands(node: CedarNode): readonly CedarNode[] {
  switch (node.kind) {
    case "boolean":
    case "string":
    case "long":
    case "entity":
    case "variable":
      return [];
    case "not":
    case "negate":
    case "isEmpty":
      return [node.operand];
    case "logic":
    case "binary":
      return [node.left, node.right];
    case "attribute":
    case "has":
    case "like":
      return [node.of];
    case "is":
      return node.in === undefined ? [node.of] : [node.of, node.in];
    case "if":
      return [node.test, node.yes, node.no];
    case "set":
      return node.elements;
    case "record":
      return node.fields.map(([, value]) => value);
    case "call":
      return node.operands;
  }
}
