/** What a change of revision does to entities that live: their events and timers, and pages of them to look through. */
import { type EntitiesQuery, type EntityCommit, type LiveEntity, StaleMigration } from "../../ports/index.ts";
import { cataloguedProjection, entitiesCells, entitiesSql, entityFromCells } from "../sql/entities.ts";
import { numbered, type Session } from "./connections.ts";
import { draftOf } from "./draft.ts";
import { writeOutbox } from "./timers.ts";
import { writeEvents } from "./writes.ts";

/** Journals the migrations, before the tables are made anew from the journal. Throws `StaleMigration`. In a transaction. */
export async function writeMigrated(session: Session, migrated: readonly EntityCommit[]): Promise<void> {
  if (migrated.length === 0) return;
  const [row] = await session.run("SELECT generation FROM layout");
  const drafts = migrated.map(draftOf);
  await writeEvents(session, { tables: new Map(), generation: Number(row?.[0]) }, drafts);
  const refused = drafts.find(({ appended }) => appended !== "committed");
  if (refused !== undefined) throw new StaleMigration(refused.commit.event);
  await writeOutbox(session, drafts);
}

/** Nothing where the type was never prepared. */
export async function liveEntities(session: Session, query: EntitiesQuery): Promise<readonly LiveEntity[]> {
  const [known] = await session.run("SELECT table_name, properties FROM projections WHERE entity_type = $1", [
    query.entityType,
  ]);
  if (known === undefined) return [];
  const kept = { table: String(known[0]), properties: String(known[1]) };
  const projection = cataloguedProjection(query.entityType, kept);
  const rows = await session.run(numbered(entitiesSql(projection, query)), entitiesCells(projection, query));
  return rows.map((cells) => entityFromCells(projection, cells));
}
