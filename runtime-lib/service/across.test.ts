/** What one call does to, and asks of, other entities: all of it or nothing, on what they are when it is committed. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parcel, parcelService, property } from "../../test/definitions/parcel.ts";
import { stillClock } from "../../test/definitions/still-clock.ts";
import { noReactions } from "../../test/definitions/stores.ts";
import { cedarAuthorizer } from "../adapters/cedar/authorizer.ts";
import { openLibsqlStore } from "../adapters/libsql/store.ts";
import {
  type Automaton,
  type EntityTypeDescriptor,
  everyRelated,
  moved,
  type Reactions,
  refused,
  type ServiceDefinition,
  type Values,
} from "../kernel/index.ts";
import type { Store } from "../ports/index.ts";
import type { Failed, Write, Written } from "./call.ts";
import { Service } from "./service.ts";

/** A van leaves when every parcel in it is packed; it can pack them all at once. */
const vanAutomaton: Automaton = {
  name: "Van",
  statuses: ["Waiting", "Gone"],
  terminal: ["Gone"],
  initial: { status: "Waiting" },
  variables: [],
  actions: [
    {
      name: "Leave",
      kind: "input",
      params: [],
      filled: [{ kind: "related", name: "Parcel[Parcels].status", entityType: "Parcel", reference: "Parcels" }],
    },
    { name: "PackAll", kind: "input", params: [] },
  ],
  rules: [
    { action: "Leave", from: ["Waiting"], to: "Gone", source: "van.ioa.toml:1" },
    { action: "PackAll", from: ["Waiting"], source: "van.ioa.toml:2" },
  ],
  step: (before, action, params) => {
    if (action === "PackAll") return moved(before, 1);
    if (!everyRelated(params["Parcel[Parcels].status"], (value) => value === "Packed"))
      return refused("guard-false", "Parcel[Parcels].status == 'Packed'");
    return moved({ ...before, status: "Gone" }, 0);
  },
  invariants: [],
};

function van(reactions: Partial<Reactions> = {}): EntityTypeDescriptor {
  return {
    name: "Van",
    key: "Id",
    properties: [
      property("Id", "Edm.String", { role: "key" }),
      property("Plate", "Edm.String", { nullable: true }),
      property("Parcels", "Edm.String", { collection: true }),
      property("Spare", "Edm.String", { nullable: true }),
      property("Status", "enum", { role: "status", enumName: "VanStatus", members: ["Waiting", "Gone"] }),
    ],
    navigations: [
      {
        name: "SpareParcel",
        target: "Parcel",
        collection: false,
        constraints: [{ property: "Spare", referencedProperty: "Id" }],
      },
    ],
    statusProperty: "Status",
    automaton: vanAutomaton,
    reactions: { ...noReactions, ...reactions },
  };
}

const packAll: Reactions["composites"][number] = {
  action: "PackAll",
  gate: "PackAll",
  recordsParentEvent: true,
  subWrites: [{ entityType: "Parcel", action: "Pack", target: { kind: "field", field: "Parcels" }, params: [] }],
};

let store: Store;
let service: Service;

function definition(types: readonly EntityTypeDescriptor[], more: Partial<ServiceDefinition> = {}): ServiceDefinition {
  const base = parcelService(types);
  const policies = [{ id: "all", text: "permit(principal, action, resource);" }];
  const resources = Object.fromEntries(types.map(({ name }) => [name, () => ({})]));
  return { ...base, authorization: { ...base.authorization, policies, resources }, ...more };
}

async function open(types: readonly EntityTypeDescriptor[], more: Partial<ServiceDefinition> = {}): Promise<void> {
  let made = 0;
  const ids = { next: () => `id-${++made}` };
  const clock = stillClock(() => Date.parse("2026-01-01T00:00:00Z"));
  service = await Service.open(definition(types, more), "r1", { store, authorizer: cedarAuthorizer, clock, ids });
}

beforeEach(async () => {
  store = await openLibsqlStore({ path: ":memory:" });
});

afterEach(async () => {
  await service.close();
  await store.close();
});

function write(entityType: string, entityId: string, change: Write["change"]): Promise<Written | Failed> {
  const principal = { type: "Customer", id: "alice", tenant: "t", roles: [] };
  return service.write({ principal, tenant: "t", correlationId: "c" }, { entityType, entityId, change });
}

