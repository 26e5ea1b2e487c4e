/** Writes entities as OData JSON 4.01, by hand: this is on the path of every reply. */
import {
  durationText,
  type MediaStamp,
  mediaStamp,
  type PropertyDescriptor,
  type Value,
  type Values,
  valuesOfId,
} from "../../kernel/index.ts";
import type { StoredRow } from "../../ports/index.ts";
import { type Expanded, placeAmong, type Related } from "./expanded.ts";
import type { JsonFormat } from "./formats.ts";
import { entityControl, linkControl, typeOf } from "./full-metadata.ts";
import { type Items, itemsWanted } from "./items.ts";
import type { Column, SetRoute } from "./routes.ts";
import type { Selection } from "./select.ts";

export interface JsonWriting {
  /** Ends with a slash: `https://shop.example/tdata/`. */
  readonly serviceRoot: string;
  readonly select: Selection;
  /** Where the answer brings related entities along. */
  readonly expanded?: readonly Expanded[];
  /** `odata.metadata=none` leaves the control information out; `full` says what clients can work out by themselves. */
  readonly metadata: JsonFormat["metadata"];
  /** Int64 and Decimal as strings. */
  readonly ieee754Compatible: boolean;
  /** Of what is in no entity set: the path of the collection, or of the entity that is by itself. */
  readonly collection?: string;
}

/** What a caller asked to see beside the entity by `Prefer: include-annotations`. */
export interface Annotations {
  readonly availableActions: readonly string[];
  readonly revision: string;
}

/** The entity tag of a sequence number; weak, because `$select` and formats change the bytes but not the state. */
export function etagOf(sequence: number): string {
  return `W/"${sequence}"`;
}

/** One entity as a whole reply body, with its context. */
export function entityBody(row: StoredRow, set: SetRoute, writing: JsonWriting, annotations?: Annotations): string {
  const context = writing.metadata === "none" ? "" : `"@odata.context":${contextOfEntity(row, set, writing)},`;
  return `{${context}${members(row, set, writing, annotations)}}`;
}

function contextOfEntity({ values }: StoredRow, set: SetRoute, writing: JsonWriting): string {
  if (set.singletons !== undefined) return contextOf(set, { ...writing, collection: entityUrl("", set, values) }, "");
  if (set.containments.length === 0) return contextOf(set, writing, "/$entity");
  return contextOf(set, { ...writing, collection: collectionUrl("", set, values) }, "/$entity");
}

/** One page of a collection as a whole reply body. */
export function pageBody(
  rows: readonly StoredRow[],
  set: SetRoute,
  writing: JsonWriting,
  page: {
    readonly count?: number | undefined;
    readonly nextLink?: string | undefined;
    readonly deltaLink?: string | undefined;
    readonly annotations?: ((row: StoredRow) => Annotations) | undefined;
  },
): string {
  let head = writing.metadata === "none" ? "{" : `{"@odata.context":${contextOf(set, writing, "")},`;
  if (page.count !== undefined) head += `"@odata.count":${writing.ieee754Compatible ? `"${page.count}"` : page.count},`;
  let tail = "}";
  if (page.deltaLink !== undefined) tail = `,"@odata.deltaLink":${JSON.stringify(page.deltaLink)}${tail}`;
  if (page.nextLink !== undefined) tail = `,"@odata.nextLink":${JSON.stringify(page.nextLink)}${tail}`;
  if (rows.length === 0) return `${head}"value":[]${tail}`;
  const parts = [`${head}"value":[{`];
  for (const row of rows) parts.push(members(row, set, writing, page.annotations?.(row)), "},{");
  parts[parts.length - 1] = `}]${tail}`;
  return parts.join("");
}

/** One page of the ids of entities as a whole reply body (JSON format 4.01, section 14). */
export function referencesBody(
  rows: readonly StoredRow[],
  set: SetRoute,
  writing: JsonWriting,
  page: { readonly count?: number | undefined; readonly nextLink?: string | undefined },
): string {
  const context =
    writing.metadata === "none" ? {} : { "@odata.context": `${writing.serviceRoot}$metadata#Collection($ref)` };
  return JSON.stringify({
    ...context,
    ...(page.count !== undefined && { "@odata.count": page.count }),
    value: rows.map(({ values }) => ({ "@odata.id": entityUrl(writing.serviceRoot, set, values) })),
    ...(page.nextLink !== undefined && { "@odata.nextLink": page.nextLink }),
  });
}

