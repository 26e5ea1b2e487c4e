/** What is looked up by keys, many at once: the newest events of entities, and rows. */
import { eventColumns } from "../sql/journal.ts";
import { turned } from "./arrays.ts";
import { type Prepared, prepared, type Row, type Session } from "./connections.ts";

const newestEvents = prepared(`SELECT place, ${eventColumns.join(", ")}
  FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) WITH ORDINALITY
    AS wanted (own_tenant, own_type, own_id, newest, place),
  LATERAL (SELECT ${eventColumns.join(", ")} FROM journal
    WHERE tenant = own_tenant AND entity_type = own_type AND entity_id = own_id
    ORDER BY sequence DESC LIMIT newest) AS event
  ORDER BY place, sequence`);

/** The newest so many events of each entity, in their order: tenant, type, id, and how many. */
export async function histories(session: Session, wanted: readonly Row[]): Promise<readonly (readonly Row[])[]> {
  const found = wanted.map((): Row[] => []);
  for (const [place, ...cells] of await session.run(newestEvents, turned(wanted))) {
    found[Number(place) - 1]?.push(cells);
  }
  return found;
}

/** A row by the statement of its table, which takes many keys. */
export interface RowWanted {
  readonly select: Prepared;
  readonly key: Row;
}

/** The row of each, or undefined where there is none. */
export async function rowsWanted(
  session: Session,
  wanted: readonly RowWanted[],
): Promise<readonly (Row | undefined)[]> {
  const found = wanted.map((): Row | undefined => undefined);
  const byTable = new Map<Prepared, { readonly place: number; readonly key: Row }[]>();
  for (const [place, { select, key }] of wanted.entries()) {
    const asked = byTable.get(select) ?? [];
    byTable.set(select, asked);
    asked.push({ place, key });
  }
  for (const [select, asked] of byTable) {
    for (const [at, ...cells] of await session.run(select, turned(asked.map(({ key }) => key)))) {
      const place = asked[Number(at) - 1]?.place;
      if (place !== undefined) found[place] = cells;
    }
  }
  return found;
}

/** The tenants of keys and of references to entities: their first cell. */
export function tenantsOf(keys: readonly Row[]): readonly string[] {
  return keys.map(([tenant]) => String(tenant));
}
