/** Opens the store that a setting names: a file for libSQL, or the URL of a PostgreSQL. */
import { access, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { Store } from "../ports/index.ts";
import { openLibsqlStore } from "./libsql/store.ts";
import { addressOf, isPostgres } from "./postgres/address.ts";
import type { PostgresOptions } from "./postgres/connections.ts";
import { openPostgresStore } from "./postgres/store.ts";
import { defaultStoreLimits, type StoreLimits } from "./store-limits.ts";

export interface StoreChoice {
  /** Refuse where there is no store yet, instead of making one. */
  readonly mustExist?: boolean;
  readonly limits?: Partial<StoreLimits>;
  /** Told of every transaction: how many commits shared it. */
  readonly onGroupCommit?: (size: number) => void;
}

/**
 * The store at a path or URL, with its migrations applied. Rejects with `StoreUnavailable` where it cannot serve, with
 * `NewerSchema` where a newer runtime wrote it, and with a `TypeError` that says why this is no place for a store.
 */
export async function openStore(
  where: string,
  { mustExist = false, limits, onGroupCommit }: StoreChoice = {},
): Promise<Store> {
  const told = onGroupCommit === undefined ? {} : { onGroupCommit };
  const bounds = { ...defaultStoreLimits, ...limits };
  if (isPostgres(where)) return openPostgresStore({ url: where, mustExist, ...sessionsOf(bounds), ...told });
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(where)?.[1];
  if (scheme !== undefined) throw new TypeError(whyNot(scheme.toLowerCase()));
  if (mustExist) await access(where);
  else if (where !== ":memory:") await mkdir(dirname(where), { recursive: true });
  const { storeBytesMax, storeLockTimeoutMs: busyTimeoutMs, storeRowsKeptMax: rowsKeptMax } = bounds;
  const size = Number.isFinite(storeBytesMax) ? { sizeMaxBytes: storeBytesMax } : {};
  return openLibsqlStore({ path: where, busyTimeoutMs, rowsKeptMax, ...size, ...told });
}

function sessionsOf(limits: StoreLimits): Omit<PostgresOptions, "url"> {
  return {
    connectionsMax: limits.storeSessionsMax,
    connectTimeoutMs: limits.storeConnectTimeoutMs,
    answerTimeoutMs: limits.storeAnswerTimeoutMs,
    outcomeTimeoutMs: limits.storeOutcomeTimeoutMs,
  };
}

function whyNot(scheme: string): string {
  const choice = "name a file, or postgres://host/database for a database that several servers share";
  if (!/^(libsql|https?|wss?)$/.test(scheme)) return `${scheme}:// is no place for a store: ${choice}`;
  return `a remote libSQL (${scheme}://) cannot be the store, because its client stops the whole server at each statement: ${choice}`;
}

/** The place of a store for people and logs: without user and password. */
export function shownStore(where: string): string {
  if (!isPostgres(where)) return where.replace(/^([a-z][a-z0-9+.-]+:\/\/)[^/@]*@/i, "$1");
  try {
    return addressOf(where).shown;
  } catch {
    return "postgres://…";
  }
}