/** One entity without a frame. */
export function entityText(row: StoredRow, set: SetRoute, writing: JsonWriting): string {
  return `{${members(row, set, writing, undefined)}}`;
}

type ContextSuffix = "/$entity" | "/$delta" | "";

/** The context URL, quoted (OData 4.01 part 1, section 10). */
export function contextOf(set: SetRoute, writing: JsonWriting, suffix: ContextSuffix): string {
  const { serviceRoot, select, expanded = [], collection } = writing;
  const isWhole = select === undefined && expanded.length === 0;
  if (!isWhole || collection !== undefined) return contextAnew(set, writing, suffix);
  const known = contexts.get(set);
  if (known?.serviceRoot === serviceRoot && known[suffix] !== undefined) return known[suffix];
  const text = contextAnew(set, writing, suffix);
  contexts.set(set, { ...(known?.serviceRoot === serviceRoot && known), serviceRoot, [suffix]: text });
  return text;
}

/** Of whole entities, as the last caller addressed them. */
const contexts = new WeakMap<SetRoute, { readonly serviceRoot: string } & { readonly [S in ContextSuffix]?: string }>();

function contextAnew(set: SetRoute, writing: JsonWriting, suffix: ContextSuffix): string {
  const list = contextList(set, writing.select, writing.expanded ?? []);
  const { serviceRoot, collection = set.name } = writing;
  return JSON.stringify(`${serviceRoot}$metadata#${collection}${list === "" ? "" : `(${list})`}${suffix}`);
}

function contextList(set: SetRoute, select: Selection, expanded: readonly Expanded[]): string {
  const properties = set.type.properties.map(({ name }) => name);
  const followed = new Set(expanded.map(({ expansion }) => expansion.navigation.name));
  const links = [...set.streams.keys(), ...set.navigations.keys()].filter((name) => !followed.has(name));
  const shown = select === undefined ? [] : [...properties, ...links].filter((name) => select.has(name));
  const nested = expanded.flatMap(({ expansion: { form, navigation, set: target, select: inner }, inside }) =>
    form === "entities" ? [`${navigation.name}(${contextList(target, inner, inside)})`] : [],
  );
  return [...shown, ...nested].join(",");
}

/** What was written of rows as a whole, in the form that most ask for: a store may give the same row again. */
const written = new WeakMap<StoredRow, { readonly set: SetRoute; readonly text: string }>();

function members(row: StoredRow, set: SetRoute, writing: JsonWriting, annotations: Annotations | undefined): string {
  const { select, expanded = [], metadata, ieee754Compatible } = writing;
  const isUsual = select === undefined && expanded.length === 0 && metadata === "minimal" && !ieee754Compatible;
  if (!isUsual || annotations !== undefined) return membersAnew(row, set, writing, annotations);
  const known = written.get(row);
  if (known?.set === set) return known.text;
  const text = membersAnew(row, set, writing, undefined);
  // A text that was put together is in pieces until somebody looks into it, and would be gone through again with every page.
  text.charCodeAt(0);
  written.set(row, { set, text });
  return text;
}

function membersAnew(
  row: StoredRow,
  set: SetRoute,
  writing: JsonWriting,
  annotations: Annotations | undefined,
): string {
  let body = writing.metadata === "none" ? "" : `"@odata.etag":"W/\\"${row.sequence}\\""`;
  const url = writing.metadata === "full" ? entityUrl(writing.serviceRoot, set, row.values) : undefined;
  if (url !== undefined) body += `,${entityControl(set, url)}`;
  for (const column of set.columns) {
    const { property, label, members: inner } = column;
    if (!isShown(column, writing.select)) continue;
    if (body !== "") body += ",";
    if (url !== undefined) body += typeControl(property, property.name, set);
    if (inner !== undefined) {
      body += label + complexText(row.values, { path: property.name, set }, inner, writing);
      continue;
    }
    const wanted = writing.select?.get(property.name);
    body +=
      wanted === undefined
        ? label + valueText(row.values[property.name], property, writing)
        : itemsText(row.values[property.name], property.name, wanted);
  }
  if (set.streams.size > 0 && writing.metadata !== "none") body += streamMembers(row, set, writing.select);
  for (const each of writing.expanded ?? []) body += (body === "" ? "" : ",") + expandedMembers(row, each, writing);
  if (url !== undefined) for (const each of linkControl(set, row.values, url, writing.select)) body += `,${each}`;
  if (annotations === undefined) return body;
  const extra =
    `"@Temper.availableActions":${JSON.stringify(annotations.availableActions)},` +
    `"@Temper.sequence":${row.sequence},"@Temper.revision":${JSON.stringify(annotations.revision)}`;
  return body === "" ? extra : `${body},${extra}`;
}

