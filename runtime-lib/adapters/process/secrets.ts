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

/** `TEMPERC_TENANT_SECRETS`: by tenant, and by name, the secrets of programs that tenants have of their own. */
export const tenantSecretsVariable = "TEMPERC_TENANT_SECRETS";

type ByTenant = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * The secrets of each tenant's own program: `{ "tenant": { "name": "secret" } }`. They are a text of their own, so that no
 * tenant can name those of another or of the host. Read when one is asked for, as `environmentSecrets` does.
 */
export function tenantSecrets(environment: Readonly<Record<string, string | undefined>>): (tenant: string) => Secrets {
  let read = { text: "", secrets: tenantSecretsIn("") };
  return (tenant) => (name) => {
    const text = environment[tenantSecretsVariable] ?? "";
    if (text !== read.text) read = { text, secrets: tenantSecretsIn(text) };
    return read.secrets?.get(tenant)?.get(name);
  };
}

/** Undefined where the text is not what it is to be; an empty one holds none. */
export function tenantSecretsIn(text: string): ByTenant | undefined {
  if (text === "") return new Map();
  const tenants = membersOf(parsed(text));
  if (tenants === undefined) return undefined;
  const found = new Map<string, ReadonlyMap<string, string>>();
  for (const [tenant, own] of tenants) {
    const secrets = membersOf(own);
    if (secrets === undefined || !secrets.every(isSecret)) return undefined;
    found.set(tenant, new Map(secrets.filter(isSecret)));
  }
  return found;
}

function isSecret(member: readonly [string, unknown]): member is readonly [string, string] {
  return typeof member[1] === "string" && member[1] !== "";
}

function membersOf(value: unknown): readonly (readonly [string, unknown])[] | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
