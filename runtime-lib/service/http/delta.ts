/** Answers delta links: the entities of a set that were changed since, and those that are in it no longer. */
import { keyValue, type Values } from "../../kernel/index.ts";
import { matches } from "../../ports/filter-values.ts";
import type { FeedPosition, FilterNode, StoredRow } from "../../ports/index.ts";
import type { Changes, Failed, Touched } from "../call.ts";
import { deltaBody, type Removed } from "../odata/delta-json.ts";
import { canBeFollowed, deltaToken, positionIn } from "../odata/deltatoken.ts";
import { failed, isFailed, notImplemented } from "../odata/failure.ts";
import { negotiatedVersion } from "../odata/formats.ts";
import { type ListOptions, listOptions } from "../odata/list-options.ts";
import type { SetRoute } from "../odata/routes.ts";
import { type Asked, headerOf, type Reply } from "./exchange.ts";
import { jsonReply } from "./replies.ts";
import { writingOf } from "./writing.ts";

/** Entities that one question to the store asks for. */
const idsMax = 500;

/** The position that a delta link will begin at: before the first page is read, so that nothing falls between. */
export async function followedFrom(asked: Asked, options: ListOptions): Promise<FeedPosition | undefined | Failed> {
  const { following } = asked.exchange.host.service;
  if (!asked.preferences.trackChanges || following === undefined) return undefined;
  return canBeFollowed(options, asked.options) ? following.end() : undefined;
}

/** The same question about what happens behind a position. */
export function deltaLink({ exchange, options }: Asked, set: SetRoute, position: FeedPosition): string {
  const texts = new Map<string, string>();
  for (const [name, value] of options.system) {
    if (name !== "skiptoken" && name !== "deltatoken" && name !== "count") texts.set(`$${name}`, value);
  }
  for (const [name, value] of options.aliases) texts.set(name, value);
  texts.set("$deltatoken", deltaToken(position, exchange.host.service.revision));
  const query = [...texts].map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${exchange.serviceRoot}${set.name}?${query.join("&")}`;
}

/** `GET /Set?$deltatoken=…`. Where there is more than one answer looks at, `@odata.nextLink` goes on. */
export async function readDelta(asked: Asked, set: SetRoute, token: string): Promise<Reply | Failed> {
  const { exchange, routes } = asked;
  const { service, limits } = exchange.host;
  const { following } = service;
  if (following === undefined) return notImplemented("a delta link within a change set", "$deltatoken");
  const options = listOptions(asked.options, set, routes.definition.namespace, limits);
  if (isFailed(options)) return options;
  if (!canBeFollowed(options, asked.options) || options.after !== undefined) {
    return failed(
      "InvalidRequest",
      "the $deltatoken belongs to another query: follow the link as it was given",
      "$deltatoken",
    );
  }
  const after = positionIn(token, service.revision);
  if (isFailed(after)) return after;
  const query = { entityType: set.type.name, after, max: limits.deltaEventsMax };
  const changes = await following.changes(exchange.context, query);
  if (isFailed(changes)) return changes;
  const present = await rowsOf(asked, set, changes, options.filter);
  if (isFailed(present)) return present;
  const removed = await removedOf(asked, set, { changes, present, filter: options.filter });
  if (isFailed(removed)) return removed;
  const link = deltaLink(asked, set, changes.through);
  const version = negotiatedVersion(
    headerOf(exchange.headers, "odata-version"),
    headerOf(exchange.headers, "odata-maxversion"),
  );
  const writing = writingOf(asked, options.select);
  const body = deltaBody(
    { set, present: [...present.values()], removed, link, isLast: changes.isLast },
    writing,
    version === "4.0",
  );
  return jsonReply(200, body, asked.format);
}

/** Those of the entities that the caller may read and the filter selects, by their ids. */
async function rowsOf(
  { exchange }: Asked,
  set: SetRoute,
  { touched }: Pick<Changes, "touched">,
  filter: FilterNode | undefined,
): Promise<ReadonlyMap<string, StoredRow> | Failed> {
  const rows = new Map<string, StoredRow>();
  for (let from = 0; from < touched.length; from += idsMax) {
    const some = touched.slice(from, from + idsMax);
    const values = some.map(({ entityId }) => keyValue(set.keyProperty, entityId) ?? null);
    const among: FilterNode = { kind: "in", operand: { kind: "property", property: set.type.key }, values };
    const listed = await exchange.host.service.list(exchange.context, {
      entityType: set.type.name,
      filter: filter === undefined ? among : { kind: "and", operands: [filter, among] },
      orderBy: [],
      top: some.length,
      skip: 0,
      count: false,
    });
    if (listed.kind === "failed") return listed;
    for (const row of listed.page.rows) rows.set(String(row.values[set.type.key]), row);
  }
  return rows;
}

interface Gone {
  readonly changes: Changes;
  readonly present: ReadonlyMap<string, StoredRow>;
  readonly filter: FilterNode | undefined;
}

/**
 * Of what was in the answer before and is in it no longer, whether it left by its values, or is gone for this caller: deleted, or
 * not to be read any more, which is the same here as everywhere. What was never the caller's to read is not named.
 */
async function removedOf(
  asked: Asked,
  set: SetRoute,
  { changes, present, filter }: Gone,
): Promise<readonly Removed[] | Failed> {
  const missing = changes.touched.filter(({ entityId }) => !present.has(entityId));
  const left: Touched[] = [];
  for (const each of missing) {
    const before = await valuesBefore(asked, set, each);
    if (isFailed(before)) return before;
    if (before !== undefined && (filter === undefined || matches(set.type, filter, before))) left.push(each);
  }
  const still = await rowsOf(asked, set, { touched: left }, undefined);
  if (isFailed(still)) return still;
  return left.map(({ entityId }) => ({
    key: keyValue(set.keyProperty, entityId) ?? entityId,
    reason: still.has(entityId) ? "changed" : "deleted",
  }));
}

async function valuesBefore(
  { exchange }: Asked,
  set: SetRoute,
  touched: Touched,
): Promise<Values | undefined | Failed> {
  const before = await exchange.host.service.following?.before(exchange.context, {
    ...touched,
    entityType: set.type.name,
  });
  if (before === undefined || before.kind === "none") return undefined;
  return before.kind === "failed" ? before : before.values;
}
