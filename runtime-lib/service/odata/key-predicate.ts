/** Reads what stands in the parentheses behind an entity set: the key, or an alternate key (OData 4.01, URL Conventions 4.3). */
import { named, type PropertyDescriptor, type Value, type Values } from "../../kernel/index.ts";
import type { Failed } from "../call.ts";
import { invalid, isFailed } from "./failure.ts";
import { readUrlLiteral, shown } from "./literals.ts";
import type { SetRoute } from "./routes.ts";

export type KeyPredicate =
  | { readonly kind: "key"; readonly id: string }
  /** Of an id that is made of them, and of where the entity is contained. */
  | { readonly kind: "parts"; readonly values: Values }
  /** The values of all properties of one alternate key. */
  | { readonly kind: "alternate"; readonly values: Values };

/** `('7')` or `(Id='7')`; by an alternate key always with its names: `(Number='7')`, `(Shop='a',Number=7)`. */
export function readPredicate(set: SetRoute, predicate: string): KeyPredicate | Failed {
  const inner = predicate.slice(1, -1).trim();
  if (!predicate.endsWith(")") || inner === "") return badPredicate(predicate, keyName(set));
  const pairs = pairsOf(inner);
  const first = pairs?.[0];
  if (pairs === undefined || first === undefined)
    return set.keyParts.length === 1 ? keyOf(inner, set) : badPredicate(predicate, keyName(set));
  if (pairs.length === 1 && first.name === keyName(set))
    return first.literal === "" ? badPredicate(predicate, keyName(set)) : keyOf(first.literal, set);
  if (set.keyParts.length > 1 && isOf(set.keyParts, pairs)) return multiple("parts", set.keyParts, { set, pairs });
  const alternate = set.alternateKeys.find((each) => isOf(each, pairs));
  return alternate === undefined ? unknownKey(set, pairs) : multiple("alternate", alternate, { set, pairs });
}

interface Pair {
  readonly name: string;
  readonly literal: string;
}

/** With one way only to read a text, nothing is tried twice: a quote that closes is not followed by a quote. */
const pair = /\s*([A-Za-z_]\w*)\s*=(\s*[\w.]*'(?:[^']|'')*'(?!')\s*|[^',]*)(,|$)/y;

/** `Name=literal` pairs; undefined where the text is none of them, and so can only be a key without its name. */
function pairsOf(text: string): readonly Pair[] | undefined {
  const pairs: Pair[] = [];
  for (let at = 0; ; ) {
    pair.lastIndex = at;
    const [whole, name, literal = "", end] = pair.exec(text) ?? [];
    if (whole === undefined || name === undefined) return at === 0 ? namedPair(text) : undefined;
    pairs.push({ name, literal: literal.trim() });
    if (end === "") return pairs;
    at += whole.length;
  }
}

/** One pair whose literal is ill-formed: what is wrong with it is said where it is read. */
function namedPair(text: string): readonly Pair[] | undefined {
  const [, name, literal = ""] = /^([A-Za-z_]\w*)\s*=\s*(.*)$/s.exec(text) ?? [];
  return name === undefined ? undefined : [{ name, literal }];
}

/** The properties of the key, as a message names them. */
export function keyName({ keyParts }: SetRoute): string {
  return keyParts.map(({ name }) => name).join(", ");
}

function keyOf(literal: string, set: SetRoute): KeyPredicate | Failed {
  const [property = set.keyProperty] = set.keyParts;
  const value = literalValue(literal, property, set);
  if (isFailed(value)) return value;
  return set.type.identity === undefined
    ? { kind: "key", id: String(value) }
    : { kind: "parts", values: { [property.name]: value } };
}

function isOf(key: readonly PropertyDescriptor[], pairs: readonly Pair[]): boolean {
  const names = new Set(pairs.map(({ name }) => name));
  return names.size === pairs.length && names.size === key.length && key.every(({ name }) => names.has(name));
}

function multiple(
  kind: "parts" | "alternate",
  key: readonly PropertyDescriptor[],
  { set, pairs }: { readonly set: SetRoute; readonly pairs: readonly Pair[] },
): KeyPredicate | Failed {
  const values = named<Value>();
  for (const property of key) {
    const value = literalValue(pairs.find(({ name }) => name === property.name)?.literal ?? "", property, set);
    if (isFailed(value)) return value;
    values[property.name] = value;
  }
  return { kind, values };
}

function literalValue(
  written: string,
  { name, type, enumName }: PropertyDescriptor,
  { namespace }: SetRoute,
): string | number | boolean | Failed {
  const qualifier = `${namespace}.${enumName}`;
  const literal = type === "enum" && written.startsWith(`${qualifier}'`) ? written.slice(qualifier.length) : written;
  const read = readUrlLiteral(literal, type === "enum" ? "Edm.String" : type);
  if ("problem" in read) return invalid(read.problem, name);
  const { value } = read;
  return value === null || typeof value === "object" ? invalid(`${shown(literal)} is no value of a key`, name) : value;
}

function unknownKey(set: SetRoute, pairs: readonly Pair[]): Failed {
  const { type, alternateKeys } = set;
  const names = pairs.map(({ name }) => name).join(", ");
  const others = alternateKeys.map((each) => ` or ${each.map(({ name }) => name).join(", ")}`).join("");
  return invalid(`the key of ${type.name} is ${keyName(set)}${others}, not ${names}`, pairs[0]?.name ?? keyName(set));
}

function badPredicate(predicate: string, key: string): Failed {
  const forms = key.includes(", ") ? `(${key.replaceAll(",", "=…,")}=…)` : `('key') or (${key}='key')`;
  return invalid(`${shown(predicate)} is not a key: write ${forms}`, key);
}
