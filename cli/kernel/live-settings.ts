/** From the options of `serve` and `dev` to what the recipe and the host need. */
import { setImmediate as turn } from "node:timers/promises";
import {
  defaultTenant,
  type Principal,
  parsePrincipal,
  tenantSecretsIn,
  tenantSecretsVariable,
} from "@temperc/runtime";
import { defaultStorePath, type LiveOptions } from "../commands/live-options.ts";
import { type Refusal, unusable } from "../refusal.ts";
import { type HostOptions, hostLimits } from "./host.ts";
import type { PipelineOptions } from "./pipeline.ts";
import { pipelineOptions } from "./pipeline-options.ts";

export interface LiveSettings {
  readonly kind: "settings";
  readonly pipeline: PipelineOptions;
  readonly host: HostOptions;
}

/** The settings, or which option is wrong. Verification lets requests of the live revision through between its batches. */
export function liveSettings(folder: string, options: LiveOptions): LiveSettings | Refusal {
  const pipeline = pipelineOptions(options, hostLimits);
  if (pipeline.kind === "refused") return pipeline;
  const tenant = options.tenant ?? defaultTenant;
  if (!/^[\w.@-]{1,128}$/.test(tenant)) {
    return unusable(`${tenant} cannot be a tenant`, "a tenant has letters, digits and . _ @ - only, 128 at most");
  }
  if (tenantSecretsIn(process.env[tenantSecretsVariable] ?? "") === undefined) {
    const hint = `write it as {"tenant":{"name":"secret"}}`;
    return unusable(`the environment variable ${tenantSecretsVariable} is no JSON of secrets by tenant`, hint);
  }
  const principal = devPrincipal(options.insecureDevPrincipal, tenant);
  if (principal?.kind === "refused") return principal;
  const host = {
    store: options.store ?? defaultStorePath(folder),
    host: options.host,
    port: options.port,
    tenant,
    ...(principal === undefined ? {} : { devPrincipal: principal.principal }),
    limits: options.limit ?? new Map(),
    ...(options.webhookHost && { webhookHosts: options.webhookHost }),
    authorizer: options.authorizer,
    verify: pipeline.verify,
    allowUnknown: options.allowUnknown ?? false,
    keepsFolder: true,
    ...(options.authorizerShadow !== undefined && { shadowOneIn: options.authorizerShadow }),
    operating: {
      logLevel: options.logLevel,
      trustedProxies: options.trustedProxy ?? [],
      shownParams: options.showParam ?? [],
      openMetrics: options.openMetrics === true,
      ...(options.jwtIssuers !== undefined && { jwtIssuers: options.jwtIssuers }),
    },
  };
  return {
    kind: "settings",
    pipeline: { ...pipeline, verify: { ...pipeline.verify, onProgress: () => turn() } },
    host,
  };
}

type DevPrincipal = { readonly kind: "principal"; readonly principal: Principal } | Refusal;

function devPrincipal(text: string | undefined, tenant: string): DevPrincipal | undefined {
  if (text === undefined) return undefined;
  const named = parsePrincipal(text);
  if (named !== undefined)
    return { kind: "principal", principal: { ...named, tenant, roles: [], isTypeVerified: false } };
  return unusable(`${text} is no principal`, `write it as Cedar does: --insecure-dev-principal 'Customer::"alice"'`);
}
