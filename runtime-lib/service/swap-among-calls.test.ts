/** Swaps among calls: nobody waits for one, and what a call of an earlier revision writes has its place in the later. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { depot, parcel, parcelService, property } from "../../test/definitions/parcel.ts";
import { cedarAuthorizer } from "../adapters/cedar/authorizer.ts";
import { openLibsqlStore } from "../adapters/libsql/store.ts";
import { systemClock, uuidv7Ids } from "../adapters/process/system.ts";
import type { Automaton, EntityTypeDescriptor, ServiceDefinition, Snapshot } from "../kernel/index.ts";
import type { Store } from "../ports/index.ts";
import type { CallContext, Calls, Failed, Found, Write, Written } from "./call.ts";
import { Service } from "./service.ts";

const alice: CallContext = {
  principal: { type: "Customer", id: "alice", tenant: "t", roles: [] },
  tenant: "t",
  correlationId: "c",
};

let store: Store;
let service: Service;

beforeEach(async () => {
  store = await openLibsqlStore({ path: ":memory:" });
  const world = { store, authorizer: cedarAuthorizer, clock: systemClock, ids: uuidv7Ids };
  service = await Service.open(parcelService(), "r1", world);
});

afterEach(async () => {
  await service.close();
  await store.close();
});

function write(entityId: string, change: Write["change"]) {
  return service.write(alice, { entityType: "Parcel", entityId, change });
}

const create = { kind: "create", values: { Owner: "alice", Note: "n" } } as const;
const addItem = { kind: "action", action: "AddItem", params: {} } as const;

const { automaton } = parcel;
if (automaton === undefined) throw new Error("parcels have an automaton");

const weight = property("Weight", "Edm.Int32", { defaultValue: 7 });
const wider = parcelService([{ ...parcel, properties: [...parcel.properties, weight] }, depot]);
const withoutNote = parcelService([
  { ...parcel, properties: parcel.properties.filter(({ name }) => name !== "Note") },
  depot,
]);

interface Begun<T> {
  readonly proceed: () => void;
  readonly answer: Promise<T | Failed>;
  /** How often it has been begun. */
  readonly times: () => number;
}

type Work<T> = (calls: Calls) => Promise<T | Failed>;

/** A request that has begun, with `first`, and goes on when it is told to. */
function begun<T>(work: Work<T>, first: (calls: Calls) => Promise<void> = async () => undefined): Begun<T> {
  let proceed = (): void => undefined;
  const told = new Promise<void>((resolve) => {
    proceed = resolve;
  });
  let times = 0;
  const answer = service.serving(async (calls) => {
    times += 1;
    if (times === 1) {
      await first(calls);
      await told;
    }
    return work(calls);
  });
  return { proceed, answer, times: () => times };
}

