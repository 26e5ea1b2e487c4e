/** What another server on the same store has deployed is taken over here too, soon after: all of them are to serve the same. */
import { type RevisionSummary, type Store, StoreUnavailable } from "@temperc/runtime";
import { type BootWorld, revived } from "./boot.ts";
import type { Lines } from "./lines.ts";
import type { TakenOver, Tenants } from "./tenants.ts";

export interface FollowingPorts {
  readonly boot: BootWorld;
  readonly tenants: Tenants;
  /** Those in which this server deploys: it follows nobody meanwhile. */
  readonly lines: Lines;
  readonly everyMs: number;
  /** Told once of each revision that cannot be taken over. */
  readonly onTenantFailed: (tenant: string, error: unknown) => void;
}

/** The answer ends it, once what is under way has ended. */
export function following(ports: FollowingPorts): () => Promise<void> {
  const follower = new Follower(ports);
  let isOver = false;
  let round: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const plan = (): void => {
    if (isOver) return;
    timer = setTimeout(() => {
      round = follower.look().finally(plan);
    }, ports.everyMs).unref();
  };
  plan();
  return () => {
    isOver = true;
    clearTimeout(timer);
    return round;
  };
}

/** Of a tenant's revisions so many are looked at for one that is live: those that are staged may yet be given up. */
const latestMax = 20;

class Follower {
  readonly #ports: FollowingPorts;
  /** By tenant, the revision that could not be taken over: it is not tried again. */
  readonly #failed = new Map<string, number>();

  constructor(ports: FollowingPorts) {
    this.#ports = ports;
  }

  async look(): Promise<void> {
    const { boot, lines } = this.#ports;
    try {
      for (const tenant of await boot.log.revisionTenants()) {
        await lines.inLine(tenant, () => this.#follow(tenant));
      }
    } catch (error) {
      // A store that is away is told of where it is asked for something, and at /readyz; the next round tries again.
      if (!(error instanceof StoreUnavailable)) throw error;
    }
  }

  async #follow(tenant: string): Promise<void> {
    const { boot, tenants, onTenantFailed } = this.#ports;
    const newest = await deployedLast(boot.log, tenant);
    const isServed = newest?.specHash === tenants.of(tenant)?.served.specHash;
    if (newest === undefined || isServed || tenants.whyBarred(tenant) !== undefined) return;
    if (this.#failed.get(tenant) === newest.number) return;
    const problem = await this.#takeOver(newest);
    if (problem === undefined) return;
    this.#failed.set(tenant, newest.number);
    onTenantFailed(tenant, new Error(`revision ${newest.number}, which another server has deployed, ${problem}`));
  }

  /** Why it cannot be served here. */
  async #takeOver(newest: RevisionSummary): Promise<string | undefined> {
    const { boot, tenants } = this.#ports;
    const chosen = await revived(boot, newest);
    if (chosen.kind === "refused") return chosen.message;
    return reasonOf(await tenants.takeOver(newest.tenant, chosen.served));
  }
}

/** A folder is each server's own: what one of them was started with is no deployment. */
async function deployedLast(log: Store, tenant: string): Promise<RevisionSummary | undefined> {
  const latest = await log.revisions(tenant, { top: latestMax, skip: 0 });
  const live = latest.find(({ state }) => state === "live");
  return live?.origin === "folder" ? undefined : live;
}

function reasonOf(taken: TakenOver): string | undefined {
  switch (taken.kind) {
    case "swapped":
      return undefined;
    case "refused":
      return taken.reasons.join("; ");
    case "too-many":
      return "is of one tenant more than may have a program (tenantProgramsMax)";
    case "shared":
      return `is of a tenant whose ${taken.count} entities live under the host's program here`;
  }
}
