/** Answers `$each`: one write for each member of a collection, all of them or none (OData 4.01 part 1, sections 11.4.13 and 11.5.5). */
import type { FilterNode } from "../../ports/index.ts";
import type { Calls, Failed, Together } from "../call.ts";
import { actionBody, type EntityBody, patchBody } from "../odata/bodies.ts";
import { pageBody, urlOfId } from "../odata/entity-json.ts";
import { failed, isFailed, notImplemented } from "../odata/failure.ts";
import type { Json } from "../odata/json.ts";
import { onlyOptions } from "../odata/options.ts";
import type { Resource } from "../odata/path.ts";
import { readSelect, type Selection } from "../odata/select.ts";
import { expandedOf } from "./deep.ts";
import { type Asked, headerOf, type Reply } from "./exchange.ts";
import type { Made, Wanted } from "./one-write.ts";
import { both, segmentFilter } from "./reads.ts";
import { filterFrom } from "./related.ts";
import { jsonReply } from "./replies.ts";
import { idempotencyOf, parsedBody, readingOf, requiredBody } from "./request-bodies.ts";
import { Weaving } from "./weaving.ts";
import { writingOf } from "./writing.ts";

type Each = Resource & { kind: "each" };

/** Does to each member what the method and the body say; the members are those that the caller may read. */
export async function writeEach(asked: Asked, each: Each): Promise<Reply | Failed> {
  const { exchange, options } = asked;
  const isDelete = exchange.method === "DELETE";
  const wrong = onlyOptions(options, isDelete ? [] : ["select", "format"], "$each") ?? conditional(asked);
  if (wrong !== undefined) return wrong;
  const scope = { ...exchange.host, aliases: options.aliases, namespace: asked.routes.definition.namespace };
  const select = readSelect(options.system.get("select"), each.set, scope);
  if (isFailed(select)) return select;
  const json = isDelete ? undefined : each.action === undefined ? requiredBody(exchange) : parsedBody(exchange);
  if (isFailed(json)) return json;
  const idempotency = idempotencyOf(exchange);
  if (isFailed(idempotency)) return idempotency;
  const work = async (service: Calls): Promise<Together<readonly Made[] | Failed>> => {
    const inside = { ...asked, exchange: { ...exchange, host: { ...exchange.host, service } } };
    const value = await writtenEach(inside, each, json);
    return { keep: !isFailed(value), value };
  };
  const made = await exchange.host.service.together(exchange.context, work, idempotency && { idempotency });
  return isFailed(made) ? made : replyOf(asked, each, made, select);
}

/** No one entity tag is that of all. */
function conditional({ exchange }: Asked): Failed | undefined {
  const name = ["If-Match", "If-None-Match"].find(
    (each) => headerOf(exchange.headers, each.toLowerCase()) !== undefined,
  );
  return name === undefined ? undefined : failed("InvalidRequest", `${name} has no meaning for $each`, name);
}

async function writtenEach(asked: Asked, each: Each, json: Json | undefined): Promise<readonly Made[] | Failed> {
  const members = await membersOf(asked, each);
  if (isFailed(members)) return members;
  const weaving = new Weaving(asked, asked.exchange.host.service, "eachMax");
  const all: Made[] = [];
  for (const { id, sequence } of members) {
    const wanted = wantedOf(asked, each, { id, json });
    if (isFailed(wanted)) return wanted;
    const made = await weaving.write(each.set, wanted, sequence === undefined ? {} : { expectedSequences: [sequence] });
    if (isFailed(made)) return ofMember(made, urlOfId("", each.set, id));
    all.push(made);
  }
  return all;
}

/** It was a member when the members were sought, and may be none any more. */
function ofMember(refused: Failed, url: string): Failed {
  if (refused.code !== "PreconditionFailed") return { ...refused, message: `${url}: ${refused.message}`, target: url };
  return { ...failed("Conflict", `${url} has just been changed: try again`, url), retryAfterSeconds: 1 };
}

function wantedOf(
  { exchange }: Asked,
  { set, action }: Each,
  { id, json }: { readonly id: string; readonly json: Json | undefined },
): Wanted | Failed {
  if (action !== undefined) {
    const params = actionBody(json, action, set);
    return isFailed(params) ? params : { kind: "action", action: action.name, body: { id, values: params, links: [] } };
  }
  if (json === undefined) return { kind: "delete", body: { id, values: {}, links: [] } };
  const body: EntityBody | Failed = patchBody(json, set, id, readingOf(exchange));
  return isFailed(body) ? body : { kind: "patch", body: { ...body, id } };
}

interface Member {
  readonly id: string;
  /** Absent where what was done is only told again. */
  readonly sequence?: number;
}

/** The members, as far as the caller may read them, in the order of their keys. */
async function membersOf(asked: Asked, each: Each): Promise<readonly Member[] | Failed> {
  const { context, host } = asked.exchange;
  const { group } = host.service;
  const own = (written: { readonly entityType: string }): boolean => written.entityType === each.set.type.name;
  if (group?.repeated !== undefined) return group.repeated.filter(own).map(({ entityId }) => ({ id: entityId }));
  if (group?.written.some(own) === true) {
    return notImplemented(`$each behind another write of ${each.set.type.name} in a change set`, "$each");
  }
  const filter = await memberFilter(asked, each);
  if (isFailed(filter)) return filter;
  const { name, key } = each.set.type;
  const { eachMax } = host.limits;
  const orderBy = [{ property: key, direction: "asc" as const }];
  const paging = { orderBy, top: eachMax + 1, skip: 0, count: false };
  const listed = await host.service.list(context, { entityType: name, ...paging, ...(filter && { filter }) });
  if (listed.kind === "failed") return listed;
  if (listed.page.rows.length > eachMax) {
    return failed("InvalidRequest", `$each has more than ${eachMax} members (eachMax): narrow it by /$filter(…)`);
  }
  return listed.page.rows.map(({ values, sequence }) => ({ id: String(values[key]), sequence }));
}

async function memberFilter(asked: Asked, { set, filters, within }: Each): Promise<FilterNode | undefined | Failed> {
  const narrowing = segmentFilter(asked, { set, filters });
  if (isFailed(narrowing) || within === undefined) return narrowing;
  const { context, host } = asked.exchange;
  const source = await host.service.read(context, within.set.type.name, within.id);
  return source.kind === "failed" ? source : both(filterFrom(source.row, within.navigation), narrowing);
}

function replyOf(asked: Asked, { set, action }: Each, made: readonly Made[], select: Selection): Reply {
  const preferred = asked.preferences.return;
  const headers: Record<string, string> = {};
  if (made.some(({ written }) => written.replayed)) headers["idempotency-replayed"] = "true";
  const isDelete = asked.exchange.method === "DELETE" && action === undefined;
  if (preferred !== undefined && !isDelete) headers["preference-applied"] = `return=${preferred}`;
  if (isDelete || preferred === "minimal") return { status: 204, body: undefined, headers };
  const rows = made.flatMap(({ written }) => written.row ?? []);
  const body = pageBody(rows, set, writingOf(asked, select, expandedOf(made)), {});
  return { ...jsonReply(200, body, asked.format), headers };
}
