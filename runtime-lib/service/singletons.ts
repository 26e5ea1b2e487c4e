/** Singletons that must be there: each is made in its initial status, from defaults, when its tenant is first asked. */
import type { EntityRef } from "../ports/index.ts";
import { crossViolation } from "./cross-invariants.ts";
import { evaluateCreation } from "./evaluate.ts";
import { tellOf } from "./handle.ts";
import type { Part } from "./parts.ts";
import type { Message } from "./permit.ts";
import { presentOf } from "./present.ts";
import { Readings } from "./readings.ts";
import type { Revision } from "./revision.ts";
import { commitsOf } from "./whole.ts";
import type { World } from "./world.ts";

/** What a service knows of the tenants that have been asked. */
export class Singletons {
  readonly #world: World;
  #revision: Revision | undefined;
  #made = new Map<string, Promise<void>>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Resolves when those of the tenant are there; undefined where they are known to be, or the revision has none. */
  of(revision: Revision, tenant: string): Promise<void> | undefined {
    if (revision.standing.length === 0) return undefined;
    if (this.#revision !== revision) {
      this.#revision = revision;
      this.#made = new Map();
    }
    const known = this.#made.get(tenant);
    if (known !== undefined) return known;
    const making = this.#make(revision, tenant);
    this.#made.set(tenant, making);
    making.catch(() => this.#made.delete(tenant));
    return making;
  }

  async #make(revision: Revision, tenant: string): Promise<void> {
    for (const { name, entityType } of revision.standing) {
      await made(this.#world, revision, { tenant, entityType, entityId: name });
    }
  }
}

/**
 * The contract says that it is there, so no policy is asked. One that has to be given something first is not made: it comes
 * into being by PUT. Whoever is faster, makes it.
 */
async function made(world: World, revision: Revision, ref: EntityRef): Promise<void> {
  const type = revision.type(ref.entityType);
  if (type === undefined || (await world.store.row(ref)) !== undefined) return;
  const change = evaluateCreation(type, ref.entityId, {});
  if (change.kind === "failed") return;
  const present = await presentOf(world, ref);
  if (present.values !== undefined) return;
  const { entityType, entityId, tenant } = ref;
  const principal = { type: "System", id: "singleton", tenant, roles: [] };
  const message: Message = {
    context: { principal, tenant, correlationId: revision.hash },
    write: { entityType, entityId, change: { kind: "create", values: {} } },
    revision,
    type,
  };
  const own: Part = { ref, type, present, change };
  const readings = new Readings(world.store, revision, tenant);
  if ((await crossViolation(revision, [own], readings)) !== undefined) return;
  const { commits, outbox } = await commitsOf(
    world,
    message,
    { kind: "whole", own, parts: [], unreferenced: [] },
    readings,
  );
  const [first] = commits;
  if (first === undefined) return;
  const commit = { ...first, ...(outbox.length > 0 && { outbox }) };
  if ((await world.store.append(commit)) === "committed") tellOf(world, commit);
}
