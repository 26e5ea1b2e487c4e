/** Plain data as TypeScript literals, laid out as a formatter would lay it out. */

import { lineWidth, type Place, propertyKey, quote } from "./text.ts";

/** A literal: finished code, code that depends on where it stands, an object or an array. */
export type Data =
  | string
  | ((place: Place) => string)
  | { readonly fields: readonly (readonly [name: string, value: Data])[] }
  | { readonly items: readonly Data[] };

/** An object; what is undefined is left out. */
export function object(fields: Readonly<Record<string, Data | undefined>>): Data {
  return {
    fields: Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  };
}

/** An object whose keys are names of the spec. */
export function record(entries: readonly (readonly [string, Data])[]): Data {
  return { fields: entries };
}

export function array(items: readonly Data[]): Data {
  return { items };
}

/** A string, number, bool, null or list of strings. */
export function literal(value: string | number | boolean | null | readonly string[]): Data {
  if (typeof value === "string") return quote(value);
  return typeof value === "object" && value !== null ? array(value.map(quote)) : String(value);
}

/** A literal, or nothing where there is none. */
export function optional(value: string | number | boolean | undefined): Data | undefined {
  return value === undefined ? undefined : literal(value);
}

/** The literal at a place. */
export function layOutData(data: Data, place: Place): string {
  if (typeof data === "string") return data;
  if (typeof data === "function") return data(place);
  const line = oneLine(data);
  if (line !== undefined && line.length + place.taken <= lineWidth) return line;
  const inner = `${place.indent}  `;
  const lines =
    "fields" in data
      ? data.fields.map(([name, value]) => {
          const key = `${propertyKey(name)}: `;
          return `${inner}${key}${layOutData(value, { indent: inner, taken: inner.length + key.length + 1 })},`;
        })
      : data.items.map((item) => `${inner}${layOutData(item, { indent: inner, taken: inner.length + 1 })},`);
  const [open, close] = "fields" in data ? ["{", "}"] : ["[", "]"];
  return [open, ...lines, `${place.indent}${close}`].join("\n");
}

/** Undefined where a formatter breaks the literal whatever its length: several objects in an array, code of its own layout. */
function oneLine(data: Data): string | undefined {
  if (typeof data === "string") return data;
  if (typeof data === "function") return undefined;
  const parts = "fields" in data ? data.fields.map(([, value]) => oneLine(value)) : data.items.map(oneLine);
  const texts = parts.flatMap((part) => part ?? []);
  if (texts.length < parts.length) return undefined;
  if ("items" in data) return isTable(data.items) ? undefined : `[${texts.join(", ")}]`;
  if (texts.length === 0) return "{}";
  return `{ ${data.fields.map(([name], index) => `${propertyKey(name)}: ${texts[index]}`).join(", ")} }`;
}

function isTable(items: readonly Data[]): boolean {
  const isObject = (item: Data) => typeof item === "object" && "fields" in item && item.fields.length > 1;
  return items.length > 1 && items.every(isObject);
}
