/** How a property is a column: its name, its SQL type, and its value there and back, exactly. */
import {
  canonicalValue,
  durationScale,
  type EntityTypeDescriptor,
  flagsNumber,
  flagsText,
  type PropertyDescriptor,
  shiftDecimal,
  type Value,
} from "../../kernel/index.ts";

/** What is bound and comes back. Never a boolean, which SQLite has not (and libsql 0.5 aborts the process at): truths are 1 and 0. */
export type Cell = string | number | null;

/** The kinds of values that a column holds; each dialect has a type for each. */
export type CellKind = "truth" | "integer" | "real" | "text" | "list";

export interface Column {
  /** Unquoted; unique in its table whatever the case, because SQLite ignores case in names. */
  readonly name: string;
  readonly property: PropertyDescriptor;
  readonly kind: CellKind;
  /** True where a cell is its value. */
  readonly isPlain: boolean;
}

/** Columns that every projection table has besides its properties; `@` begins no CSDL name. */
export const tenantColumn = "@tenant";
export const sequenceColumn = "@sequence";

/** The columns of a type in property order. */
export function columnsOf(type: EntityTypeDescriptor): readonly Column[] {
  const taken = new Set<string>();
  return type.properties.map((property) => {
    const name = free(property.name, taken);
    taken.add(name.toLowerCase());
    return { name, property, kind: kindOf(property), isPlain: isPlain(property) };
  });
}

/** Bytes of an identifier that every database tells apart: PostgreSQL cuts off what is beyond 63. */
const nameBytesMax = 56;

/** `name`, or `name~2`, `name~3` … where another name differs from it in case only, or behind its first bytes. */
export function free(name: string, taken: ReadonlySet<string>): string {
  const short = shortened(name);
  let candidate = short;
  for (let copy = 2; taken.has(candidate.toLowerCase()); copy += 1) candidate = `${short}~${copy}`;
  return candidate;
}

function shortened(name: string): string {
  let short = name;
  while (Buffer.byteLength(short) > nameBytesMax) short = [...short].slice(0, -1).join("");
  return short;
}

/** What kind of values the column of a property holds. */
export function kindOf(property: PropertyDescriptor): CellKind {
  if (property.collection) return "list";
  if (property.flags !== undefined) return "integer";
  switch (property.type) {
    case "Edm.Boolean":
      return "truth";
    case "Edm.Byte":
    case "Edm.SByte":
    case "Edm.Int16":
    case "Edm.Int32":
    case "Edm.Int64":
    case "Edm.Decimal":
    case "Edm.Duration":
      return "integer";
    case "Edm.Double":
    case "Edm.Single":
      return "real";
    case "Edm.String":
    case "Edm.Guid":
    case "Edm.Date":
    case "Edm.DateTimeOffset":
    case "Edm.TimeOfDay":
    case "Edm.Binary":
    case "enum":
      return "text";
  }
}

/** The cell of a property's value. Throws a `TypeError` where the value is not of the column's type. */
export function toCell(property: PropertyDescriptor, value: Value | undefined): Cell {
  if (value === null || value === undefined) return null;
  switch (kindOf(property)) {
    case "list":
      return JSON.stringify(value);
    case "truth":
      return truthCell(property, value);
    case "text":
      return textCell(property, value);
    case "real":
      return numberCell(property, value);
    case "integer":
      return integerCell(property, value);
  }
}

function truthCell(property: PropertyDescriptor, value: Value): number {
  if (typeof value !== "boolean") throw misfit(property, value);
  return value ? 1 : 0;
}

function textCell(property: PropertyDescriptor, value: Value): string {
  if (typeof value !== "string") throw misfit(property, value);
  if (property.type === "Edm.DateTimeOffset") return paddedInstant(String(canonicalValue(property, value)));
  if (property.type === "Edm.TimeOfDay") return paddedTime(String(canonicalValue(property, value)));
  return storable(property.type === "Edm.Guid" ? value.toLowerCase() : value);
}

function numberCell(property: PropertyDescriptor, value: Value): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw misfit(property, value);
  return value;
}

function integerCell(property: PropertyDescriptor, value: Value): number {
  const number = numberCell(property, property.flags === undefined ? value : flagsCell(property, value));
  const scaled = shiftDecimal(number, scaleOf(property));
  if (!Number.isSafeInteger(scaled)) throw misfit(property, value);
  return scaled;
}

function flagsCell(property: PropertyDescriptor, value: Value): Value {
  return typeof value === "string" ? (flagsNumber(property, value) ?? value) : value;
}

/** The decimal places by which a column's numbers are scaled, so that they are integers. */
export function scaleOf({
  type,
  collection,
  scale = 0,
}: Pick<PropertyDescriptor, "type" | "collection" | "scale">): number {
  if (collection) return 0;
  return type === "Edm.Duration" ? durationScale : type === "Edm.Decimal" ? scale : 0;
}

function misfit(property: PropertyDescriptor, value: Value): TypeError {
  return new TypeError(`${property.name} is ${property.type} and cannot hold ${JSON.stringify(value)}`);
}

/** libSQL reads text back only up to a NUL, so a text with one is refused rather than cut. */
export function storable(text: string): string {
  if (text.includes("\0")) throw new TypeError("a text with the character U+0000 cannot be stored");
  return text;
}

/** All instants get the same number of digits, so that text order is time order. */
export function paddedInstant(instant: string): string {
  const [seconds = "", fraction = ""] = instant.replace(/Z$/, "").split(".");
  return `${seconds}.${fraction.padEnd(12, "0")}Z`;
}

/** The same for times of day. */
export function paddedTime(time: string): string {
  const [seconds = "", fraction = ""] = time.split(".");
  return `${seconds}.${fraction.padEnd(12, "0")}`;
}

/** The value that a cell was made of. */
export function fromCell(property: PropertyDescriptor, cell: Cell): Value {
  if (cell === null) return null;
  if (property.collection) return stringList(String(cell));
  if (property.type === "Edm.Boolean") return cell === 1;
  if (property.flags !== undefined) return flagsText(property, Number(cell)) ?? null;
  const scale = scaleOf(property);
  if (scale > 0) return shiftDecimal(Number(cell), -scale);
  if (property.type === "Edm.DateTimeOffset" || property.type === "Edm.TimeOfDay") {
    return canonicalValue(property, String(cell));
  }
  return cell;
}

function isPlain(property: PropertyDescriptor): boolean {
  const { type, collection, flags } = property;
  const isText = type !== "Edm.DateTimeOffset" && type !== "Edm.TimeOfDay";
  return isText && type !== "Edm.Boolean" && !collection && flags === undefined && scaleOf(property) === 0;
}

function stringList(text: string): readonly string[] {
  const items: unknown = JSON.parse(text);
  return Array.isArray(items) ? items.map(String) : [];
}

/** The text of a cell that may be empty. */
export function textOrNull(cell: unknown): string | null {
  return cell === null ? null : String(cell);
}

/** An identifier as SQL text, whatever characters it has. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as SQL has it, whatever characters it has but U+0000. */
export function textConstant(text: string): string {
  const kept = storable(text);
  return kept.includes("'") ? `'${kept.replaceAll("'", "''")}'` : `'${kept}'`;
}
