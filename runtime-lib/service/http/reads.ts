/** Answers the reads: service document, `$metadata`, one entity, a page of a set, a count. */
import type { FeedPosition, FilterNode, StoredRow } from "../../ports/index.ts";
import type { Failed, ListRead } from "../call.ts";
import { notFound } from "../failures.ts";
import { type Computation, readCompute } from "../odata/compute.ts";
import { type Annotations, entityBody, etagOf, pageBody, referencesBody } from "../odata/entity-json.ts";
import { type Expansion, readExpand } from "../odata/expand.ts";
import type { Expanded } from "../odata/expanded.ts";
import { failed, isFailed, notImplemented } from "../odata/failure.ts";
import { filterNode } from "../odata/filter.ts";
import { contentTypeOf, metadataFormat } from "../odata/formats.ts";
import { groupsBody } from "../odata/group-json.ts";
import { countFilter, type ListOptions, listOptions } from "../odata/list-options.ts";
import { onlyOptions } from "../odata/options.ts";
import type { Resource } from "../odata/path.ts";
import { matches, readTags, type Tags } from "../odata/preconditions.ts";
import type { SetRoute } from "../odata/routes.ts";
import { readSelect, type Selection } from "../odata/select.ts";
import { serviceDocument } from "../odata/service-document.ts";
import { tokenBehind } from "../odata/skiptoken.ts";
import { deltaLink, followedFrom, readDelta } from "./delta.ts";
import { type Asked, type Exchange, headerOf, type Reply } from "./exchange.ts";
import { expand } from "./expanding.ts";
import { jsonReply } from "./replies.ts";
import { writingOf } from "./writing.ts";

/** The service document. */
export function readServiceDocument({ routes, options, format, exchange }: Asked): Reply | Failed {
  const wrong = onlyOptions(options, ["format"], "the service document");
  if (wrong !== undefined) return wrong;
  return jsonReply(200, serviceDocument(routes, exchange.serviceRoot, format.metadata), format);
}

/** `$metadata` in the format asked for. */
export function readMetadata({ routes, options, exchange }: Omit<Asked, "format">): Reply | Failed {
  const wrong = onlyOptions(options, ["format"], "$metadata");
  if (wrong !== undefined) return wrong;
  const format = metadataFormat(options.system.get("format"), headerOf(exchange.headers, "accept"));
  if (isFailed(format)) return format;
  const { metadata } = routes.definition;
  const contentType = `application/${format};charset=utf-8`;
  return { status: 200, contentType, headers: { vary: "accept" }, body: metadata[format] };
}

/** One entity by its key. */
export async function readEntity(asked: Asked, resource: Resource & { kind: "entity" }): Promise<Reply | Failed> {
  const { exchange } = asked;
  const { set, id } = resource;
  const shape = entityShape(asked, set);
  if (isFailed(shape)) return shape;
  const { select, wanted, computation } = shape;
  const conditions = readConditions(asked);
  if (isFailed(conditions)) return conditions;
  const found = await exchange.host.service.read(exchange.context, set.type.name, id);
  if (found.kind === "failed") return missing(found, resource);
  // The tag is of the entity alone, so it cannot say that what comes along has not changed.
  const early = preconditionReply(wanted.length === 0 ? conditions : { ...conditions, ifNoneMatch: noTags }, found.row);
  if (early !== undefined) return early;
  const row = computation === undefined ? found.row : await withComputed(exchange, found.row, computation);
  if (isFailed(row)) return row;
  const expanded = wanted.length === 0 ? noneExpanded : await expand(exchange, [row], wanted);
  if (isFailed(expanded)) return expanded;
  return entityReply(200, row, asked, { set: computation?.set ?? set, select, expanded, revision: found.revision });
}

/** A singleton that may be absent is no error where it is (OData 4.01 part 1, section 11.2.2). */
function missing(failure: Failed, { set, id }: Resource & { kind: "entity" }): Reply | Failed {
  const mayBeAbsent = set.singletons?.get(id)?.isNullable === true && failure.code === "NotFound";
  return mayBeAbsent ? { status: 204, body: undefined } : failure;
}

interface EntityShape {
  readonly select: Selection;
  readonly wanted: readonly Expansion[];
  readonly computation: Computation | undefined;
}

const wholeEntity: EntityShape = { select: undefined, wanted: [], computation: undefined };

