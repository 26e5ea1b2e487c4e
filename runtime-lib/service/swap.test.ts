/** Changing over to another revision: nothing is lost under load, every event knows its revision, and nobody is stranded. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { depot, parcel, parcelService, property } from "../../test/definitions/parcel.ts";
import { cedarAuthorizer } from "../adapters/cedar/authorizer.ts";
import { openLibsqlStore } from "../adapters/libsql/store.ts";
import { systemClock, uuidv7Ids } from "../adapters/process/system.ts";
import type {
  EntityTypeDescriptor,
  MigrationDescriptor,
  PropertyDescriptor,
  ServiceDefinition,
  Snapshot,
} from "../kernel/index.ts";
import type { Store } from "../ports/index.ts";
import type { CallContext, Write } from "./call.ts";
import { Service } from "./service.ts";
import { StrandedEntities } from "./stranded.ts";

const alice: CallContext = {
  principal: { type: "Customer", id: "alice", tenant: "t", roles: [] },
  tenant: "t",
  correlationId: "c",
};

let store: Store;
let service: Service;

async function open(types: readonly EntityTypeDescriptor[] = [parcel, depot]): Promise<Service> {
  return Service.open(parcelService(types), "r1", {
    store,
    authorizer: cedarAuthorizer,
    clock: systemClock,
    ids: uuidv7Ids,
  });
}

beforeEach(async () => {
  store = await openLibsqlStore({ path: ":memory:" });
  service = await open();
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

/** The parcel with one property replaced, or taken away. */
function parcelWith(name: string, replacement?: PropertyDescriptor): EntityTypeDescriptor {
  const properties = parcel.properties.flatMap((each) => {
    if (each.name !== name) return [each];
    return replacement === undefined ? [] : [replacement];
  });
  return { ...parcel, properties };
}

function parcelPlus(...more: readonly PropertyDescriptor[]): EntityTypeDescriptor {
  return { ...parcel, properties: [...parcel.properties, ...more] };
}

