/** The request path on the real store and the real authorizer: what is answered, what is written, and what never happens. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parcel, parcelService } from "../../test/definitions/parcel.ts";
import { stillClock } from "../../test/definitions/still-clock.ts";
import { cedarAuthorizer } from "../adapters/cedar/authorizer.ts";
import { openLibsqlStore } from "../adapters/libsql/store.ts";
import type { Values } from "../kernel/index.ts";
import type { Store } from "../ports/index.ts";
import type { CallContext, Failed, Write, Written } from "./call.ts";
import type { Limits } from "./limits.ts";
import { Service } from "./service.ts";

const start = Date.parse("2026-01-01T00:00:00Z");
let store: Store;
let service: Service;
let now = start;
let errors: unknown[] = [];

async function open(limits: Partial<Limits> = {}): Promise<Service> {
  let made = 0;
  return Service.open(parcelService(), "r1", {
    store,
    authorizer: cedarAuthorizer,
    clock: stillClock(() => now),
    ids: {
      next: () => {
        made += 1;
        return `event-${made}`;
      },
    },
    limits,
    onInternalError: (error) => errors.push(error),
  });
}

beforeEach(async () => {
  now = start;
  errors = [];
  store = await openLibsqlStore({ path: ":memory:" });
  service = await open();
});

afterEach(async () => {
  await service.close();
  await store.close();
});

function caller(id: string, more: Partial<CallContext> = {}): CallContext {
  return { principal: { type: "Customer", id, tenant: "t", roles: [] }, tenant: "t", correlationId: "c", ...more };
}

const alice = caller("alice");
const bob = caller("bob");

type More = Partial<Pick<Write, "expectedSequences" | "idempotency"> & { readonly as: CallContext }>;

function write(entityId: string, change: Write["change"], { as = alice, ...more }: More): Promise<Written | Failed> {
  return service.write(as, { entityType: "Parcel", entityId, change, ...more });
}

function create(id: string, values: Values = { Owner: "alice" }, more: More = {}) {
  return write(id, { kind: "create", values }, more);
}

function act(id: string, action: string, params: Values = {}, more: More = {}) {
  return write(id, { kind: "action", action, params }, more);
}

function patch(id: string, values: Values, more: More = {}) {
  return write(id, { kind: "patch", values }, more);
}

function remove(id: string) {
  return write(id, { kind: "delete" }, {});
}

/** The code of a failure and what is at fault, or the sequence and values of what was written. */
function brief(reply: Written | Failed): unknown {
  if (reply.kind === "failed") return reply.target === undefined ? reply.code : `${reply.code} ${reply.target}`;
  return reply.sequence;
}

describe("creating", () => {
  test("sets the given fields, the defaults, and the automaton's initial status and variables", async () => {
    const written = await create("1", { Owner: "alice", Price: 12.3, Due: "2026-02-01T01:00:00+01:00" });
    expect(written).toEqual({
      kind: "written",
      sequence: 1,
      created: true,
      replayed: false,
      revision: "r1",
      row: {
        sequence: 1,
        values: {
          Id: "1",
          Owner: "alice",
          Note: null,
          Price: 12.3,
          Due: "2026-02-01T00:00:00Z",
          Fragile: false,
          Tags: [],
          Status: "Open",
          Items: 0,
          Label: "",
        },
      },
    });
  });

  test("refuses what the type does not have, and names it", async () => {
    expect(brief(await create("1", { Owner: "alice", Colour: "red" }))).toBe("InvalidParameter Colour");
    expect(brief(await create("1", { Owner: "alice", Status: "Sent" }))).toBe("InvalidParameter Status");
    expect(brief(await create("1", { Owner: "alice", Items: 7 }))).toBe("InvalidParameter Items");
    expect(brief(await create("1", {}))).toBe("InvalidParameter Owner");
    expect(brief(await create("1", { Owner: "a name that is too long" }))).toBe("InvalidParameter Owner");
    expect(brief(await create("1", { Owner: "alice", Price: 1.234 }))).toBe("InvalidParameter Price");
    expect(brief(await create("1", { Owner: "alice", Due: "2026-02-30T00:00:00Z" }))).toBe("InvalidParameter Due");
    expect(brief(await create("1", { Owner: "alice", Note: "a\0b" }))).toBe("InvalidParameter Note");
    expect(brief(await create("1", { Owner: "alice", Id: "2" }))).toBe("InvalidParameter Id");
    expect(brief(await create("1\0", { Owner: "alice" }))).toBe("InvalidParameter Id");
    expect(brief(await create("1", JSON.parse('{"Owner":"alice","__proto__":"x"}')))).toBe(
      "InvalidParameter __proto__",
    );
    expect(brief(await create("1", { Owner: "alice", Note: "forbidden" }))).toBe("InvariantViolated");
    expect(await store.events({ tenant: "t", entityType: "Parcel", entityId: "1" })).toEqual([]);
  });

  test("refuses an id that exists, and takes it again after a deletion with the history going on", async () => {
    await create("1");
    expect(brief(await create("1"))).toBe("EntityExists");
    expect(brief(await remove("1"))).toBe(2);
    expect(brief(await act("1", "AddItem"))).toBe("NotFound");
    expect(brief(await create("1"))).toBe(3);
  });

  test("knows an id by its value, not by its spelling", async () => {
    const write = (id: string): Promise<Written | Failed> =>
      service.write(alice, { entityType: "Depot", entityId: id, change: { kind: "create", values: {} } });
    expect(brief(await write("0F8FAD5B-D9CB-469F-A165-70867728950E"))).toBe(1);
    expect(brief(await write("0f8fad5b-d9cb-469f-a165-70867728950e"))).toBe("EntityExists");
    expect(brief(await write("no-guid"))).toBe("InvalidParameter Id");
  });
});