/** What of an entity is asked for. */
function entityShape({ exchange, options, routes }: Asked, set: SetRoute): EntityShape | Failed {
  const { system, aliases } = options;
  if (system.size === 0 && options.custom.size === 0) return wholeEntity;
  const wrong = onlyOptions(options, ["select", "expand", "compute", "format"], "a single entity");
  if (wrong !== undefined) return wrong;
  const { limits } = exchange.host;
  const scope = { namespace: routes.definition.namespace, aliases, limits };
  const computation = readCompute(system.get("compute"), { ...scope, set }, limits);
  if (isFailed(computation)) return computation;
  const select = readSelect(system.get("select"), computation?.set ?? set, scope);
  if (isFailed(select)) return select;
  const wanted = readExpand(system.get("expand"), set, scope);
  return isFailed(wanted) ? wanted : { select, wanted, computation };
}

/** What is computed of an entity, the database computes; so it is asked again, as a set of one. */
async function withComputed(
  { host, context }: Exchange,
  { values }: StoredRow,
  { set, columns }: Computation,
): Promise<StoredRow | Failed> {
  const { key, name } = set.type;
  const filter = {
    ...({ kind: "compare", operator: "eq" } as const),
    left: { kind: "property", property: key } as const,
    right: { kind: "literal", value: values[key] ?? null } as const,
  };
  const paging = { orderBy: [], top: 1, skip: 0, count: false };
  const listed = await host.service.list(context, { entityType: name, filter, computed: columns, ...paging });
  if (listed.kind === "failed") return listed;
  return listed.page.rows[0] ?? notFound(name, String(values[key]));
}

const noTags: Tags = { kind: "absent" };
const noneExpanded: readonly Expanded[] = [];

interface Conditions {
  readonly ifMatch: Tags;
  readonly ifNoneMatch: Tags;
}

const noConditions: Conditions = { ifMatch: noTags, ifNoneMatch: noTags };

function readConditions({ exchange }: Asked): Conditions | Failed {
  const { "if-match": match, "if-none-match": noneMatch } = exchange.headers;
  if (match === undefined && noneMatch === undefined) return noConditions;
  const ifMatch = readTags(headerOf(exchange.headers, "if-match"), "If-Match");
  if (isFailed(ifMatch)) return ifMatch;
  const ifNoneMatch = readTags(headerOf(exchange.headers, "if-none-match"), "If-None-Match");
  return isFailed(ifNoneMatch) ? ifNoneMatch : { ifMatch, ifNoneMatch };
}

function preconditionReply({ ifMatch, ifNoneMatch }: Conditions, row: StoredRow): Reply | Failed | undefined {
  if (ifMatch.kind !== "absent" && !matches(ifMatch, row.sequence)) {
    return failed("PreconditionFailed", `the entity is at ${etagOf(row.sequence)}`, "If-Match");
  }
  if (!matches(ifNoneMatch, row.sequence)) return undefined;
  return { status: 304, etag: etagOf(row.sequence), body: undefined };
}

/** A reply with one entity: of a read, a create, a PATCH or an action. */
export function entityReply(
  status: number,
  row: StoredRow,
  asked: Asked,
  shown: {
    readonly set: SetRoute;
    readonly select: Selection;
    readonly expanded?: readonly Expanded[];
    readonly revision: string;
    readonly headers?: Readonly<Record<string, string>>;
  },
): Reply {
  const { format, preferences } = asked;
  const annotations = preferences.annotations ? annotationsOf(row, shown.set, shown.revision) : undefined;
  const body = entityBody(row, shown.set, writingOf(asked, shown.select, shown.expanded), annotations);
  const contentType = contentTypeOf(format);
  const etag = etagOf(row.sequence);
  return shown.headers === undefined
    ? { status, body, contentType, etag }
    : { status, body, contentType, etag, headers: shown.headers };
}

function annotationsOf({ values }: StoredRow, { type, possibleActions }: SetRoute, revision: string): Annotations {
  const status = type.statusProperty === undefined ? undefined : values[type.statusProperty];
  return { availableActions: possibleActions.get(String(status)) ?? [], revision };
}

/** What narrows a set before any option does, and the path that names it. */
export interface Within {
  readonly filter: FilterNode;
  readonly path: string;
  /** The collection that it is of, where that is in no entity set. */
  readonly collection?: string;
  /** What is shown of each entity; the whole of it where absent. */
  readonly form?: "references";
}

