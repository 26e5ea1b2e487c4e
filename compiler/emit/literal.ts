/** Plain data as TypeScript literals, laid out as a formatter would lay it out. */

import { lineWidth, type Place, propertyKey, quote } from "./text.ts";

/** A literal: finished code, code that depends on where it stands, an object or an array. */
export type Literal =
  | string
  | ((place: Place) => string)
  | { readonly fields: readonly (readonly [name: string, value: Literal])[] }
  | { readonly items: readonly Literal[] };

/** An object; what is undefined is left out. */
export function object(fields: Readonly<Record<string, Literal | undefined>>): Literal {
  return {
    fields: Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  };
}

/** An object whose keys are names of the spec. */
export function record(entries: readonly (readonly [string, Literal])[]): Literal {
  return { fields: entries };
}

export function array(items: readonly Literal[]): Literal {
  return { items };
}

/** A string, number, bool, null or list of strings. */
export function scalar(value: string | number | boolean | null | readonly string[]): Literal {
  if (typeof value === "string") return quote(value);
  return typeof value === "object" && value !== null ? array(value.map(quote)) : String(value);
}

/** A literal, or nothing where there is none. */
export function optional(value: string | number | boolean | undefined): Literal | undefined {
  return value === undefined ? undefined : scalar(value);
}

/** The literal at a place. */
export function layOutLiteral(literal: Literal, place: Place): string {
  if (typeof literal === "string") return literal;
  if (typeof literal === "function") return literal(place);
  const line = oneLine(literal);
  if (line !== undefined && line.length + place.taken <= lineWidth) return line;
  const inner = `${place.indent}  `;
  const lines =
    "fields" in literal
      ? literal.fields.map(([name, value]) => {
          const key = `${propertyKey(name)}: `;
          return `${inner}${key}${layOutLiteral(value, { indent: inner, taken: inner.length + key.length + 1 })},`;
        })
      : literal.items.map((item) => `${inner}${layOutLiteral(item, { indent: inner, taken: inner.length + 1 })},`);
  const [open, close] = "fields" in literal ? ["{", "}"] : ["[", "]"];
  return [open, ...lines, `${place.indent}${close}`].join("\n");
}

/** Undefined where a formatter breaks the literal whatever its length: several objects in an array, code of its own layout. */
function oneLine(literal: Literal): string | undefined {
  if (typeof literal === "string") return literal;
  if (typeof literal === "function") return undefined;
  const parts = "fields" in literal ? literal.fields.map(([, value]) => oneLine(value)) : literal.items.map(oneLine);
  const texts = parts.flatMap((part) => part ?? []);
  if (texts.length < parts.length) return undefined;
  if ("items" in literal) return isTable(literal.items) ? undefined : `[${texts.join(", ")}]`;
  if (texts.length === 0) return "{}";
  return `{ ${literal.fields.map(([name], index) => `${propertyKey(name)}: ${texts[index]}`).join(", ")} }`;
}

function isTable(items: readonly Literal[]): boolean {
  const isObject = (item: Literal) => typeof item === "object" && "fields" in item && item.fields.length > 1;
  return items.length > 1 && items.every(isObject);
}