const create = (entityType: string, id: string, values: Values = {}) =>
  write(entityType, id, { kind: "create", values });
const act = (entityType: string, id: string, action: string) =>
  write(entityType, id, { kind: "action", action, params: {} });

async function newParcel(id: string, items: number): Promise<void> {
  await create("Parcel", id, { Owner: "alice" });
  for (let item = 0; item < items; item += 1) await act("Parcel", id, "AddItem");
}

function brief(reply: Written | Failed): unknown {
  return reply.kind === "failed" ? `${reply.code}: ${reply.message}` : reply.sequence;
}

async function statusOf(entityType: string, entityId: string): Promise<unknown> {
  return (await store.row({ tenant: "t", entityType, entityId }))?.values.Status;
}

describe("a guard on related entities", () => {
  beforeEach(() => open([van(), parcel]));

  test("holds only where it holds for every one of them, and an id that leads nowhere counts as one", async () => {
    await newParcel("p1", 1);
    await newParcel("p2", 1);
    await create("Van", "v", { Parcels: ["p1", "p2"] });
    await act("Parcel", "p1", "Pack");
    expect(brief(await act("Van", "v", "Leave"))).toBe(
      "GuardFailed: Leave is not possible because this does not hold: Parcel[Parcels].status == 'Packed'",
    );
    await act("Parcel", "p2", "Pack");
    expect(brief(await act("Van", "v", "Leave"))).toBe(2);
    await create("Van", "w", { Parcels: ["nowhere"] });
    expect(brief(await act("Van", "w", "Leave"))).toContain("GuardFailed");
  });

  test("is decided again where a related entity moves before the commit", async () => {
    await newParcel("p1", 1);
    await act("Parcel", "p1", "Pack");
    await create("Van", "v", { Parcels: ["p1"] });
    const { append } = store;
    let isFirst = true;
    store.append = async (commit) => {
      if (isFirst && commit.event.action === "Leave") {
        isFirst = false;
        await write("Parcel", "p1", { kind: "delete" });
      }
      return append.call(store, commit);
    };
    expect(brief(await act("Van", "v", "Leave"))).toContain("GuardFailed");
    expect(await statusOf("Van", "v")).toBe("Waiting");
  });

  test("cannot be fed by a caller", async () => {
    await create("Van", "v", { Parcels: [] });
    const params = { "Parcel[Parcels].status": [] };
    expect(brief(await write("Van", "v", { kind: "action", action: "Leave", params }))).toContain("InvalidParameter");
  });
});

describe("a composite action", () => {
  beforeEach(() => open([van({ composites: [packAll] }), parcel]));

  test("moves all of its parts in one commit, whose first event is the others' cause", async () => {
    await newParcel("p1", 1);
    await newParcel("p2", 1);
    await create("Van", "v", { Parcels: ["p1", "p2"] });
    expect(brief(await act("Van", "v", "PackAll"))).toBe(2);
    expect([await statusOf("Parcel", "p1"), await statusOf("Parcel", "p2")]).toEqual(["Packed", "Packed"]);
    const own = (await store.events({ tenant: "t", entityType: "Van", entityId: "v" })).at(-1);
    const part = (await store.events({ tenant: "t", entityType: "Parcel", entityId: "p2" })).at(-1);
    expect([part?.action, part?.causationId]).toEqual(["Pack", own?.eventId]);
    expect(brief(await act("Parcel", "p1", "AddItem"))).toContain("ActionNotAllowed");
  });

  test("does nothing at all where one part is refused", async () => {
    await newParcel("p1", 1);
    await newParcel("p2", 0);
    await create("Van", "v", { Parcels: ["p1", "p2"] });
    expect(brief(await act("Van", "v", "PackAll"))).toBe(
      "GuardFailed: its part Pack on Parcel is refused: Pack is not possible because this does not hold: Items > 0",
    );
    expect([await statusOf("Parcel", "p1"), brief(await act("Van", "v", "PackAll"))]).toEqual([
      "Open",
      expect.stringContaining("GuardFailed"),
    ]);
  });

  test("applies to one entity twice where it is named twice, or not at all", async () => {
    await newParcel("p1", 1);
    await create("Van", "v", { Parcels: ["p1", "p1"] });
    expect(brief(await act("Van", "v", "PackAll"))).toContain("ActionNotAllowed: its part Pack on Parcel is refused");
    expect(await statusOf("Parcel", "p1")).toBe("Open");
  });

  test("leaves an unchanged entity without an event where the spec says so", async () => {
    await service.close();
    await open([van({ composites: [{ ...packAll, recordsParentEvent: false }] }), parcel]);
    await newParcel("p1", 1);
    await create("Van", "v", { Parcels: ["p1"] });
    expect(brief(await act("Van", "v", "PackAll"))).toBe(1);
    expect(await statusOf("Parcel", "p1")).toBe("Packed");
  });
});