/** Where the bytes of streams are, and what they are; links are relative to the context URL (JSON format 4.01, section 4.6.12). */
function streamMembers({ values }: StoredRow, set: SetRoute, select: Selection): string {
  const shown = [...set.streams.keys()].filter((name) => name === "$value" || select?.has(name) !== false);
  const url = entityUrl("", set, values);
  return shown.map((name) => `,${streamText(name, `${url}/${name}`, values[name])}`).join("");
}

function streamText(name: string, link: string, value: Value | undefined): string {
  const stamp = mediaStamp(value);
  const known = stamp && { mediaEtag: mediaEtag(stamp), mediaContentType: stamp.type };
  const told = { ...known, mediaReadLink: link, mediaEditLink: link };
  const prefix = name === "$value" ? "" : name;
  return Object.entries(told)
    .map(([what, text]) => `${JSON.stringify(`${prefix}@odata.${what}`)}:${JSON.stringify(text)}`)
    .join(",");
}

/** The entity tag of what stands at a stream: the same bytes have the same one. */
export function mediaEtag({ hash }: MediaStamp): string {
  return `"${hash}"`;
}

/** A value of a complex type is shown with what is selected of it, and whole where it is selected itself. */
function isShown({ property, members: inner = [] }: Column, select: Selection): boolean {
  return select === undefined || select.has(property.name) || inner.some((each) => isShown(each, select));
}

/** The type of a property in front of it, where JSON does not tell; a value of a complex type has it within. */
function typeControl(property: PropertyDescriptor, name: string, { namespace }: SetRoute): string {
  const type = property.complexType === undefined ? typeOf(property, namespace) : undefined;
  return type === undefined ? "" : `${JSON.stringify(`${name}@odata.type`)}:${JSON.stringify(type)},`;
}

interface ComplexPlace {
  readonly path: string;
  readonly set: SetRoute;
}

/** The value of the complex type at that path, or null. */
function complexText(
  values: Values,
  { path, set }: ComplexPlace,
  columns: readonly Column[],
  writing: JsonWriting,
): string {
  if (values[path] !== true) return "null";
  const isFull = writing.metadata === "full";
  const own = isFull ? set.properties.get(path) : undefined;
  const typed = own === undefined ? [] : [`"@odata.type":${JSON.stringify(typeOf(own, set.namespace))}`];
  const isWhole = writing.select?.has(path) === true;
  const inner = isWhole ? { ...writing, select: undefined } : writing;
  const texts = columns
    .filter((column) => isShown(column, inner.select))
    .map(({ property, label, members: deeper }) => {
      const { name } = property;
      if (deeper !== undefined) return label + complexText(values, { path: name, set }, deeper, inner);
      const wanted = inner.select?.get(name);
      if (wanted !== undefined) return itemsText(values[name], name.slice(path.length + 1), wanted);
      const type = isFull ? typeControl(property, name.slice(path.length + 1), set) : "";
      return type + label + valueText(values[name], property, writing);
    });
  return `{${[...typed, ...texts].join(",")}}`;
}

/** A collection as far as it is wanted; `subject` is what the count says it is of. */
function itemsText(value: Value | undefined, name: string, wanted: Items, subject = name): string {
  const { shown, count } = itemsWanted(value, wanted);
  const counted = wanted.count ? `${JSON.stringify(`${subject}@odata.count`)}:${count},` : "";
  return `${counted}${JSON.stringify(name)}:${JSON.stringify(shown)}`;
}

const noneRelated: Related = { rows: [], count: 0 };

function expandedMembers(
  { values }: StoredRow,
  { expansion, related, inside }: Expanded,
  writing: JsonWriting,
): string {
  const { navigation, set, form, select, count } = expansion;
  const { rows, count: many } = related.get(placeAmong(values, navigation.pairs, "here")) ?? noneRelated;
  const counted = writing.ieee754Compatible ? `"${many}"` : String(many);
  if (form === "count") return `${JSON.stringify(`${navigation.name}@odata.count`)}:${counted}`;
  const inner = { ...writing, select, expanded: inside };
  const texts = rows.map((row) =>
    form === "references"
      ? `{"@odata.id":${JSON.stringify(entityUrl(writing.serviceRoot, set, row.values))}}`
      : `{${members(row, set, inner, undefined)}}`,
  );
  const name = JSON.stringify(navigation.name);
  if (!navigation.collection) return `${name}:${texts[0] ?? "null"}`;
  const prefix = count ? `${JSON.stringify(`${navigation.name}@odata.count`)}:${counted},` : "";
  return `${prefix}${name}:[${texts.join(",")}]`;
}