describe("acting", () => {
  test("moves by the automaton and says why it does not", async () => {
    await create("1");
    expect(await act("1", "Pack")).toMatchObject({
      code: "GuardFailed",
      details: { status: "Open", action: "Pack", guard: "Items > 0", possible: ["AddItem", "Pack"] },
    });
    expect(await act("1", "Send", { Label: "x" })).toMatchObject({
      code: "ActionNotAllowed",
      details: { status: "Open", action: "Send", possible: ["AddItem", "Pack"] },
    });
    expect(brief(await act("1", "AddItem"))).toBe(2);
    expect(brief(await act("1", "Pack"))).toBe(3);
    expect(brief(await act("1", "Send"))).toBe("InvalidParameter Label");
    expect(brief(await act("1", "Send", { Label: 5 }))).toBe("InvalidParameter Label");
    expect(brief(await act("1", "Send", { Label: "x", Speed: 1 }))).toBe("InvalidParameter Speed");
    expect(await act("1", "Send", { Label: "x" })).toMatchObject({
      row: { values: { Status: "Sent", Label: "x", Items: 1 } },
    });
  });

  test("is for declared input actions only", async () => {
    await create("1");
    expect(brief(await act("1", "Fly"))).toBe("UnknownAction Fly");
    expect(brief(await act("1", "Recount"))).toBe("UnknownAction Recount");
    expect(brief(await act("1", "constructor"))).toBe("UnknownAction constructor");
    expect(brief(await act("2", "AddItem"))).toBe("NotFound");
    const elsewhere = { entityType: "toString", entityId: "1", change: { kind: "delete" } } as const;
    expect(brief(await service.write(alice, elsewhere))).toBe("NotFound");
  });

  test("writes an event with what changed, who asked, what for, and under which revision", async () => {
    await create("1");
    const as = caller("alice", { sessionId: "s-1", intent: "a gift for bob" });
    await act("1", "AddItem", {}, { as, idempotency: { key: "k", requestHash: "h" } });
    const [first, event] = await store.events({ tenant: "t", entityType: "Parcel", entityId: "1" });
    expect(event).toMatchObject({
      sequence: 2,
      eventId: "event-2",
      kind: "action",
      action: "AddItem",
      params: {},
      from: "Open",
      to: "Open",
      delta: { Items: 1 },
      specHash: "r1",
      principal: 'Customer::"alice"',
      correlationId: "c",
      outputs: [],
      causationId: null,
      idempotencyKey: "k",
      sessionId: "s-1",
      intent: "a gift for bob",
      at: "2026-01-01T00:00:00.000Z",
    });
    expect(first).toMatchObject({ sessionId: null, intent: null });
  });
});