/** As many turns as a swap needs to look at what lives and to wait for those inside. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

const adding = (calls: Calls, entityId = "1") =>
  calls.write(alice, { entityType: "Parcel", entityId, change: addItem });

describe("a request", () => {
  test("is served wholly by the revision that was live when it began, and holds nobody up that can do no harm", async () => {
    await write("1", create);
    const { proceed, answer } = begun(async (calls) => [calls.revision, await adding(calls)] as const);
    expect(await service.swap(parcelService(), "r2")).toEqual({ kind: "swapped", migrated: 0, drained: false });
    expect(await write("1", addItem)).toMatchObject({ revision: "r2", sequence: 2 });
    proceed();
    expect(await answer).toMatchObject(["r1", { revision: "r1", sequence: 3 }]);
  });

  test("whose properties the next revision has no more ends before it takes over", async () => {
    await write("1", create);
    const { proceed, answer } = begun(async (calls) => calls.revision);
    const swap = service.swap(withoutNote, "r2");
    await turns();
    const next = write("1", addItem);
    expect(service.revision).toBe("r1");
    proceed();
    expect(await answer).toBe("r1");
    expect(await swap).toMatchObject({ drained: true });
    expect(await next).toMatchObject({ revision: "r2" });
  });

  test("holds nobody up, nor do others hold it, where the next revision has more properties", async () => {
    await write("1", create);
    const late = begun(async (calls) => [await calls.read(alice, "Parcel", "1"), await adding(calls)] as const);
    const swap = service.swap(wider, "r2");
    await turns();
    expect(await write("1", addItem)).toMatchObject({ revision: "r1" });
    late.proceed();
    expect(await late.answer).toMatchObject([{ revision: "r1" }, { revision: "r1", sequence: 3 }]);
    expect(await swap).toEqual({ kind: "swapped", migrated: 0, drained: false });
    expect(await service.read(alice, "Parcel", "1")).toMatchObject({ row: { values: { Weight: 7, Items: 2 } } });
  });

  test("of an earlier revision neither sees nor loses what a later one has written into a property that is new", async () => {
    await write("1", create);
    // What begins between the announcement and the change is not waited for.
    const prepare = store.prepare.bind(store);
    let late: Begun<readonly (Found | Written | Failed)[]> | undefined;
    store.prepare = async (...asked) => {
      late ??= begun(async (calls) => [await calls.read(alice, "Parcel", "1"), await adding(calls)]);
      return prepare(...asked);
    };
    expect(await service.swap(wider, "r2")).toMatchObject({ drained: false });
    expect(await write("1", { kind: "patch", values: { Weight: 9 } })).toMatchObject({ revision: "r2" });
    late?.proceed();
    const seen = (await late?.answer) ?? [];
    expect(seen).toMatchObject([{ revision: "r1" }, { revision: "r1", sequence: 3 }]);
    expect(JSON.stringify(seen)).not.toContain('Weight":');
    expect(await service.read(alice, "Parcel", "1")).toMatchObject({ row: { values: { Weight: 9, Items: 1 } } });
    await store.rebuild(wider.entityTypes);
    expect(await service.read(alice, "Parcel", "1")).toMatchObject({ row: { values: { Weight: 9, Items: 1 } } });
  });
});

describe("a revision that promises more", () => {
  const fewItems = (most: number): ServiceDefinition => {
    const few = { name: "Few", text: `Items <= ${most}`, source: "parcel.ioa.toml:1" };
    const invariants = [{ ...few, holds: ({ Items }: Snapshot) => Number(Items) <= most }];
    return parcelService([{ ...parcel, automaton: { ...automaton, invariants, step: upTo(automaton, most) } }, depot]);
  };
  /** Refuses what would break the promise, as a verified revision does. */
  const upTo =
    ({ step }: Automaton, most: number): Automaton["step"] =>
    (before, action, params) => {
      const isFull = action === "AddItem" && Number(before.Items) >= most;
      return isFull
        ? { kind: "refused", reason: "guard-false", detail: "there is room" }
        : step(before, action, params);
    };

  beforeEach(async () => {
    await write("1", create);
  });

  /** Runs `work` when the entities have been asked, and before the revision has taken over. */
  function betweenAskingAndTaking(work: () => Promise<unknown>): void {
    const prepare = store.prepare.bind(store);
    let isDone = false;
    store.prepare = async (...asked) => {
      if (!isDone) {
        isDone = true;
        await work();
      }
      return prepare(...asked);
    };
  }

  test("makes nobody wait: what has begun before ends on the earlier one, what comes meanwhile is served", async () => {
    const early = begun((calls) => adding(calls));
    const swap = service.swap(fewItems(5), "r2");
    await turns();
    expect(await write("1", addItem)).toMatchObject({ revision: "r1" });
    early.proceed();
    expect(await early.answer).toMatchObject({ revision: "r1" });
    expect(await swap).toMatchObject({ kind: "swapped", drained: false });
  });

  test("is asked of what comes meanwhile: a call that would break it is served by that revision, wholly", async () => {
    let late: Begun<unknown> | undefined;
    betweenAskingAndTaking(async () => {
      late = begun((calls) => adding(calls));
    });
    expect(await service.swap(fewItems(0), "r2")).toMatchObject({ kind: "swapped", drained: false });
    late?.proceed();
    expect(await late?.answer).toMatchObject({ code: "GuardFailed" });
    expect(late?.times()).toBe(2);
    expect(await service.read(alice, "Parcel", "1")).toMatchObject({ row: { values: { Items: 0 } } });
  });

  test("is asked of writes that stand or fall together too", async () => {
    let late: Begun<unknown> | undefined;
    betweenAskingAndTaking(async () => {
      late = begun((calls) =>
        calls.together(alice, async (group) => {
          const made = { entityType: "Parcel", entityId: "2", change: create };
          const value = [await group.write(alice, made), await adding(group)].find(({ kind }) => kind === "failed");
          return { keep: value === undefined, value: value ?? "done" };
        }),
      );
    });
    expect(await service.swap(fewItems(0), "r2")).toMatchObject({ kind: "swapped" });
    late?.proceed();
    expect(await late?.answer).toMatchObject({ code: "GuardFailed" });
    expect(await service.read(alice, "Parcel", "2")).toMatchObject({ code: "NotFound" });
  });

  test("tells a call that has written already that it is to ask again", async () => {
    let late: Begun<unknown> | undefined;
    betweenAskingAndTaking(async () => {
      let isMade = (): void => undefined;
      const made = new Promise<void>((resolve) => {
        isMade = resolve;
      });
      late = begun(
        (calls) => adding(calls),
        async (calls) => {
          await calls.write(alice, { entityType: "Parcel", entityId: "2", change: create });
          isMade();
        },
      );
      await made;
    });
    expect(await service.swap(fewItems(0), "r2")).toMatchObject({ kind: "swapped" });
    late?.proceed();
    expect(await late?.answer).toMatchObject({ code: "Conflict", message: expect.stringContaining("taken over") });
  });

  test("waits for calls after all where one has broken it meanwhile, and is refused where that stays so", async () => {
    betweenAskingAndTaking(() => write("1", addItem));
    expect(await service.swap(fewItems(0), "r2")).toMatchObject({
      kind: "refused",
      reasons: [expect.stringContaining("1 live entities of type Parcel would break the invariant Few")],
    });
    expect(await write("1", addItem)).toMatchObject({ revision: "r1", row: { values: { Items: 2 } } });
  });

  test("takes a status away only where no call has come to it meanwhile", async () => {
    const statuses = automaton.statuses.filter((status) => status !== "Packed");
    const withoutPacked: EntityTypeDescriptor = { ...parcel, automaton: { ...automaton, statuses } };
    const pack = { kind: "action", action: "Pack", params: {} } as const;
    await write("1", addItem);
    betweenAskingAndTaking(() => write("1", pack));
    expect(await service.swap(parcelService([withoutPacked, depot]), "r2")).toMatchObject({
      kind: "refused",
      reasons: [expect.stringContaining("have the status Packed, which is gone")],
    });
    expect(await service.read(alice, "Parcel", "1")).toMatchObject({ row: { values: { Status: "Packed" } } });
  });
});
