/** Fetches what `$expand` asks for: one query for each navigation property and depth, however many entities it is for. */
import type { Value } from "../../kernel/index.ts";
import type { FilterNode, StoredRow } from "../../ports/index.ts";
import type { Failed, ListRead } from "../call.ts";
import type { Expansion } from "../odata/expand.ts";
import { type Expanded, placeAmong, type Related } from "../odata/expanded.ts";
import { invalid, isFailed } from "../odata/failure.ts";
import type { Pair } from "../odata/routes.ts";
import type { Exchange } from "./exchange.ts";

interface Budget {
  left: number;
}

/** The entities behind each navigation property of these rows. What the caller may not read is not among them. */
export async function expand(
  exchange: Exchange,
  rows: readonly StoredRow[],
  expansions: readonly Expansion[],
  budget: Budget = { left: exchange.host.limits.expandedMax },
): Promise<readonly Expanded[] | Failed> {
  const all: Expanded[] = [];
  for (const expansion of expansions) {
    const expanded = await follow(exchange, rows, expansion, budget);
    if (isFailed(expanded)) return expanded;
    all.push(expanded);
  }
  return all;
}

async function follow(
  exchange: Exchange,
  rows: readonly StoredRow[],
  expansion: Expansion,
  budget: Budget,
): Promise<Expanded | Failed> {
  const { pairs } = expansion.navigation;
  const places = placesOf(rows, pairs);
  const related = new Map<string, Related>();
  if (places.length === 0) return { expansion, related, inside: [] };
  const listed = await exchange.host.service.list(exchange.context, readOf(expansion, places, budget.left + 1));
  if (listed.kind === "failed") return listed;
  const found = listed.page.rows;
  budget.left -= found.length;
  if (budget.left < 0) {
    const { expandedMax } = exchange.host.limits;
    return invalid(`$expand brings more than ${expandedMax} entities (expandedMax): ask for fewer at once`, "$expand");
  }
  const wanted = found.filter((row) => isWanted(row, expansion));
  const inside = await expand(exchange, wanted, expansion.expand, budget);
  if (isFailed(inside)) return inside;
  const shown = new Set(wanted);
  for (const row of found) {
    const place = placeAmong(row.values, pairs, "there");
    const group = related.get(place) ?? { rows: [], count: row.among?.of ?? 0 };
    related.set(place, shown.has(row) ? { ...group, rows: [...group.rows, row] } : group);
  }
  return { expansion, related, inside };
}

/** The first of each group comes in any case, for the count. */
function isWanted({ among }: StoredRow, { form, skip, top }: Expansion): boolean {
  if (form === "count") return false;
  if (among === undefined) return true;
  return among.place > skip && among.place <= skip + (top ?? Number.MAX_SAFE_INTEGER);
}

/** The values that the navigation starts from, each once; a null leads nowhere. */
function placesOf(rows: readonly StoredRow[], pairs: readonly Pair[]): readonly (readonly Value[])[] {
  const places = new Map<string, readonly Value[]>();
  for (const { values } of rows) {
    const place = pairs.map(({ here }) => values[here] ?? null);
    if (!place.includes(null)) places.set(JSON.stringify(place), place);
  }
  return [...places.values()];
}

function readOf(expansion: Expansion, places: readonly (readonly Value[])[], most: number): ListRead {
  const { navigation, set, filter, ordering, skip, top, count, form } = expansion;
  const columns = { orderBy: ordering.orderBy, computed: [...expansion.computed, ...ordering.computed] };
  const there = atPlaces(navigation.pairs, places);
  const read = {
    entityType: set.type.name,
    filter: filter === undefined ? there : ({ kind: "and", operands: [there, filter] } as const),
    ...columns,
    top: most,
    skip: 0,
    count: false,
  };
  const isWindowed = count || form === "count" || skip > 0 || top !== undefined;
  if (!isWindowed) return read;
  const by = navigation.pairs.map(({ there }) => there);
  const size = form === "count" ? 0 : (top ?? Number.MAX_SAFE_INTEGER - skip);
  return { ...read, each: { by, skip, top: size } };
}

/** What stands at one of these places: each has a value for each pair. */
export function atPlaces(pairs: readonly Pair[], places: readonly (readonly Value[])[]): FilterNode {
  const [only, further] = pairs;
  if (only !== undefined && further === undefined) {
    const values = places.map(([value]) => value ?? null);
    return { kind: "in", operand: { kind: "property", property: only.there }, values };
  }
  const operands = places.map((place): FilterNode => {
    const equal = pairs.map(
      ({ there }, index): FilterNode => ({
        kind: "compare",
        operator: "eq",
        left: { kind: "property", property: there },
        right: { kind: "literal", value: place[index] ?? null },
      }),
    );
    return { kind: "and", operands: equal };
  });
  return { kind: "or", operands };
}
