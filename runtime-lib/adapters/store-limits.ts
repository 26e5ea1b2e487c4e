/** The limits of a store, by name, with their defaults; one that is of the other kind of database changes nothing. */

export interface StoreLimits {
  /** How large a file may become: a write beyond it is refused as on a full disk. Of a PostgreSQL its administrator decides. */
  readonly storeBytesMax: number;
  /** How long to wait for another process's lock on a file; the whole server waits with it. */
  readonly storeLockTimeoutMs: number;
  /** Rows of a file that are kept in memory as they were read, of up to 4,096 characters each; none where it is 0. */
  readonly storeRowsKeptMax: number;
  /** Sessions of this process on a PostgreSQL. */
  readonly storeSessionsMax: number;
  /** How long to wait for a session, and for the answer to a statement before its session is given up. */
  readonly storeConnectTimeoutMs: number;
  readonly storeAnswerTimeoutMs: number;
  /** How long to go on asking what became of a commit whose session was lost, before nobody can tell. */
  readonly storeOutcomeTimeoutMs: number;
}

export const defaultStoreLimits: StoreLimits = {
  storeBytesMax: Number.POSITIVE_INFINITY,
  storeLockTimeoutMs: 5_000,
  storeRowsKeptMax: 10_000,
  storeSessionsMax: 10,
  storeConnectTimeoutMs: 5_000,
  storeAnswerTimeoutMs: 30_000,
  storeOutcomeTimeoutMs: 60_000,
};
