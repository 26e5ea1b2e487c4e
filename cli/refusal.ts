/** What the user asked for and cannot have: said in their words, with what to do instead. */
import { type ExitCode, exitCodes } from "./exit-codes.ts";

export interface Refusal {
  readonly kind: "refused";
  readonly exitCode: ExitCode;
  /** One sentence without its full stop. */
  readonly message: string;
  readonly hint: string;
}

/** A refusal because of how the command was used: exit 2. */
export function unusable(message: string, hint: string): Refusal {
  return { kind: "refused", exitCode: exitCodes.unusable, message, hint };
}

/** A refusal because the machine did not let it happen: exit 1. */
export function impossible(message: string, hint: string): Refusal {
  return { kind: "refused", exitCode: exitCodes.failed, message, hint };
}

/** The system's code of an error, such as `ENOENT`; empty where it has none. */
export function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

const reasons: ReadonlyMap<string, string> = new Map([
  ["EACCES", "permission denied"],
  ["EBUSY", "it is in use or a mount point"],
  ["EDQUOT", "the disk quota is used up"],
  ["EISDIR", "it is a folder"],
  ["ELOOP", "its symbolic links go round in a circle"],
  ["EMFILE", "too many files are open"],
  ["ENAMETOOLONG", "the name is too long"],
  ["ENOENT", "it does not exist"],
  ["ENOSPC", "the disk is full"],
  ["ENOTDIR", "a part of its path is not a folder"],
  ["EPERM", "the operation is not permitted"],
  ["EROFS", "the file system is read-only"],
  ["EXDEV", "it is on another file system"],
]);

/** Why a file operation failed, for people: `permission denied (EACCES)`. */
export function reasonOf(error: unknown): string {
  const code = systemCode(error);
  const reason = reasons.get(code);
  if (reason !== undefined) return `${reason} (${code})`;
  return error instanceof Error ? error.message : String(error);
}