describe("a swap", () => {
  test("under load loses and refuses nothing, and each call is served by one revision", async () => {
    const clients = 20;
    const perClient = 50;
    await Promise.all(Array.from({ length: clients }, (_, client) => write(`p${client}`, create)));
    let running = true;
    const swapping = (async () => {
      for (let revision = 2; running; revision += 1) {
        await new Promise((resolve) => setTimeout(resolve, 3));
        const types =
          revision % 2 === 0 ? [parcelPlus(property("Weight", "Edm.Int32", { defaultValue: 1 })), depot] : undefined;
        expect(await service.swap(parcelService(types), `r${revision}`)).toMatchObject({ kind: "swapped" });
      }
    })();
    const replies = await Promise.all(
      Array.from({ length: clients }, async (_, client) => {
        const own = [];
        for (let call = 0; call < perClient; call += 1) own.push(await write(`p${client}`, addItem));
        return own;
      }),
    );
    running = false;
    await swapping;
    expect(replies.flat().filter((reply) => reply.kind === "failed")).toEqual([]);
    const revisions = new Set<string>();
    for (const reply of replies.flat()) {
      if (reply.kind === "failed") continue;
      revisions.add(reply.revision);
      const isEven = Number(reply.revision.slice(1)) % 2 === 0;
      expect(Object.hasOwn(reply.row?.values ?? {}, "Weight")).toBe(isEven);
    }
    expect(revisions.size).toBeGreaterThan(2);
    const events = await store.events({ tenant: "t", entityType: "Parcel", entityId: "p0" });
    expect(events.map((event) => event.sequence)).toEqual(
      Array.from({ length: perClient + 1 }, (_, index) => index + 1),
    );
    expect(await service.read(alice, "Parcel", "p0")).toMatchObject({ row: { values: { Items: perClient } } });
  });

  test("gives entities that live the defaults of what is new, in memory and in lists", async () => {
    await write("1", create);
    await service.swap(parcelService([parcelPlus(property("Weight", "Edm.Int32", { defaultValue: 7 })), depot]), "r2");
    const list = { entityType: "Parcel", orderBy: [], top: 1, skip: 0, count: false };
    expect(await service.list(alice, list)).toMatchObject({
      page: { rows: [{ values: { Weight: 7 } }] },
      revision: "r2",
    });
    expect(await write("1", addItem)).toMatchObject({ row: { values: { Weight: 7, Items: 1 } }, revision: "r2" });
  });

  test("is refused with counts where entities would be stranded, and what was live stays live", async () => {
    await write("1", create);
    await write("2", create);
    const refusals: readonly [readonly EntityTypeDescriptor[], string][] = [
      [[depot], "2 live entities of type Parcel are of a type that is gone"],
      [[withoutStatus("Open")], "2 live entities of type Parcel have the status Open, which is gone"],
      [[withoutVariable("Items")], "2 live entities of type Parcel have the variable Items, which is gone"],
      [[withStatusProperty("State")], "2 live entities of type Parcel have the status Status, which is gone"],
      [
        [parcelWith("Note", property("Note", "Edm.Int32", { nullable: true }))],
        "2 live entities of type Parcel have the property Note, which has another type",
      ],
      [
        [parcelWith("Price", property("Price", "Edm.Decimal", { nullable: true, scale: 0 }))],
        "2 live entities of type Parcel have the property Price, which has fewer digits after the point",
      ],
      [
        [parcelWith("Note", property("Note", "Edm.String"))],
        "2 live entities of type Parcel have the property Note, which is no longer nullable",
      ],
      [
        [parcelPlus(property("Weight", "Edm.Int32"))],
        "2 live entities of type Parcel have the property Weight, which is new, required and without a default",
      ],
    ];
    for (const [types, reason] of refusals) {
      expect(await service.swap(parcelService(types), "r2")).toMatchObject({
        kind: "refused",
        reasons: [`${reason} (such as 1, 2)`],
      });
    }
    expect(service.revision).toBe("r1");
    expect(await write("1", addItem)).toMatchObject({ sequence: 2, revision: "r1" });
  });

  test("may take away a status in which nothing lives", async () => {
    await write("1", create);
    expect(await service.swap(parcelService([withoutStatus("Sent"), depot]), "r2")).toMatchObject({ kind: "swapped" });
  });

  test("to policies that do not parse is refused", async () => {
    const definition = parcelService();
    const authorization = { ...definition.authorization, policies: [{ id: "bad", text: "permit(" }] };
    expect(await service.swap({ ...definition, authorization }, "r2")).toMatchObject({ kind: "refused" });
    expect(await write("1", create)).toMatchObject({ revision: "r1" });
  });
});