describe("patching", () => {
  test("changes fields only, and only what is named", async () => {
    await create("1", { Owner: "alice", Note: "n", Price: 1 });
    expect(await patch("1", { Note: null, Tags: ["b", "a"] })).toMatchObject({
      sequence: 2,
      row: { values: { Note: null, Tags: ["b", "a"], Price: 1, Status: "Open" } },
    });
    expect(brief(await patch("1", { Status: "Sent" }))).toBe("InvalidParameter Status");
    expect(brief(await patch("1", { Label: "x" }))).toBe("InvalidParameter Label");
    expect(brief(await patch("1", { Id: "2" }))).toBe("InvalidParameter Id");
    expect(brief(await patch("1", { Note: "forbidden" }))).toBe("InvariantViolated");
    expect(brief(await patch("2", { Note: "x" }))).toBe("NotFound");
  });

  test("happens only at the sequence that the caller expects", async () => {
    await create("1");
    expect(brief(await patch("1", { Note: "a" }, { expectedSequences: [1] }))).toBe(2);
    expect(brief(await patch("1", { Note: "b" }, { expectedSequences: [1] }))).toBe("PreconditionFailed If-Match");
  });
});

describe("authorization", () => {
  test("denies by default, names what forbids, and hides from readers what they may not read", async () => {
    await create("1");
    const unknown = await act("9", "AddItem", {}, { as: bob });
    expect(await act("1", "AddItem", {}, { as: bob })).toEqual({ ...unknown, message: 'there is no Parcel "1"' });
    expect(brief(unknown)).toBe("NotFound");
    expect(brief(await create("2", { Owner: "alice" }, { as: bob }))).toBe("AuthorizationDenied");
    expect(brief(await create("1", { Owner: "alice" }, { as: bob }))).toBe("AuthorizationDenied");
    const guest = caller("alice", { principal: { type: "Customer", id: "alice", tenant: "t", roles: ["guest"] } });
    expect(await act("1", "Send", { Label: "x" }, { as: guest })).toMatchObject({
      details: { policies: ["no-sending-by-guests"] },
    });
    const missing = await service.read(bob, "Parcel", "9");
    expect(await service.read(bob, "Parcel", "1")).toEqual({ ...missing, message: 'there is no Parcel "1"' });
  });

  test("does not let a patch hand an entity to where its caller may not write", async () => {
    await create("1");
    expect(brief(await patch("1", { Owner: "bob" }))).toBe("AuthorizationDenied");
  });

  test("lists only what the caller may read", async () => {
    await create("1");
    await create("2", { Owner: "bob" }, { as: bob });
    const list = { entityType: "Parcel", orderBy: [], top: 10, skip: 0, count: true };
    expect(await service.list(bob, list)).toMatchObject({ page: { count: 1, rows: [{ values: { Id: "2" } }] } });
    expect(await service.list(caller("carol"), list)).toMatchObject({ page: { count: 0, rows: [] } });
  });

  test("keeps tenants apart, whatever a credential of another one asks", async () => {
    await create("1");
    const other = { ...caller("alice"), tenant: "u", principal: { ...alice.principal, tenant: "u" } };
    const crossing = { ...caller("alice"), tenant: "u" };
    expect(brief(await act("1", "AddItem", {}, { as: other }))).toBe("NotFound");
    expect(brief(await create("1", { Owner: "alice" }, { as: other }))).toBe(1);
    expect(brief(await act("1", "AddItem", {}, { as: crossing }))).toBe("AuthorizationDenied");
    expect(await service.read(crossing, "Parcel", "1")).toMatchObject({ code: "NotFound" });
    const list = { entityType: "Parcel", orderBy: [], top: 10, skip: 0, count: true };
    expect(await service.list(crossing, list)).toMatchObject({ page: { count: 0 } });
    expect(await service.list(other, list)).toMatchObject({ page: { count: 1 } });
  });
});

describe("an idempotency key", () => {
  const keyed = (requestHash: string): More => ({ idempotency: { key: "k", requestHash } });

  test("gives the earlier reply again, to the same request only, for its time only", async () => {
    await create("1");
    const first = await act("1", "AddItem", {}, keyed("h"));
    expect(await act("1", "AddItem", {}, keyed("h"))).toEqual({ ...first, replayed: true });
    expect(brief(await act("1", "AddItem", {}, keyed("other")))).toBe("IdempotencyMismatch Idempotency-Key");
    expect(brief(await create("2", { Owner: "bob" }, { ...keyed("other"), as: bob }))).toBe(1);
    now += 24 * 60 * 60 * 1_000;
    expect(brief(await act("1", "AddItem", {}, keyed("other")))).toBe(3);
  });

  test("lets one of two racing requests happen, on one entity and on two", async () => {
    await create("1");
    const same = await Promise.all([act("1", "AddItem", {}, keyed("h")), act("1", "AddItem", {}, keyed("h"))]);
    expect(same.map(brief)).toEqual([2, 2]);
    expect(same.map((reply) => reply.kind === "written" && reply.replayed)).toEqual([false, true]);
    const key = (requestHash: string): More => ({ idempotency: { key: "k2", requestHash } });
    const two = await Promise.all([
      create("a", { Owner: "alice" }, key("a")),
      create("b", { Owner: "alice" }, key("b")),
    ]);
    expect(two.map(brief)).toEqual([1, "IdempotencyMismatch Idempotency-Key"]);
  });

  test("survives a restart", async () => {
    await create("1", { Owner: "alice" }, keyed("h"));
    service = await open();
    expect(await create("1", { Owner: "alice" }, keyed("h"))).toMatchObject({ replayed: true, created: true });
  });
});