/** A value as JSON. */
export function valueText(value: Value | undefined, property: PropertyDescriptor, writing: JsonWriting): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
      return numberText(value, property, writing);
    case "boolean":
      return value ? "true" : "false";
    case "undefined":
      return "null";
    default:
      return JSON.stringify(value);
  }
}

function numberText(value: number, property: PropertyDescriptor, writing: JsonWriting): string {
  if (property.type === "Edm.Duration") return JSON.stringify(durationText(value));
  const isWide = property.type === "Edm.Int64" || property.type === "Edm.Decimal";
  return writing.ieee754Compatible && isWide ? `"${value}"` : String(value);
}

/** One property as a whole reply body; a value of a complex type is the body itself (JSON format 4.01, section 11). */
export function propertyBody(
  { values }: StoredRow,
  { set, property }: { readonly set: SetRoute; readonly property: PropertyDescriptor },
  writing: JsonWriting,
): string {
  const column = columnAt(set.columns, property.name);
  const wanted = writing.select?.get(property.name);
  const whole = (): string =>
    wanted === undefined
      ? `"value":${valueText(values[property.name], property, writing)}`
      : itemsText(values[property.name], "value", wanted, "");
  const text =
    column?.members === undefined
      ? whole()
      : complexText(values, { path: property.name, set }, column.members, writing).slice(1, -1);
  if (writing.metadata === "none") return `{${text}}`;
  const isTyped = writing.metadata === "full" && column?.members === undefined;
  const type = isTyped ? typeOf(property, set.namespace) : undefined;
  const control = {
    "@odata.context": `${writing.serviceRoot}$metadata#${entityUrl("", set, values)}/${property.name}`,
    ...(type !== undefined && { "@odata.type": type }),
  };
  return `${JSON.stringify(control).slice(0, -1)}${text === "" ? "" : `,${text}`}}`;
}

function columnAt(columns: readonly Column[], name: string): Column | undefined {
  for (const column of columns) {
    if (column.property.name === name) return column;
    if (column.members !== undefined && name.startsWith(`${column.property.name}/`))
      return columnAt(column.members, name);
  }
  return undefined;
}

/** The URL of an entity: its key as literals, percent-encoded where it must be; behind the entity that it is contained in. */
export function entityUrl(serviceRoot: string, set: SetRoute, values: Values): string {
  if (set.singletons !== undefined) return serviceRoot + String(values[set.type.key]);
  const [only, further] = set.keyParts;
  const literals =
    only !== undefined && further === undefined
      ? encodeURIComponent(keyLiteral(only, values))
      : set.keyParts.map((part) => `${part.name}=${encodeURIComponent(keyLiteral(part, values))}`).join(",");
  const predicate = only === undefined ? "" : `(${literals})`;
  if (set.containments.length === 0) return `${serviceRoot}${set.name}${predicate}`;
  return `${collectionUrl(serviceRoot, set, values)}${predicate}`;
}

/** The URL of the collection or the property that an entity is contained in. */
function collectionUrl(serviceRoot: string, { containments }: SetRoute, values: Values): string {
  const place = containments.find(({ property }) => (values[property] ?? null) !== null);
  const parent = place?.parent();
  if (place === undefined || parent === undefined) return serviceRoot;
  return `${urlOfId(serviceRoot, parent, String(values[place.property]))}/${place.navigation}`;
}

/** The entity set of the entity of that id, the path of what it is contained in, or its own name. */
export function collectionOfId(set: SetRoute, entityId: string): string {
  if (set.singletons !== undefined) return entityId;
  return set.containments.length === 0 ? set.name : collectionUrl("", set, valuesOfId(set.type, entityId) ?? {});
}

/** The URL of the entity of that id. */
export function urlOfId(serviceRoot: string, set: SetRoute, entityId: string): string {
  return entityUrl(serviceRoot, set, valuesOfId(set.type, entityId) ?? { [set.type.key]: entityId });
}

function keyLiteral({ name, type }: PropertyDescriptor, values: Values): string {
  const value = String(values[name] ?? "");
  return type === "Edm.String" || type === "enum" ? `'${value.replaceAll("'", "''")}'` : value;
}