describe("a migration", () => {
  const renamed = (): EntityTypeDescriptor => {
    const { automaton } = parcel;
    if (automaton === undefined) throw new Error("parcels have an automaton");
    const statuses = ["Draft", "Packed", "Sent"];
    const variables = automaton.variables.map((each) => (each.name === "Items" ? { ...each, name: "Pieces" } : each));
    const { Items: _items, ...initial } = automaton.initial;
    const properties = parcel.properties.map((each) => {
      if (each.name === "Items") return { ...each, name: "Pieces" };
      return each.name === "Status" ? { ...each, members: statuses } : each;
    });
    const migration: MigrationDescriptor = {
      statuses: { Open: "Draft" },
      variables: [{ kind: "rename", variable: "Items", to: "Pieces" }],
    };
    const next = { ...automaton, statuses, variables, initial: { ...initial, status: "Draft", Pieces: 0 } };
    return { ...parcel, properties, automaton: next, migration };
  };
  const invariant = (text: string, holds: (snapshot: Snapshot) => boolean) => ({
    name: "Few",
    text,
    source: "parcel.ioa.toml:1",
    holds,
  });

  test("maps what lives, as an event of its own, once; and the entity goes on from there", async () => {
    await write("1", create);
    await write("1", addItem);
    await write("2", create);
    const swapped = await service.swap(parcelService([renamed(), depot]), "r2");
    expect(swapped).toEqual({ kind: "swapped", migrated: 2, drained: true });
    expect(await service.read(alice, "Parcel", "1")).toMatchObject({
      row: { values: { Status: "Draft", Pieces: 1 }, sequence: 3 },
      revision: "r2",
    });
    const events = await store.events({ tenant: "t", entityType: "Parcel", entityId: "1" });
    expect(events.at(-1)).toMatchObject({
      kind: "migrated",
      from: "Open",
      to: "Draft",
      delta: { Status: "Draft", Pieces: 1 },
      specHash: "r2",
      principal: 'System::"migration"',
    });
    expect(await write("1", { kind: "patch", values: { Note: "m" } })).toMatchObject({ sequence: 4 });
    await service.close();
    service = await open([renamed(), depot]);
    expect(await service.read(alice, "Parcel", "1")).toMatchObject({ row: { values: { Pieces: 1 }, sequence: 4 } });
  });

  test("at a start is done before the first call", async () => {
    await write("1", create);
    await service.close();
    service = await open([renamed(), depot]);
    expect(await service.read(alice, "Parcel", "1")).toMatchObject({ row: { values: { Status: "Draft" } } });
  });

  test("after which a new invariant would not hold is refused, with the entities, and changes nothing", async () => {
    await write("1", create);
    await write("2", create);
    for (const _each of [1, 2]) await write("2", addItem);
    const type = renamed();
    const { automaton } = type;
    if (automaton === undefined) throw new Error("parcels have an automaton");
    const few = invariant("Pieces < 2", ({ Pieces }) => Number(Pieces) < 2);
    const strict = { ...type, automaton: { ...automaton, invariants: [few] } };
    expect(await service.swap(parcelService([strict, depot]), "r2")).toMatchObject({
      kind: "refused",
      reasons: [
        "1 live entities of type Parcel would break the invariant Few: Pieces < 2 (parcel.ioa.toml:1) (such as 2)",
      ],
    });
    expect(await service.read(alice, "Parcel", "1")).toMatchObject({
      row: { values: { Status: "Open" }, sequence: 1 },
    });
  });

  test("is not needed for an invariant to be asked of what lives", async () => {
    await write("1", create);
    await write("1", addItem);
    const { automaton } = parcel;
    if (automaton === undefined) throw new Error("parcels have an automaton");
    const none = invariant("Items = 0", ({ Items }) => Items === 0);
    const strict = { ...parcel, automaton: { ...automaton, invariants: [none] } };
    expect(await service.swap(parcelService([strict, depot]), "r2")).toMatchObject({ kind: "refused" });
    const loose = { ...strict, automaton: { ...strict.automaton, invariants: [{ ...none, holds: () => true }] } };
    expect(await service.swap(parcelService([loose, depot]), "r2")).toMatchObject({ kind: "swapped", drained: false });
  });
});

