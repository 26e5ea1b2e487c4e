/** Tells a PostgreSQL that cannot serve just now from a rival's transaction, and both from a mistake of ours. */
import { BeyondStore, StoreUnavailable } from "../../ports/index.ts";
import { nestsTooDeep } from "../sql/beyond.ts";

/** Classes and codes (PostgreSQL, appendix A) of a server that is away, full, broken, or not the one that may write. */
const unavailable = [
  "08", // the connection
  "53", // disk, memory or connections used up
  "57P", // it shuts down, starts or was told to end the session
  "58", // input and output
  "XX001", // damaged data
  "XX002",
  "28", // it does not let us in
  "3D", // there is no such database
  "25006", // it only reads: a stand-by
  "25P03", // the session was ended because it did nothing in a transaction
];

const networkCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOENT",
  "EACCES",
]);

/** What `pg` says without a code when it has lost the server or has waited long enough. */
const lost =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered|Client was closed|The server does not support SSL)/;

/** Two transactions were in each other's way: the same once more may succeed. */
const rivalry = new Set(["40001", "40P01", "55P03"]);

/** The tables are not as this process has prepared them. */
const otherTables = new Set(["42P01", "42703", "42804", "0A000", "42883"]);

export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** True where the session is gone, or in an unknown state: it is of no further use. */
export function isLost(error: unknown): boolean {
  const code = codeOf(error);
  if (networkCodes.has(code) || code.startsWith("08") || code.startsWith("57P") || code === "25P03") return true;
  return error instanceof Error && code === "" && lost.test(error.message);
}

export function isUnavailable(error: unknown): boolean {
  const code = codeOf(error);
  return isLost(error) || (code !== "" && unavailable.some((prefix) => code.startsWith(prefix)));
}

export function isRivalry(error: unknown): boolean {
  return rivalry.has(codeOf(error));
}

export function isOtherTables(error: unknown): boolean {
  return otherTables.has(codeOf(error));
}

/** True where a statement would have written what a unique index has already. */
export function isUniqueViolation(error: unknown): boolean {
  return codeOf(error) === "23505";
}

/** True where a text is too long for an index: a third of a page of 8 KB, after compression. */
export function isTooLongToIndex(error: unknown): boolean {
  return codeOf(error) === "54000" && error instanceof Error && error.message.startsWith("index row ");
}

/** `StoreUnavailable` for a server that cannot serve, `BeyondStore` for a query too deep for it; any other error as it came. */
export function classified(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreUnavailable || error instanceof BeyondStore) return error;
  if (codeOf(error) === "54001") return nestsTooDeep("PostgreSQL", error);
  if (isOtherTables(error)) return otherRevision(error);
  if (!isUnavailable(error) && !isRivalry(error)) return error;
  const code = codeOf(error);
  return new StoreUnavailable(`the store is unavailable${code === "" ? "" : ` (${code})`}: ${error.message}`, {
    cause: error,
  });
}

/** Another server has prepared the tables for another revision, so this one can serve no more from them. */
export function otherRevision(cause?: unknown): StoreUnavailable {
  const message =
    "the tables of the store were made for another revision by another server: start this one with that revision";
  return new StoreUnavailable(message, { cause });
}