/** A set, or what the `/$filter(…)` segments behind it leave of it. */
export async function readFiltered(
  asked: Asked,
  resource: Resource & { kind: "set" | "count" },
): Promise<Reply | Failed> {
  const { set, filters = [] } = resource;
  if (filters.length === 0) return readSet(asked, { kind: "set", set });
  const filter = segmentFilter(asked, resource);
  if (isFailed(filter)) return filter;
  const path = withSegments(set.name, filters);
  return readSet(asked, { kind: "set", set }, { filter: filter ?? { kind: "constant", value: true }, path });
}

/** A path with the segments of these filters behind it. */
export function withSegments(path: string, filters: readonly string[]): string {
  return [path, ...filters.map((text) => `$filter(${encodeURIComponent(text)})`)].join("/");
}

/** What the segments `/$filter(…)` select together; each is an expression, or an alias for one. */
export function segmentFilter(
  { exchange, routes, options }: Omit<Asked, "format">,
  { set, filters = [] }: { readonly set: SetRoute; readonly filters?: readonly string[] },
): FilterNode | undefined | Failed {
  const { aliases } = options;
  let all: FilterNode | undefined;
  for (const text of filters) {
    const scope = { set, namespace: routes.definition.namespace, aliases };
    const node = filterNode(text.startsWith("@") ? (aliases.get(text) ?? text) : text, scope, exchange.host.limits);
    if (isFailed(node)) return node;
    all = both(all, node);
  }
  return all;
}

/** One page of a set, or of a part of it; where more follows, `@odata.nextLink` says where. */
export async function readSet(
  asked: Asked,
  resource: Resource & { kind: "set" },
  within?: Within,
): Promise<Reply | Failed> {
  const { exchange, routes, preferences } = asked;
  const { set } = resource;
  const { limits } = exchange.host;
  const since = asked.options.system.get("deltatoken");
  if (since !== undefined && within === undefined) return readDelta(asked, set, since);
  if (since !== undefined) return notImplemented("a $deltatoken behind a path", "$deltatoken");
  const given = listOptions(asked.options, set, routes.definition.namespace, limits);
  if (isFailed(given)) return given;
  const options = within === undefined ? given : narrowed(given, within.filter);
  const size = Math.min(preferences.pageSize ?? limits.pageSizeDefault, limits.pageSizeMax);
  const wanted = options.top ?? Number.POSITIVE_INFINITY;
  const pageSize =
    options.top === undefined
      ? size
      : Math.min(options.top, limits.pageSizeMax, preferences.pageSize ?? limits.pageSizeMax);
  const mayContinue = wanted > pageSize;
  const from = within === undefined ? (options.followed ?? (await followedFrom(asked, options))) : undefined;
  if (isFailed(from)) return from;
  const listed = await listPage(asked, options, mayContinue ? pageSize + 1 : pageSize);
  if (isFailed(listed)) return listed;
  const rows = listed.rows.slice(0, pageSize);
  const last = rows.at(-1);
  const goesOn = mayContinue && listed.rows.length > pageSize && last !== undefined;
  const nextLink = goesOn
    ? nextLinkOf(asked, within?.path ?? set.name, { behind: last, options, wanted: wanted - pageSize, from })
    : undefined;
  const expanded = options.expand.length === 0 ? noneExpanded : await expand(exchange, rows, options.expand);
  if (isFailed(expanded)) return expanded;
  const annotations = preferences.annotations
    ? (row: StoredRow) => annotationsOf(row, set, exchange.host.service.revision)
    : undefined;
  const write = within?.form === "references" ? referencesBody : options.groups === undefined ? pageBody : groupsBody;
  const { collection } = within ?? {};
  const writing = { ...writingOf(asked, options.select, expanded), ...(collection && { collection }) };
  const body = write(rows, options.set, writing, {
    count: listed.count,
    nextLink,
    deltaLink: from === undefined || nextLink !== undefined ? undefined : deltaLink(asked, set, from),
    annotations,
  });
  const reply = jsonReply(200, body, asked.format);
  const applied = [
    ...(preferences.pageSize === undefined ? [] : [`odata.maxpagesize=${pageSize}`]),
    ...(from === undefined ? [] : ["track-changes"]),
  ];
  return applied.length === 0 ? reply : { ...reply, headers: { "preference-applied": applied.join(",") } };
}

