/** Opens all that a live host serves: its own program, those of its tenants, and the plane through which they change. */
import {
  type Secrets,
  Service,
  type ServiceOptions,
  type SpecPlane,
  type Store,
  StoreUnavailable,
  StrandedEntities,
} from "@temperc/runtime";
import type { VerifyOptions } from "../../verify/index.ts";
import { type Refusal, systemCode } from "../refusal.ts";
import { type BootWorld, type FirstServed, firstServed, revived } from "./boot.ts";
import { following } from "./following.ts";
import { kernelPlane, type PlaneLimits } from "./kernel-plane.ts";
import { Lines } from "./lines.ts";
import { reopening } from "./reopening.ts";
import type { Servable } from "./servable.ts";
import { type Live, type Opening, type StorePlace, Tenants } from "./tenants.ts";
import { startVerifier, type VerifierLimits } from "./verifier.ts";

export interface ProgramLimits extends PlaneLimits, VerifierLimits {
  /** Tenants that have a program of their own. */
  readonly tenantProgramsMax: number;
  /** How often the store of a tenant is tried again that was away when the host started. */
  readonly tenantReopenMs: number;
  /** How soon what another server on the same store has deployed is served here too. */
  readonly revisionPollMs: number;
}

export interface ProgramsOptions {
  /** Whose specs the host's own are. */
  readonly tenant: string;
  /** Under which every spec is verified. */
  readonly verify: VerifyOptions;
  readonly allowUnknown: boolean;
  /** False where what the folder says is not kept: it changes too often. */
  readonly keepsFolder: boolean;
  /** True where other servers may serve from the same store. */
  readonly isShared: boolean;
  /** Opens the store of a tenant that has a program of its own. */
  readonly openTenantStore: (tenant: string, place: StorePlace) => Promise<Store>;
  readonly limits: ProgramLimits;
  /** The secrets of a tenant that has a program of its own: it has none of the host's. */
  readonly secretsOf: (tenant: string) => Secrets;
  /** What every service stands on, but for its store. */
  readonly world: Omit<ServiceOptions, "store">;
  /** Told of a tenant whose program cannot be served; the others are. */
  readonly onTenantFailed: (tenant: string, error: unknown) => void;
}

export interface Programs {
  readonly kind: "open";
  readonly host: Live;
  readonly tenants: Tenants;
  readonly plane: SpecPlane;
  readonly close: () => Promise<void>;
}

/** Rejects with `StrandedEntities` where the folder has no place for what lives, and with `StoreUnavailable`. */
export async function openPrograms(
  folder: Servable,
  store: Store,
  options: ProgramsOptions,
): Promise<Programs | Refusal> {
  const { tenant, verify, limits, allowUnknown } = options;
  const verifier = startVerifier(verify, limits);
  const boot: BootWorld = { log: store, verifier, verify, loads: "here" };
  const host = await openHostProgram(boot, folder, options);
  if ("exitCode" in host) return host;
  const world = {
    owner: tenant,
    tenantProgramsMax: limits.tenantProgramsMax,
    openStore: options.openTenantStore,
    openService: (name: string, { store: own, served, asksEntities }: Opening) =>
      openService(own, served, { ...options.world, secrets: options.secretsOf(name), asksEntities }),
  };
  const tenants = new Tenants(world, host);
  const stopReopening = await openTenants(boot, tenants, options);
  const lines = new Lines(limits.submissionsWaitingMax);
  const { onTenantFailed, isShared, keepsFolder } = options;
  const ports = {
    boot: { ...boot, loads: "aside" as const },
    tenants,
    lines,
    everyMs: limits.revisionPollMs,
    onTenantFailed,
  };
  const stopFollowing = isShared && keepsFolder ? following(ports) : async () => undefined;
  return {
    kind: "open",
    host,
    tenants,
    plane: kernelPlane({ log: store, tenants, lines, verifier, verify, allowUnknown, limits }),
    close: async () => {
      await stopReopening();
      await stopFollowing();
      verifier.close();
      await tenants.close();
      await host.service.close();
    },
  };
}

