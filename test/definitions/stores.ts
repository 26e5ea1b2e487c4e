/** What the tests of every store share: the adapters, and events, commits and queries about parcels. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLibsqlStore } from "../../runtime-lib/adapters/libsql/store.ts";
import { openMemoryStore } from "../../runtime-lib/adapters/memory/store.ts";
import { openPostgresStore } from "../../runtime-lib/adapters/postgres/store.ts";
import type { Reactions, Values } from "../../runtime-lib/kernel/index.ts";
import type {
  Commit,
  IdempotencyRecord,
  JournalEvent,
  OutboxEntry,
  Query,
  Store,
} from "../../runtime-lib/ports/index.ts";
import { freshPostgres } from "../live/postgres/server.ts";
import { parcel } from "./parcel.ts";

const folder = mkdtempSync(join(tmpdir(), "temperc-store-"));
let files = 0;

export const adapters: readonly { readonly name: string; readonly open: () => Promise<Store> }[] = [
  { name: "libSQL in memory", open: () => openLibsqlStore({ path: ":memory:" }) },
  {
    name: "libSQL in a file",
    open: () => {
      files += 1;
      return openLibsqlStore({ path: join(folder, `${files}.db`) });
    },
  },
  { name: "PostgreSQL", open: async () => openPostgresStore({ url: await freshPostgres(), connectionsMax: 4 }) },
  { name: "memory", open: async () => openMemoryStore() },
];

/** One of each kind: what a query answers is the same in a file as in memory. */
export const kinds = adapters.filter(({ name }) => name !== "libSQL in a file");

export const blank: Values = {
  Id: "1",
  Owner: "alice",
  Note: null,
  Price: null,
  Due: null,
  Fragile: false,
  Tags: [],
  Status: "Open",
  Items: 0,
  Label: "",
};

export const noReactions: Reactions = {
  triggers: [],
  timeouts: [],
  keys: [],
  contextEntities: [],
  webhooks: [],
  workflows: [],
  composites: [],
  constraints: [],
};

export function eventOf(changes: Partial<JournalEvent> = {}): JournalEvent {
  const origin = { specHash: "r1", principal: 'Customer::"alice"', correlationId: "c", causationId: null } as const;
  return {
    tenant: "t",
    entityType: "Parcel",
    entityId: "1",
    sequence: 1,
    eventId: `${changes.entityId ?? "1"}-${changes.sequence ?? 1}`,
    kind: "created",
    action: "created",
    params: {},
    from: null,
    to: "Open",
    delta: { ...blank, Id: changes.entityId ?? "1" },
    ...origin,
    outputs: [],
    idempotencyKey: null,
    sessionId: null,
    intent: null,
    at: "2026-01-01T00:00:00.000Z",
    ...changes,
  };
}

export function commitOf(changes: Partial<JournalEvent> = {}, values: Values = {}): Commit {
  const event = eventOf(changes);
  const row = { ...blank, ...values, Id: event.entityId };
  return { event: event.kind === "created" ? { ...event, delta: row } : event, row };
}

export function reply(key: string, changes: Partial<IdempotencyRecord> = {}): IdempotencyRecord {
  const expiresAt = "2026-01-02T00:00:00.000Z";
  return { tenant: "t", principal: "p", key, requestHash: "h", reply: "{}", expiresAt, ...changes };
}

/** A delivery to a depot. */
export function entryOf(key: string, target = "x", changes: Partial<OutboxEntry> = {}): OutboxEntry {
  return {
    tenant: "t",
    key,
    deed: {
      kind: "action",
      entityType: "Depot",
      entityId: target,
      action: "Fill",
      params: { text: 'a "b" \u0000 ü' },
      whereMissing: "refuse",
      dropOk: false,
    },
    principal: { type: "Customer", id: "alice", tenant: "t", roles: ["r"] },
    origin: { entityType: "Parcel", entityId: "1", name: "fill" },
    correlationId: "c",
    causationId: "e",
    depth: 1,
    dueAt: 100,
    ...changes,
  };
}

export function queryOf(changes: Partial<Query> = {}): Query {
  return { tenant: "t", entityType: parcel, orderBy: [], top: 1_000, skip: 0, count: false, ...changes };
}

process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