describe("a new hard property across entities", () => {
  /** Of each parcel that names another in its note. */
  const follows: NonNullable<ServiceDefinition["crossInvariants"]>[number] = {
    name: "NoteIsSettled",
    kind: "hard",
    entityType: "Parcel",
    references: [{ name: "noted", entityType: "Parcel", reference: "Note", property: "status" }],
    text: "Parcel[Note].status != 'Open'",
    holds: (_values, related) => (related.noted ?? []).every((status) => status !== "Open"),
  };
  const promising = (invariant: typeof follows) => ({ ...parcelService(), crossInvariants: [invariant] });

  beforeEach(async () => {
    await write("1", create);
    for (const id of ["2", "3"]) await write(id, { kind: "create", values: { Owner: "alice", Note: "1" } });
  });

  test("is asked of what lives: what would break it is refused, with the entities", async () => {
    expect(await service.swap(promising(follows), "r2")).toMatchObject({
      kind: "refused",
      reasons: [
        "2 live entities of type Parcel would break NoteIsSettled: Parcel[Note].status != 'Open' (such as 2, 3)",
      ],
    });
    expect(await write("1", addItem)).toMatchObject({ revision: "r1" });
    await write("1", { kind: "action", action: "Pack", params: {} });
    expect(await service.swap(promising(follows), "r2")).toMatchObject({ kind: "swapped", drained: false });
    expect(await service.swap(promising(follows), "r3")).toMatchObject({ kind: "swapped", drained: false });
  });

  test("is not asked of what is at rest where it is about one action, or may hold later", async () => {
    expect(await service.swap(promising({ ...follows, action: "Send" }), "r2")).toMatchObject({ kind: "swapped" });
    expect(await service.swap(promising({ ...follows, kind: "eventual", windowMs: 60_000 }), "r3")).toMatchObject({
      kind: "swapped",
    });
  });

  test("that held before is asked again where what it speaks of is mapped", async () => {
    await write("1", addItem);
    await write("1", { kind: "action", action: "Pack", params: {} });
    await service.swap(promising(follows), "r2");
    const { automaton } = parcel;
    if (automaton === undefined) throw new Error("parcels have an automaton");
    const statuses = automaton.statuses.filter((status) => status !== "Packed");
    const properties = parcel.properties.map((each) =>
      each.name === "Status" ? { ...each, members: statuses } : each,
    );
    const migration: MigrationDescriptor = { statuses: { Packed: "Open" }, variables: [] };
    const mapped = { ...parcel, properties, automaton: { ...automaton, statuses }, migration };
    const definition = { ...parcelService([mapped, depot]), crossInvariants: [follows] };
    expect(await service.swap(definition, "r3")).toMatchObject({
      kind: "refused",
      reasons: [expect.stringContaining("2 live entities of type Parcel would break NoteIsSettled")],
    });
    const toSent = { ...mapped, migration: { ...migration, statuses: { Packed: "Sent" } } };
    const sound = { ...parcelService([toSent, depot]), crossInvariants: [follows] };
    expect(await service.swap(sound, "r3")).toMatchObject({ kind: "swapped", migrated: 1 });
  });
});

describe("a start", () => {
  test("on a store whose entities have no place in the definition is refused", async () => {
    await write("1", create);
    await expect(open([depot])).rejects.toThrow(StrandedEntities);
    await expect(open([withoutVariable("Items")])).rejects.toThrow("have the variable Items, which is gone");
    await expect(open([withoutStatus("Open")])).rejects.toThrow(
      "1 live entities of type Parcel have the status Open, which is gone (such as 1)",
    );
  });
});

describe("an end", () => {
  test("answers what has begun and refuses what comes later", async () => {
    await write("1", create);
    const begun = write("1", addItem);
    await service.close();
    expect(await begun).toMatchObject({ sequence: 2 });
    expect(await write("1", addItem)).toMatchObject({ code: "StoreUnavailable" });
  });
});

function withoutStatus(status: string): EntityTypeDescriptor {
  if (parcel.automaton === undefined) throw new Error("parcels have an automaton");
  return {
    ...parcel,
    automaton: { ...parcel.automaton, statuses: parcel.automaton.statuses.filter((each) => each !== status) },
  };
}

function withStatusProperty(name: string): EntityTypeDescriptor {
  const renamed = property(name, "enum", { role: "status", members: ["Open", "Packed", "Sent"] });
  return { ...parcelWith("Status", renamed), statusProperty: name };
}

function withoutVariable(name: string): EntityTypeDescriptor {
  if (parcel.automaton === undefined) throw new Error("parcels have an automaton");
  const variables = parcel.automaton.variables.filter((each) => each.name !== name);
  return { ...parcelWith(name), automaton: { ...parcel.automaton, variables } };
}
