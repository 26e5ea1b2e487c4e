/** Tells a store that cannot serve just now (full disk, read-only file, lock) from a mistake of ours. */
import { StoreUnavailable } from "../../ports/index.ts";
import { nestsTooDeep } from "../sql/beyond.ts";

/** Primary result codes after which the same statement can succeed later, or never will on this file. */
const unavailable = [
  "SQLITE_FULL",
  "SQLITE_IOERR",
  "SQLITE_READONLY",
  "SQLITE_BUSY",
  "SQLITE_LOCKED",
  "SQLITE_CANTOPEN",
  "SQLITE_NOMEM",
  "SQLITE_CORRUPT",
  "SQLITE_NOTADB",
  "SQLITE_PERM",
  "SQLITE_AUTH",
];

/** True where a statement would have written what a unique index has already. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "SQLITE_CONSTRAINT_UNIQUE";
}

/** `StoreUnavailable` for a failure of disk, lock or file; any other error as it came. */
export function classified(error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return error;
  const { code } = error;
  if (!unavailable.some((prefix) => code === prefix || code.startsWith(`${prefix}_`))) return error;
  return new StoreUnavailable(`the store is unavailable (${code}): ${error.message}`, { cause: error });
}

/** What SQLite says of a statement that it cannot parse for its depth alone. */
const tooDeep = /^(parser stack overflow|Expression tree is too large)/;

/** Runs the statements of a query; one that nests too deep comes out as `BeyondStore`. */
export function queried<T>(work: () => T): T {
  try {
    return guarded(work);
  } catch (error) {
    if (error instanceof Error && tooDeep.test(error.message)) throw nestsTooDeep("SQLite", error);
    throw error;
  }
}

/** Runs `work`; a failure of disk, lock or file comes out as `StoreUnavailable`. */
export function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw classified(error);
  }
}