describe("a hard property across entities", () => {
  const packedSpare: NonNullable<ServiceDefinition["crossInvariants"]>[number] = {
    name: "SpareIsPacked",
    kind: "hard",
    entityType: "Van",
    references: [{ name: "Parcel[Spare].status", entityType: "Parcel", reference: "Spare", property: "status" }],
    text: "related(Parcel, Spare).status in ['Packed']",
    holds: (_values, related) => everyRelated(related["Parcel[Spare].status"], (value) => value === "Packed"),
  };

  test("keeps out what would break it", async () => {
    await open([van(), parcel], { crossInvariants: [packedSpare] });
    await newParcel("p1", 1);
    expect(brief(await create("Van", "v", { Spare: "p1", Parcels: [] }))).toBe(
      "InvariantViolated: created would break SpareIsPacked: related(Parcel, Spare).status in ['Packed']",
    );
    await act("Parcel", "p1", "Pack");
    expect(brief(await create("Van", "v", { Spare: "p1", Parcels: [] }))).toBe(1);
  });
});

describe("deleting what others refer to", () => {
  const rules = (policy: "restrict" | "cascade" | "set-null") => ({
    deleteRules: { byDefault: policy, overrides: [] },
  });

  async function vanWithSpare(policy: "restrict" | "cascade" | "set-null"): Promise<string> {
    await open([van(), parcel], rules(policy));
    await newParcel("p1", 0);
    await create("Van", "v", { Spare: "p1", Parcels: [] });
    return String(brief(await write("Parcel", "p1", { kind: "delete" })));
  }

  test("is refused under restrict", async () => {
    expect(await vanWithSpare("restrict")).toBe("EntityReferenced: other entities refer to it");
    expect(await statusOf("Parcel", "p1")).toBe("Open");
  });

  test("deletes them too under cascade", async () => {
    expect(await vanWithSpare("cascade")).toBe("2");
    expect(await statusOf("Van", "v")).toBeUndefined();
  });

  test("is refused, or deletes them too, where a variable refers", async () => {
    for (const policy of ["restrict", "cascade"] as const) {
      const reference = { entityType: "Van", property: "Spare", target: "Parcel", policy };
      const van0 = { ...van(), navigations: [] };
      await open([van0, parcel], { deleteRules: { byDefault: "set-null", overrides: [], references: [reference] } });
      await newParcel(policy, 0);
      await create("Van", policy, { Spare: policy, Parcels: [] });
      const deleted = brief(await write("Parcel", policy, { kind: "delete" }));
      expect(deleted).toBe(policy === "cascade" ? 2 : "EntityReferenced: other entities refer to it");
    }
    expect([await statusOf("Van", "cascade"), await statusOf("Parcel", "restrict")]).toEqual([undefined, "Open"]);
  });

  test("asks nothing of those that no rule is about where there is no default", async () => {
    await open([van(), parcel], { deleteRules: { overrides: [] } });
    await newParcel("p1", 0);
    await create("Van", "v", { Spare: "p1", Parcels: [] });
    expect(brief(await write("Parcel", "p1", { kind: "delete" }))).toBe(2);
  });

  test("clears their reference under set-null", async () => {
    expect(await vanWithSpare("set-null")).toBe("2");
    expect((await store.row({ tenant: "t", entityType: "Van", entityId: "v" }))?.values.Spare).toBeNull();
  });
});

test("an alternate key that is taken is told as such", async () => {
  await open([van({ keys: [{ name: "Plate", properties: ["Plate"], isEntityId: false }] }), parcel]);
  await create("Van", "v", { Plate: "B-1", Parcels: [] });
  expect(brief(await create("Van", "w", { Plate: "B-1", Parcels: [] }))).toBe(
    "AlternateKeyTaken: another Van has the same Plate, by which it is found",
  );
  expect(brief(await create("Van", "w", { Plate: null, Parcels: [] }))).toBe(1);
});