/** The filter narrows the entities also where the answer has groups of them. */
function narrowed(options: ListOptions, filter: FilterNode): ListOptions {
  const { groups } = options;
  if (groups === undefined) return { ...options, filter: both(filter, options.filter) ?? filter };
  return { ...options, groups: { ...groups, of: both(filter, groups.of) ?? filter } };
}

interface RowsAndCount {
  readonly rows: readonly StoredRow[];
  readonly count?: number | undefined;
}

/** The count is of all that match the filter, so behind a `$skiptoken` it needs a question of its own. */
async function listPage({ exchange }: Asked, options: ListOptions, top: number): Promise<RowsAndCount | Failed> {
  const { service } = exchange.host;
  const { ordering, filter, after } = options;
  const asksCount = options.count && after === undefined;
  const columns = { orderBy: ordering.orderBy, computed: [...options.computed, ...ordering.computed] };
  const paging = { ...columns, top, skip: after === undefined ? options.skip : 0, count: asksCount };
  const listed = await service.list(exchange.context, readOf(options, both(filter, after), paging));
  if (listed.kind === "failed") return listed;
  if (!options.count || asksCount) return { rows: listed.page.rows, count: listed.page.count };
  const counted = await service.list(
    exchange.context,
    readOf(options, filter, { orderBy: [], top: 0, skip: 0, count: true }),
  );
  return counted.kind === "failed" ? counted : { rows: listed.page.rows, count: counted.page.count };
}

/** A filter behind a grouping is one of groups. */
function readOf(
  { set, groups }: ListOptions,
  filter: FilterNode | undefined,
  rest: Omit<ListRead, "entityType" | "filter">,
): ListRead {
  if (groups === undefined) return listRead(set, filter, rest);
  const having = both(groups.grouping.having, filter);
  return listRead(set, groups.of, { ...rest, grouping: { ...groups.grouping, ...(having && { having }) } });
}

function listRead(
  set: SetRoute,
  filter: FilterNode | undefined,
  rest: Omit<ListRead, "entityType" | "filter">,
): ListRead {
  return { entityType: set.type.name, ...rest, ...(filter === undefined ? {} : { filter }) };
}

/** What both select; undefined where neither is there. */
export function both(filter: FilterNode | undefined, after: FilterNode | undefined): FilterNode | undefined {
  if (filter === undefined || after === undefined) return filter ?? after;
  return { kind: "and", operands: [filter, after] };
}

/** The same question, behind the last entity of this page. */
function nextLinkOf(
  { exchange, options }: Asked,
  path: string,
  next: {
    readonly behind: StoredRow;
    readonly options: ListOptions;
    readonly wanted: number;
    /** Where a delta link will begin. */
    readonly from: FeedPosition | undefined;
  },
): string {
  const texts = new Map<string, string>();
  for (const [name, value] of options.system) {
    if (name !== "top" && name !== "skip" && name !== "skiptoken") texts.set(`$${name}`, value);
  }
  for (const [name, value] of options.aliases) texts.set(name, value);
  if (Number.isFinite(next.wanted)) texts.set("$top", String(next.wanted));
  texts.set("$skiptoken", tokenBehind(next.behind.values, next.options.ordering.orderBy, next.from));
  const query = [...texts].map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${exchange.serviceRoot}${path}?${query.join("&")}`;
}

/** How many entities match, as plain text (4.01 part 1, section 11.2.10). */
export async function readCount(
  asked: Omit<Asked, "format">,
  resource: Resource & { kind: "set" | "count" },
): Promise<Reply | Failed> {
  const { exchange, routes, options } = asked;
  const { set } = resource;
  const filter = countFilter(options, set, routes.definition.namespace, exchange.host.limits);
  if (isFailed(filter)) return filter;
  const within = segmentFilter(asked, resource);
  return isFailed(within) ? within : countOf(asked, set, both(within, filter));
}

/** The number of entities of that set that the filter selects. */
export async function countOf(
  { exchange }: Pick<Asked, "exchange">,
  set: SetRoute,
  filter: FilterNode | undefined,
): Promise<Reply | Failed> {
  const read = listRead(set, filter, { orderBy: [], top: 0, skip: 0, count: true });
  const listed = await exchange.host.service.list(exchange.context, read);
  if (listed.kind === "failed") return listed;
  return { status: 200, contentType: "text/plain;charset=utf-8", body: String(listed.page.count ?? 0) };
}
