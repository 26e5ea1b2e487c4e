/** A snapshot is what the fold of the whole history comes to, on every store, whatever has happened to the entity. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parcel, parcelService } from "../../test/definitions/parcel.ts";
import { stillClock } from "../../test/definitions/still-clock.ts";
import { eventOf, kinds } from "../../test/definitions/stores.ts";
import { cedarAuthorizer } from "../adapters/cedar/authorizer.ts";
import { uuidv7Ids } from "../adapters/process/system.ts";
import { fitValues, fold } from "../kernel/index.ts";
import type { EntityRef, Store } from "../ports/index.ts";
import type { Write } from "./call.ts";
import { defaultLimits } from "./limits.ts";
import { presentOf } from "./present.ts";
import { Revision } from "./revision.ts";
import { Service } from "./service.ts";
import { Succession } from "./succession.ts";
import type { World } from "./world.ts";

type Change = Write["change"];

const texts = fc.constantFrom(null, "", "ünïcode 😀", "it's");
const fields = fc.record(
  {
    Note: texts,
    Price: fc.constantFrom(null, 0.29, 1234567.89),
    Due: fc.constantFrom(null, "2026-02-01T00:00:00Z", "2026-02-01T01:00:00.5+01:00"),
    Tags: fc.constantFrom([], ["x", ""]),
  },
  { requiredKeys: [] },
);
const changes: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom("AddItem", "Pack").map((action): Change => ({ kind: "action", action, params: {} })),
  },
  { weight: 4, arbitrary: fields.map((values): Change => ({ kind: "patch", values })) },
  { weight: 1, arbitrary: fc.constant<Change>({ kind: "delete" }) },
  { weight: 2, arbitrary: fields.map((values): Change => ({ kind: "create", values: { Owner: "alice", ...values } })) },
);

describe.each(kinds)("with $name", ({ open }) => {
  let store: Store;
  let service: Service;
  const errors: unknown[] = [];
  let entities = 0;

  beforeAll(async () => {
    store = await open();
    service = await Service.open(parcelService(), "r1", {
      store,
      authorizer: cedarAuthorizer,
      clock: stillClock(() => Date.parse("2026-01-01T00:00:00Z")),
      ids: uuidv7Ids,
      // Nothing stays in memory, so that every write begins with a load.
      limits: { residentsMax: 1, foldedEventsMax: 3 },
      onInternalError: (error) => errors.push(error),
    });
  });

  afterAll(async () => {
    await service.close();
    await store.close();
  });

  const worldWith = (foldedEventsMax: number): World => ({
    ...{ store, limits: { ...defaultLimits, foldedEventsMax }, shownParams: new Set(), governance: undefined },
    succession: new Succession(new Revision(parcelService(), "r1", cedarAuthorizer)),
    ...{ clock: stillClock(() => 0), ids: uuidv7Ids, onAsked: () => undefined },
    onCommitted: () => undefined,
    onInternalError: (error) => errors.push(error),
    onPolicyErrors: () => undefined,
  });

  async function written(all: readonly Change[]): Promise<EntityRef> {
    entities += 1;
    const ref = { tenant: "t", entityType: "Parcel", entityId: `e${entities}` };
    const principal = { type: "Customer", id: "alice", tenant: "t", roles: [] };
    const context = { principal, tenant: "t", correlationId: "c" };
    for (const change of [{ kind: "create", values: { Owner: "alice" } } as const, ...all]) {
      await service.write(context, { entityType: "Parcel", entityId: ref.entityId, change });
      await service.write(context, { entityType: "Parcel", entityId: "other", change: { kind: "delete" } });
    }
    return ref;
  }

  test("an entity is the same however few events are read of it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(changes, { maxLength: 12 }), async (all) => {
        const ref = await written(all);
        const whole = fold(await store.events(ref));
        const expected = whole.values === undefined ? whole : { ...whole, values: fitValues(parcel, whole.values) };
        for (const max of [1, 2, 5, 100]) {
          const { values, sequence } = await presentOf(worldWith(max), ref);
          const present = values === undefined ? { sequence } : { sequence, values: fitValues(parcel, values) };
          expect(present).toEqual(expected);
        }
      }),
      { numRuns: 15, seed: 7 },
    );
    expect(errors).toEqual([]);
  });

  test("a snapshot that the newest events do not lead up to is not taken", async () => {
    const ref = await written([
      { kind: "action", action: "AddItem", params: {} },
      { kind: "action", action: "AddItem", params: {} },
    ]);
    const row = await store.row(ref);
    const event = eventOf({ ...ref, sequence: 5, kind: "action", action: "AddItem", delta: { Items: 9 } });
    await store.append({ event, row: row?.values ?? null });
    await expect(presentOf(worldWith(2), ref)).rejects.toThrow("event 5 follows event 3");
    expect(await store.quarantine.find(ref)).toMatchObject({ sequence: 5 });
  });
});
