/** Reads attribute values that are not plain text: booleans, whole numbers, and the default values of properties. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { durationSeconds } from "../ir/duration.ts";
import type { Literal } from "../ir/expression.ts";
import type { EnumType, Facets, PrimitiveType, TypeRef } from "../ir/schema.ts";
import type { Located } from "../parse/csdl.ts";

/** The boolean, or the fallback where the attribute is absent or ill-written (which is reported). */
export function readBoolean(value: Located | undefined, fallback: boolean, report: Report): boolean {
  if (value === undefined) return fallback;
  if (value.text === "true" || value.text === "false") return value.text === "true";
  report("bind/csdl-value", value.span, { value: value.text, expected: '"true" or "false"' });
  return fallback;
}

/** The whole number within the range, or undefined where the attribute is absent or ill-written (which is reported). */
export function readInteger(value: Located | undefined, range: Range, report: Report): number | undefined {
  if (value === undefined) return undefined;
  const number = wholeNumber(value.text, range);
  if (number === undefined) {
    const expected = `a whole number from ${range.min} to ${range.max}`;
    report("bind/csdl-value", value.span, { value: value.text, expected });
  }
  return number;
}

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** What each integer type can hold; `Edm.Int64` as far as a JSON number is exact. */
export const integerRanges: ReadonlyMap<string, Range> = new Map([
  ["Edm.Byte", { min: 0, max: 255 }],
  ["Edm.SByte", { min: -128, max: 127 }],
  ["Edm.Int16", { min: -32_768, max: 32_767 }],
  ["Edm.Int32", { min: -2_147_483_648, max: 2_147_483_647 }],
  ["Edm.Int64", { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }],
]);

/** What a default value is the default of. */
export interface DefaultSubject {
  readonly property: string;
  readonly type: TypeRef;
  readonly facets: Facets;
  readonly enums: ReadonlyMap<string, EnumType>;
}

/** The default value as a literal of the property's type, or undefined where there is none or it does not fit (which is reported). */
export function readDefault(value: Located | undefined, of: DefaultSubject, report: Report): Literal | undefined {
  if (value === undefined) return undefined;
  const read = parseDefault(value.text, of);
  if (typeof read !== "object") return read;
  report("bind/csdl-default-value", value.span, { property: of.property, value: value.text, problem: read.problem });
  return undefined;
}

type Parsed = string | number | boolean | { readonly problem: string };

function parseDefault(text: string, of: DefaultSubject): Parsed {
  switch (of.type.kind) {
    case "primitive":
      return parsePrimitive(text, of.type.name, of.facets);
    case "enum":
      return parseMember(text, of.enums.get(of.type.name));
    case "entity":
    case "collection":
      return { problem: "only a single primitive or enum value has a default" };
  }
}

function parseMember(text: string, enumType: EnumType | undefined): Parsed {
  const names = enumType?.members.map((member) => member.name) ?? [];
  return names.includes(text) ? text : { problem: `the enum's members are ${names.join(", ")}` };
}

function parsePrimitive(text: string, type: PrimitiveType, facets: Facets): Parsed {
  switch (type) {
    case "Edm.String":
      return facets.maxLength === undefined || text.length <= facets.maxLength
        ? text
        : { problem: `it is longer than ${facets.maxLength}` };
    case "Edm.Boolean":
      return text === "true" || text === "false" ? text === "true" : { problem: 'a boolean is "true" or "false"' };
    case "Edm.Byte":
    case "Edm.SByte":
    case "Edm.Int16":
    case "Edm.Int32":
    case "Edm.Int64":
      return wholeNumber(text, integerRanges.get(type)) ?? { problem: `it is no whole number that ${type} holds` };
    case "Edm.Decimal":
      return decimal(text, facets) ?? { problem: `it is no decimal number of ${facetText(facets)}` };
    case "Edm.Double":
    case "Edm.Single":
      return finite(text) ?? { problem: "it is no finite number" };
    case "Edm.Guid":
      return /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/.test(text) ? text : { problem: "it is no GUID" };
    case "Edm.Date":
      return isDate(text) ? text : { problem: "a date is written 2026-01-31" };
    case "Edm.DateTimeOffset":
      return isInstant(text) ? text : { problem: "an instant is written 2026-01-31T12:00:00Z" };
    case "Edm.TimeOfDay":
      return /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,12})?)?$/.test(text)
        ? wholeTime(text)
        : { problem: "a time of day is written 07:30:00" };
    case "Edm.Duration":
      return durationSeconds(text) === undefined ? { problem: "a duration is written P1DT2H30M" } : text;
    case "Edm.Binary":
      return /^([\w-]{4})*([\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?$/.test(text)
        ? text
        : { problem: "octets are written in base64url" };
  }
}

/** With its seconds, and no zeros at the end of their fraction. */
function wholeTime(text: string): string {
  return text.length === 5 ? `${text}:00` : text.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
}

function wholeNumber(text: string, range: Range | undefined): number | undefined {
  if (range === undefined || !/^[+-]?[0-9]{1,19}$/.test(text)) return undefined;
  const number = Number(text);
  return number >= range.min && number <= range.max ? number : undefined;
}

function decimal(text: string, facets: Facets): number | undefined {
  const match = /^[+-]?([0-9]{1,20})(?:\.([0-9]{1,20}))?$/.exec(text);
  if (match === null) return undefined;
  const scale = facets.scale ?? 0;
  const before = (match[1] ?? "").replace(/^0+/, "").length;
  const after = (match[2] ?? "").length;
  return after <= scale && before + scale <= (facets.precision ?? 15) ? Number(text) : undefined;
}

function facetText(facets: Facets): string {
  return `${facets.precision ?? 15} digits with ${facets.scale ?? 0} after the point`;
}

function finite(text: string): number | undefined {
  return /^[+-]?[0-9]{1,320}(\.[0-9]{1,320})?([eE][+-]?[0-9]{1,3})?$/.test(text) && Number.isFinite(Number(text))
    ? Number(text)
    : undefined;
}

function isDate(text: string): boolean {
  const match = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
  if (match === null) return false;
  const [year = 0, month = 0, day = 0] = match.slice(1).map(Number);
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

function daysIn(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
}

function isInstant(text: string): boolean {
  const match =
    /^([^T]+)T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,12})?)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$/;
  const date = match.exec(text)?.[1];
  return date !== undefined && isDate(date);
}
