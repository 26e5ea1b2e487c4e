/** Opens the store that a setting names: a file for libSQL, or the URL of a PostgreSQL. */
import { access, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { Store } from "../ports/index.ts";
import { openLibsqlStore } from "./libsql/store.ts";
import { addressOf, isPostgres } from "./postgres/address.ts";
import { openPostgresStore } from "./postgres/store.ts";

export interface StoreChoice {
  /** Refuse where there is no store yet, instead of making one. */
  readonly mustExist?: boolean;
  /** How large a file may become; of a PostgreSQL its administrator decides. */
  readonly sizeMaxBytes?: number;
  /** Told of every transaction: how many commits shared it. */
  readonly onGroupCommit?: (size: number) => void;
}

/**
 * The store at a path or URL, with its migrations applied. Rejects with `StoreUnavailable` where it cannot serve, with
 * `NewerSchema` where a newer runtime wrote it, and with a `TypeError` that says why this is no place for a store.
 */
export async function openStore(
  where: string,
  { mustExist = false, sizeMaxBytes, onGroupCommit }: StoreChoice = {},
): Promise<Store> {
  const told = onGroupCommit === undefined ? {} : { onGroupCommit };
  if (isPostgres(where)) return openPostgresStore({ url: where, mustExist, ...told });
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(where)?.[1];
  if (scheme !== undefined) throw new TypeError(whyNot(scheme.toLowerCase()));
  if (mustExist) await access(where);
  else if (where !== ":memory:") await mkdir(dirname(where), { recursive: true });
  return openLibsqlStore({ path: where, ...told, ...(sizeMaxBytes !== undefined && { sizeMaxBytes }) });
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
