/** How a command ends, as the number that a script sees. */

export const exitCodes = {
  ok: 0,
  /** The spec is violated, or what was asked could not be done. */
  failed: 1,
  /** The spec does not compile, or the command was used wrongly. */
  unusable: 2,
  /** Verification could not decide within its limits. */
  unknown: 3,
  /** A mistake of ours. */
  internal: 70,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** For the end of every `--help`. */
export const exitCodesHelp = `Exit codes:
  0   done
  1   a property is violated, or it could not be done
  2   the spec does not compile, or wrong usage
  3   verification could not decide within its limits
  70  a mistake of ours, please report it`;
