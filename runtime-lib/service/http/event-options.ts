/** What a request for a stream asks for: since when, and which set, entity and actions. */
import type { FastifyRequest } from "fastify";
import { type FeedPosition, feedStart } from "../../ports/index.ts";
import type { EventFilter, Failed } from "../call.ts";
import { failed, isFailed } from "../odata/failure.ts";
import type { Routes } from "../odata/routes.ts";
import { queryOptions } from "../odata/url.ts";
import { headerOf } from "./exchange.ts";

export interface EventSelection {
  /** Absent: from now on. */
  readonly after?: FeedPosition;
  readonly filter: EventFilter;
}

const names = ["set", "entity", "action", "after"] as const;
const actionsMax = 64;

/** `?set=Orders&entity=o-1&action=SubmitOrder,CancelOrder&after=start`, and `Last-Event-ID`, which goes before `after`. */
export function eventSelection(request: FastifyRequest, routes: Routes): EventSelection | Failed {
  const options = optionsOf(request.raw.url ?? "");
  if (isFailed(options)) return options;
  const filter = filterOf(options, routes);
  if (isFailed(filter)) return filter;
  const since = headerOf(request.headers, "last-event-id") ?? options.get("after");
  if (since === undefined) return { filter };
  return { after: since === "start" ? feedStart : since, filter };
}

function optionsOf(url: string): ReadonlyMap<string, string> | Failed {
  const mark = url.indexOf("?");
  const listed = mark < 0 ? [] : queryOptions(url.slice(mark + 1));
  if (isFailed(listed)) return listed;
  const options = new Map<string, string>();
  for (const { name, value } of listed) {
    if (!names.some((each) => each === name)) {
      return failed(
        "InvalidParameter",
        `a stream of events has no option ${JSON.stringify(name)}: ${names.join(", ")}`,
        name,
      );
    }
    if (options.has(name)) return failed("InvalidParameter", `${name} is given twice`, name);
    options.set(name, value);
  }
  return options;
}

function filterOf(options: ReadonlyMap<string, string>, { sets, singletons }: Routes): EventFilter | Failed {
  const named = options.get("set");
  const set = named === undefined ? undefined : (sets.get(named) ?? singletons.get(named));
  if (named !== undefined && set === undefined) {
    return failed("NotFound", `there is no entity set ${JSON.stringify(named)}`, "set");
  }
  const entityId = options.get("entity") ?? (sets.has(named ?? "") ? undefined : set && named);
  if (entityId !== undefined && set === undefined) {
    return failed("InvalidParameter", "entity is a key within a set: give set as well", "entity");
  }
  const actions = options.get("action")?.split(",");
  if (actions !== undefined && (actions.includes("") || actions.length > actionsMax)) {
    return failed(
      "InvalidParameter",
      `action is a list of 1 to ${actionsMax} names with commas between them`,
      "action",
    );
  }
  return {
    ...(set && { entityType: set.type.name }),
    ...(entityId !== undefined && { entityId }),
    ...(actions && { actions: new Set(actions) }),
  };
}