describe("an actor", () => {
  test("does one thing at a time, in order", async () => {
    await create("1");
    const replies = await Promise.all(Array.from({ length: 50 }, () => act("1", "AddItem")));
    expect(replies.map(brief)).toEqual(Array.from({ length: 50 }, (_, index) => index + 2));
    expect(await service.read(alice, "Parcel", "1")).toMatchObject({ row: { values: { Items: 50 }, sequence: 51 } });
  });

  test("answers at once that its mailbox is full, and drops what is too late or awaited by nobody", async () => {
    service = await open({ mailboxMax: 2 });
    await create("1");
    const late = caller("alice", { deadlineAt: now - 1 });
    const replies = await Promise.all([
      act("1", "AddItem"),
      act("1", "AddItem", {}, { as: late }),
      act("1", "AddItem"),
      act("1", "AddItem"),
    ]);
    expect(replies.map(brief)).toEqual([2, "DeadlineExceeded", 3, "Overloaded"]);
    const gone = caller("alice", { isGone: () => true });
    expect(brief(await act("1", "AddItem", {}, { as: gone }))).toBe("DeadlineExceeded");
    expect(await service.together(gone, async () => ({ keep: true, value: "begun" }))).toMatchObject({
      code: "DeadlineExceeded",
    });
    expect(replies[3]).toMatchObject({ retryAfterSeconds: 1 });
  });

  test("is forgotten and folded again where many are asked for", async () => {
    service = await open({ residentsMax: 3 });
    for (let id = 0; id < 10; id += 1) await create(String(id));
    for (let id = 0; id < 10; id += 1) expect(brief(await act(String(id), "AddItem"))).toBe(2);
  });

  test("stops where its history cannot be read, and never starts afresh", async () => {
    await create("1");
    const ref = { tenant: "t", entityType: "Parcel", entityId: "1" };
    const [first] = await store.events(ref);
    if (first === undefined) throw new Error("the creation was not recorded");
    await store.append({ event: { ...first, sequence: 3, eventId: "gap", kind: "action" }, row: null });
    service = await open();
    expect(await act("1", "AddItem")).toMatchObject({ code: "EntityStopped", details: { sequence: 3 } });
    expect(brief(await create("1"))).toBe("EntityStopped");
    expect(await service.read(alice, "Parcel", "1")).toMatchObject({ code: "EntityStopped" });
    const together = await service.together(alice, async (calls) => {
      const change = { kind: "action", action: "AddItem", params: {} } as const;
      return { keep: true, value: await calls.write(alice, { entityType: "Parcel", entityId: "1", change }) };
    });
    expect(together).toMatchObject({ code: "EntityStopped" });
    expect(errors).toHaveLength(3);
    const reason = "event 3 follows event 1";
    expect(await service.stoppedEntities("t", { top: 10, skip: 0 })).toEqual([{ ...ref, sequence: 3, reason }]);
    expect(await service.stoppedEntities("u", { top: 10, skip: 0 })).toEqual([]);
  });

  test("gives way to a faster writer by deciding anew", async () => {
    await create("1");
    const rival = await open();
    await act("1", "AddItem");
    const write = {
      entityType: "Parcel",
      entityId: "1",
      change: { kind: "action", action: "AddItem", params: {} },
    } as const;
    await rival.write(alice, write);
    await rival.write(alice, write);
    expect(await act("1", "AddItem")).toMatchObject({ sequence: 5, row: { values: { Items: 4 } } });
  });

  test("goes on after an exception in what it calls", async () => {
    const broken = {
      ...parcel,
      fieldViolation: (): never => {
        throw new Error("broken");
      },
    };
    await service.swap(parcelService([broken]), "r2");
    expect(brief(await create("1"))).toBe("InternalError");
    await service.swap(parcelService(), "r3");
    expect(brief(await create("1"))).toBe(1);
    expect(errors).toHaveLength(1);
  });
});
