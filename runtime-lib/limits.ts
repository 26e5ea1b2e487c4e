/** Every limit of a service, in one place: the tables that name them, and what somebody chose in place of their defaults. */
import { defaultVerifierLimits, type VerifierLimits } from "./adapters/jwt/verifier.ts";
import { defaultStoreLimits, type StoreLimits } from "./adapters/store-limits.ts";
import { defaultServerLimits, type ServerLimits } from "./service/http/server.ts";
import { defaultTrafficLimits, type TrafficLimits } from "./service/http/traffic-limits.ts";
import { defaultLimits, type Limits } from "./service/limits.ts";
import { defaultODataLimits, type ODataLimits } from "./service/odata/limits.ts";

export interface ServiceLimits {
  readonly service: Limits;
  /** Of the OData surface, and of the traffic on it. */
  readonly surface: ODataLimits & TrafficLimits;
  readonly server: ServerLimits;
  readonly tokens: VerifierLimits;
  readonly store: StoreLimits;
}

export const defaultServiceLimits: ServiceLimits = {
  service: defaultLimits,
  surface: { ...defaultODataLimits, ...defaultTrafficLimits },
  server: defaultServerLimits,
  tokens: defaultVerifierLimits,
  store: defaultStoreLimits,
};

/** The limits with these in place of their defaults. Names that are no limit change nothing: see `unknownLimitIn`. */
export function serviceLimits(chosen: ReadonlyMap<string, number>): ServiceLimits {
  const { service, surface, server, tokens, store } = defaultServiceLimits;
  return {
    service: withChosen(service, chosen),
    surface: withChosen(surface, chosen),
    server: withChosen(server, chosen),
    tokens: withChosen(tokens, chosen),
    store: withChosen(store, chosen),
  };
}

function withChosen<T extends object>(defaults: T, chosen: ReadonlyMap<string, number>): T {
  return { ...defaults, ...Object.fromEntries([...chosen].filter(([name]) => Object.hasOwn(defaults, name))) };
}

/** The sentence that says which name is no limit of a service, and which are. */
export function unknownLimitIn(chosen: ReadonlyMap<string, number>): string | undefined {
  const known = Object.values(defaultServiceLimits).flatMap((table) => Object.keys(table));
  const unknown = [...chosen.keys()].find((name) => !known.includes(name));
  return unknown === undefined ? undefined : `there is no limit ${unknown}: the limits are ${known.join(", ")}`;
}
