/** The journal's rows: how an event is written and read back, on prepared statements. */
import { BrokenHistory, named, type Value, type Values } from "../../kernel/index.ts";
import {
  type EntityRef,
  type EventKind,
  eventKinds,
  type FeedEvent,
  type FeedPage,
  type JournalEvent,
  type RecentEvents,
  type StoppedEntity,
} from "../../ports/index.ts";
import { type Cell, storable, textOrNull } from "./columns.ts";

/** The columns of an event, in the order of its cells. */
export const eventColumns = [
  "tenant",
  "entity_type",
  "entity_id",
  "sequence",
  "event_id",
  "kind",
  "action",
  "params",
  "from_status",
  "to_status",
  "delta",
  "spec_hash",
  "principal",
  "correlation_id",
  "causation_id",
  "idempotency_key",
  "at",
  "outputs",
  "session_id",
  "intent",
];

/** Writes events, each in brackets; nothing is changed where the entity already has an event of that sequence. */
export function insertEventsSql(events: string): string {
  return `INSERT INTO journal (${eventColumns.join(", ")})
  VALUES ${events} ON CONFLICT (tenant, entity_type, entity_id, sequence) DO NOTHING`;
}

/** The same for one whose cells are bound. */
export const insertEventSql = insertEventsSql(`(${eventColumns.map(() => "?").join(", ")})`);

/** The newest so many of an entity, the newest first. */
export const selectEventsSql = `SELECT ${eventColumns.join(", ")} FROM journal
  WHERE tenant = ? AND entity_type = ? AND entity_id = ? ORDER BY sequence DESC LIMIT ?`;

/** Every tenant's events behind a position: what is skipped is counted too, so that a page costs the same for everybody. */
export const selectFeedSql = `SELECT position, ${eventColumns.join(", ")} FROM journal
  WHERE position > ? ORDER BY position LIMIT ?`;

/** Every event of a type, entity by entity, each in order. */
export const selectTypeEventsSql = `SELECT ${eventColumns.join(", ")} FROM journal
  WHERE entity_type = ? ORDER BY tenant, entity_id, sequence`;

/** The newest of a tenant, the newest first. */
export const selectRecentSql = `SELECT ${eventColumns.join(", ")} FROM journal
  WHERE tenant = ? ORDER BY position DESC LIMIT ?`;

export function eventCells(event: JournalEvent): readonly Cell[] {
  return [
    storable(event.tenant),
    storable(event.entityType),
    storable(event.entityId),
    event.sequence,
    event.eventId,
    event.kind,
    storable(event.action),
    JSON.stringify(event.params),
    event.from,
    event.to,
    JSON.stringify(event.delta),
    event.specHash,
    storable(event.principal),
    storable(event.correlationId),
    event.causationId,
    event.idempotencyKey === null ? null : storable(event.idempotencyKey),
    event.at,
    event.outputs.length === 0 ? "[]" : JSON.stringify(event.outputs),
    event.sessionId === null ? null : storable(event.sessionId),
    event.intent === null ? null : storable(event.intent),
  ];
}

export function refCells(ref: EntityRef): readonly Cell[] {
  return [storable(ref.tenant), storable(ref.entityType), storable(ref.entityId)];
}

export function refFromCells([tenant, entityType, entityId]: readonly unknown[]): EntityRef {
  return { tenant: String(tenant), entityType: String(entityType), entityId: String(entityId) };
}

/** What a feed found, each with its position: events, and those that cannot be read. */
export function feedFromCells(
  rows: readonly { readonly position: string; readonly cells: readonly unknown[] }[],
): Omit<FeedPage, "through"> {
  const events: FeedEvent[] = [];
  const unreadable: StoppedEntity[] = [];
  for (const { position, cells } of rows) {
    try {
      events.push({ position, event: eventFromCells(cells) });
    } catch (error) {
      unreadable.push(stoppedBy(refFromCells(cells), error));
    }
  }
  return { events, unreadable };
}

/** The newest rows, which come first, as the events that they are. */
export function recentFromCells(newest: readonly (readonly unknown[])[]): RecentEvents {
  const { events, unreadable } = feedFromCells(newest.toReversed().map((cells) => ({ position: "", cells })));
  return { events: events.map(({ event }) => event), unreadable };
}

/** What stops the entity. Throws what is no `BrokenHistory`. */
export function stoppedBy(ref: EntityRef, error: unknown): StoppedEntity {
  if (!(error instanceof BrokenHistory)) throw error;
  return { ...ref, sequence: error.sequence, reason: error.message };
}

/** Throws `BrokenHistory` where a row is not an event that this runtime wrote. */
export function eventFromCells(cells: readonly unknown[]): JournalEvent {
  const sequence = Number(cells[3]);
  return {
    tenant: String(cells[0]),
    entityType: String(cells[1]),
    entityId: String(cells[2]),
    sequence,
    eventId: String(cells[4]),
    kind: eventKind(cells[5], sequence),
    action: String(cells[6]),
    params: recordedValues(cells[7], sequence),
    from: textOrNull(cells[8]),
    to: textOrNull(cells[9]),
    delta: recordedValues(cells[10], sequence),
    specHash: String(cells[11]),
    principal: String(cells[12]),
    correlationId: String(cells[13]),
    causationId: textOrNull(cells[14]),
    idempotencyKey: textOrNull(cells[15]),
    at: String(cells[16]),
    outputs: recordedNames(cells[17], sequence),
    sessionId: textOrNull(cells[18]),
    intent: textOrNull(cells[19]),
  };
}

function eventKind(cell: unknown, sequence: number): EventKind {
  const known = eventKinds.find((kind) => kind === cell);
  if (known !== undefined) return known;
  throw new BrokenHistory(sequence, `event ${sequence} is of the unknown kind ${JSON.stringify(cell)}`);
}

function recordedValues(cell: unknown, sequence: number): Values {
  const parsed = parsedJson(String(cell), sequence);
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new BrokenHistory(sequence, `event ${sequence} holds no set of named values`);
  }
  const values = named<Value>();
  for (const [name, value] of Object.entries(parsed)) values[name] = recordedValue(value, sequence);
  return values;
}

function recordedNames(cell: unknown, sequence: number): readonly string[] {
  const parsed = parsedJson(String(cell), sequence);
  if (Array.isArray(parsed) && parsed.every((name) => typeof name === "string")) return parsed;
  throw new BrokenHistory(sequence, `event ${sequence} holds no list of names`);
}

function parsedJson(text: string, sequence: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BrokenHistory(sequence, `event ${sequence} is not JSON`, { cause: error });
  }
}

function recordedValue(value: unknown, sequence: number): Value {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    return value;
  }
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw new BrokenHistory(sequence, `event ${sequence} holds a value of no known type`);
}
