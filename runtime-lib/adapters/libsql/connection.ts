/** One connection to one libSQL file, set up so that what was committed survives a power cut, with its migrations applied. */
import Database from "libsql";
import AsyncDatabase from "libsql/promise";
import { NewerSchema, StoreUnavailable } from "../../ports/index.ts";
import { defaultStoreLimits } from "../store-limits.ts";
import { guarded } from "./failures.ts";
import { migrations } from "./migrations.ts";

export interface LibsqlOptions {
  /** A file, or `:memory:`. Made where it does not exist. */
  readonly path: string;
  /** How large the database may become; a write beyond it is refused as `StoreUnavailable`. Absent: as large as the disk. */
  readonly sizeMaxBytes?: number;
  /** How long to wait for another process's lock. */
  readonly busyTimeoutMs?: number;
  /** Rows that are kept in memory as they were read; none where it is 0. */
  readonly rowsKeptMax?: number;
  /** Commits that may share one transaction and one sync. */
  readonly batchMax?: number;
  /** Told of every transaction: how many commits shared it. */
  readonly onGroupCommit?: (size: number) => void;
}

export type Connection = Database.Database;

/** To one database. One in memory has a single connection, which is both. */
export interface Connections {
  /** For commits, which a thread of libSQL's may be at: what only reads would wait for the disk. */
  readonly writing: Connection;
  /** Sees what is committed. */
  readonly reading: Connection;
}

/** Opens and migrates. Throws `StoreUnavailable`, or `NewerSchema` where a newer runtime has written the file. */
export function connect(options: LibsqlOptions): Connections {
  const writing = connected(options, migrate);
  if (writing.memory) return { writing, reading: writing };
  try {
    return { writing, reading: connected(options, readOnly) };
  } catch (error) {
    writing.close();
    throw error;
  }
}

function connected(options: LibsqlOptions, ready: (connection: Connection) => void): Connection {
  return guarded(() => {
    const connection = opened(options.path);
    try {
      configure(connection, options);
      ready(connection);
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  });
}

function readOnly(connection: Connection): void {
  connection.exec("PRAGMA query_only = ON");
}

/** libSQL gives no code where it cannot open a file, so whatever it says means that. */
function opened(path: string): Connection {
  try {
    return new Database(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StoreUnavailable(`cannot open the store ${path}: ${reason}`, { cause: error });
  }
}

function configure(connection: Connection, options: LibsqlOptions): void {
  connection.exec(
    `PRAGMA busy_timeout = ${wholeNumber(options.busyTimeoutMs ?? defaultStoreLimits.storeLockTimeoutMs)}`,
  );
  if (options.path !== ":memory:") connection.exec("PRAGMA journal_mode = WAL");
  connection.exec("PRAGMA synchronous = FULL");
  connection.exec("PRAGMA trusted_schema = OFF");
  if (options.sizeMaxBytes === undefined) return;
  const pageBytes = scalar(connection, "PRAGMA page_size");
  connection.exec(`PRAGMA max_page_count = ${wholeNumber(options.sizeMaxBytes / pageBytes)}`);
}

function wholeNumber(value: number): number {
  return Math.max(0, Math.floor(value));
}

/** The first column of the first row, as a number. */
export function scalar(connection: Connection, sql: string): number {
  const [row] = connection.prepare(sql).raw().all([]);
  return Array.isArray(row) ? Number(row[0]) : 0;
}

function migrate(connection: Connection): void {
  inTransaction(connection, () => {
    connection.exec("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)");
    const found = scalar(connection, "SELECT coalesce(max(version), 0) FROM schema_version");
    if (found > migrations.length) throw new NewerSchema(found, migrations.length);
    migrations.slice(found).forEach((migration, index) => {
      for (const statement of migration) connection.exec(statement);
      connection.prepare("INSERT INTO schema_version (version) VALUES (?)").run([found + index + 1]);
    });
  });
}

/**
 * Runs `script` and commits on a thread of libSQL's, so that nothing else waits for the disk. The library opens a connection for
 * calls of the one kind or of the other; both are the same object underneath, and this transaction was begun by calls that wait.
 */
export function commitAside(connection: Connection, script: string): Promise<void> {
  return AsyncDatabase.prototype.exec.call(connection, `${script};\nCOMMIT`);
}

/** All of `work`'s statements or none of them; the write lock is taken at once, so that `work` sees the latest commit. */
export function inTransaction<T>(connection: Connection, work: () => T): T {
  return begun(connection, () => {
    const result = work();
    connection.exec("COMMIT");
    return result;
  });
}

/**
 * The same, but no disk is waited for: the next commit makes it durable, and writes the log back where that is due. To be used
 * for what is made again where it is missing.
 */
export function inTransactionUnsynced<T>(connection: Connection, work: () => T): T {
  const pages = scalar(connection, "PRAGMA wal_autocheckpoint");
  connection.exec("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0");
  try {
    return inTransaction(connection, work);
  } finally {
    connection.exec(`PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = ${pages}`);
  }
}

/** Runs `work` in a transaction that is then to be committed; it is over where `work` throws. */
export function begun<T>(connection: Connection, work: () => T): T {
  connection.exec("BEGIN IMMEDIATE");
  try {
    return work();
  } catch (error) {
    rollBack(connection);
    throw error;
  }
}

/** Ends the transaction that is open, if there is one. */
export function rollBack(connection: Connection): void {
  if (connection.inTransaction) connection.exec("ROLLBACK");
}
