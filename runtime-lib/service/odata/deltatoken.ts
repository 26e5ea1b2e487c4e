/** `$deltatoken`: how far a client has followed a set, and under which revision (OData 4.01 part 1, section 11.3). */
import type { FeedPosition, FilterNode } from "../../ports/index.ts";
import type { Failed } from "../call.ts";
import { reachedTypes } from "../reached-types.ts";
import { failed, invalid } from "./failure.ts";
import type { ListOptions } from "./list-options.ts";
import type { Options } from "./options.ts";

/** The token for what happens behind that position. It is a position, not a secret. */
export function deltaToken(position: FeedPosition, revision: string): string {
  return Buffer.from(JSON.stringify([position, revision])).toString("base64url");
}

/** The position of a token; 410 where what it followed was of another revision. */
export function positionIn(token: string, revision: string): FeedPosition | Failed {
  const parts = partsOf(token);
  if (parts === undefined) return invalid("the $deltatoken is not one that this service gave", "$deltatoken");
  const [position, then] = parts;
  if (then === revision) return position;
  return failed("Gone", "the service has another revision now: read the set again, and follow it from there");
}

function partsOf(token: string): readonly [string, string] | undefined {
  if (!/^[\w-]{1,1024}$/.test(token)) return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    const [position, revision] = Array.isArray(parts) ? parts : [];
    return typeof position === "string" && typeof revision === "string" ? [position, revision] : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether the events of the entities alone tell what becomes of the answer: it has no groups, nothing computed or brought along,
 * no part cut off, and its filter looks neither at other entities nor at the clock.
 */
export function canBeFollowed(
  { groups, computed, ordering, expand, top, skip, filter }: ListOptions,
  { system }: Options,
): boolean {
  const isPlain = groups === undefined && computed.length === 0 && ordering.computed.length === 0;
  if (!isPlain || expand.length > 0 || top !== undefined || skip > 0) return false;
  return !looksElsewhere(filter) && !/\bnow\s*\(/i.test(system.get("filter") ?? "");
}

function looksElsewhere(filter: FilterNode | undefined): boolean {
  if (filter === undefined) return false;
  const read = { entityType: "", filter, orderBy: [], top: 0, skip: 0, count: false };
  return reachedTypes(read).size > 0;
}