async function openHostProgram(boot: BootWorld, folder: Servable, options: ProgramsOptions): Promise<Live | Refusal> {
  const { tenant, world, keepsFolder } = options;
  const { log: store } = boot;
  // What was served from the store last is not known: what lives is asked for all that the folder promises.
  if (!keepsFolder) {
    return { store, served: folder, service: await openService(store, folder, { ...world, asksEntities: true }) };
  }
  const chosen = await firstServed(boot, tenant, folder);
  if (chosen.kind === "refused") return chosen;
  const service = await openFirst(store, chosen, world);
  // What was being taken over when its process ended has no place after all: what was live before it is.
  if (service === undefined) return openHostProgram(boot, folder, options);
  return { store, served: chosen.served, service };
}

/** Undefined where a revision that never became live is stranded, and forgotten. */
async function openFirst(
  store: Store,
  { served, isOther, confirm, forget }: FirstServed,
  world: Omit<ServiceOptions, "store">,
): Promise<Service | undefined> {
  try {
    const service = await openService(store, served, { ...world, asksEntities: isOther });
    await confirm();
    return service;
  } catch (error) {
    if (!(error instanceof StrandedEntities) || forget === undefined) throw error;
    await forget();
    return undefined;
  }
}

function openService(
  store: Store,
  { definition, specHash }: Servable,
  world: Omit<ServiceOptions, "store">,
): Promise<Service> {
  return Service.open(definition, specHash, { ...world, store });
}

/** One after the other: a host with many tenants starts slowly rather than out of memory. The answer ends what goes on. */
async function openTenants(
  boot: BootWorld,
  tenants: Tenants,
  { tenant: owner, onTenantFailed, limits }: ProgramsOptions,
): Promise<() => Promise<void>> {
  /** False where the tenant's store is away: nobody needs to do anything but wait. */
  const open = async (tenant: string, world = boot): Promise<boolean> => {
    try {
      await openTenant(world, tenants, tenant);
      return true;
    } catch (error) {
      tenants.bar(
        tenant,
        error instanceof Unverified ? { kind: "unverified", message: error.message } : { kind: "unopened" },
      );
      onTenantFailed(tenant, error);
      return !(error instanceof StoreUnavailable || systemCode(error) !== "");
    }
  };
  const away: string[] = [];
  for (const tenant of await boot.log.revisionTenants()) {
    if (tenant !== owner && !(await open(tenant))) away.push(tenant);
  }
  const reopen = async (tenant: string): Promise<boolean> =>
    tenants.whyBarred(tenant) === undefined || open(tenant, { ...boot, loads: "aside" });
  return reopening(away, { everyMs: limits.tenantReopenMs, reopen });
}

/** A revision was deployed whose verdict is gone, and this version of temperc comes to another. */
class Unverified extends Error {}

/** Of a tenant's revisions so many are looked at for one that has been live. */
const latestMax = 100;

/** The newest of the tenant's revisions that what lives has a place in. */
async function openTenant(boot: BootWorld, tenants: Tenants, tenant: string): Promise<void> {
  const latest = await boot.log.revisions(tenant, { top: latestMax, skip: 0 });
  const [newest] = latest;
  if (newest === undefined) return;
  const chosen = await revived(boot, newest);
  if (chosen.kind === "refused") throw new Unverified(chosen.message);
  try {
    const mustExist = latest.some(({ state }) => state === "live");
    await tenants.open(tenant, chosen.served, { asksEntities: chosen.isOther, mustExist });
    await chosen.confirm();
  } catch (error) {
    if (!(error instanceof StrandedEntities) || chosen.forget === undefined) throw error;
    await chosen.forget();
    await openTenant(boot, tenants, tenant);
  }
}
