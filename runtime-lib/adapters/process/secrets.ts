/** Secrets from the environment of the process. */
import type { Secrets } from "../../ports/index.ts";

/** `{secret:bank-key}` is `TEMPERC_SECRET_BANK_KEY`: in upper case, and `_` for what is neither letter nor digit. */
export function secretVariable(name: string): string {
  return `TEMPERC_SECRET_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}`;
}

/** Reads a secret when it is asked for, so that one that is rotated in the environment is the new one at once. */
export function environmentSecrets(environment: Readonly<Record<string, string | undefined>>): Secrets {
  return (name) => {
    const value = environment[secretVariable(name)];
    return value === "" ? undefined : value;
  };
}
