/** Scopes that name nothing of what a tenant has live: good for nothing now, and perhaps misspelt. */
import type { ServiceDefinition } from "../kernel/index.ts";
import { actionNames } from "./decisions/scopes.ts";
import { manageScope, metricsScope } from "./scopes.ts";

export interface UnknownScope {
  readonly scope: string;
  /** Those that there are in its place. */
  readonly known: readonly string[];
}

const words: readonly string[] = ["read", "write", manageScope, metricsScope];

/** A later revision may have what they name, so they are no mistake for certain. */
export function unknownScopes(live: ServiceDefinition, scopes: readonly string[]): readonly UnknownScope[] {
  return scopes.flatMap((scope) => {
    const known = inPlaceOf(scope, live);
    return known.includes(scope) ? [] : [{ scope, known }];
  });
}

function inPlaceOf(scope: string, live: ServiceDefinition): readonly string[] {
  const [type = "", action] = scope.split("::");
  const types = live.entityTypes.map(({ name }) => name);
  if (action === undefined) return [...words, ...types];
  if (types.includes(type)) return scopesOf(live, type);
  const elsewhere = types.map((other) => `${other}::${action}`);
  const known = elsewhere.filter((other, index) => scopesOf(live, types[index] ?? "").includes(other));
  return known.length > 0 ? known : types;
}

/** To read is to list as well, and has one scope. */
function scopesOf(live: ServiceDefinition, entityType: string): readonly string[] {
  return actionNames(live, entityType).flatMap((name) => (name === "list" ? [] : [`${entityType}::${name}`]));
}
