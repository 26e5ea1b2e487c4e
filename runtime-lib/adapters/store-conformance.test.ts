/** What every store promises: one suite, run on each adapter. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { depot, parcel, property } from "../../test/definitions/parcel.ts";
import { adapters, blank, commitOf, eventOf, queryOf, reply } from "../../test/definitions/stores.ts";
import type { Value, Values } from "../kernel/index.ts";
import { matches } from "../ports/filter-values.ts";
import type { ApiKeyRecord, FilterNode, FilterOperand, Page, Query, Store, Way } from "../ports/index.ts";

const column = (name: string): FilterOperand => ({ kind: "property", property: name });
const value = (literal: Value): FilterOperand => ({ kind: "literal", value: literal });

describe.each(adapters)("the store: $name", ({ open }) => {
  let store: Store;

  beforeEach(async () => {
    store = await open();
    await store.prepare([parcel, depot]);
  });

  afterEach(() => store.close());

  async function ids(changes: Partial<Query>): Promise<readonly Value[]> {
    const { rows } = await store.query(queryOf(changes));
    return rows.map((row) => row.values.Id ?? null);
  }

  test("gives back events as they were, in order, and of that entity only", async () => {
    const events = [
      eventOf({ delta: { ...blank, Note: "ünïcode 😀 \u0000 \" '", Tags: ["b", "a"], Price: 0.29 } }),
      eventOf({
        sequence: 2,
        kind: "action",
        action: "AddItem",
        delta: { Items: 1 },
        idempotencyKey: "k",
        causationId: "x",
        sessionId: "s-1",
        intent: 'get it "there" 😀',
      }),
    ];
    for (const event of events) await store.append({ event, row: blank });
    await store.append(commitOf({ entityId: "2" }));
    await store.append(commitOf({ tenant: "u" }));
    expect(await store.events(eventOf())).toEqual(events);
    expect(await store.events(eventOf(), 1)).toEqual(events.slice(1));
    expect(await store.events(eventOf(), 5)).toEqual(events);
    expect(await store.events(eventOf({ entityId: "3" }))).toEqual([]);
  });

  test("takes one event for a sequence number, however many come at once", async () => {
    const rivals = Array.from({ length: 5 }, (_, index) =>
      store.append(commitOf({ eventId: `e${index}` }, { Items: index })),
    );
    expect(await Promise.all(rivals)).toEqual(["committed", "conflict", "conflict", "conflict", "conflict"]);
    expect(await store.row(eventOf())).toMatchObject({ values: { Items: 0 }, sequence: 1 });
  });

  test("commits what waits together, each for itself", async () => {
    const bad = {
      ...commitOf({ entityId: "bad" }),
      event: { ...eventOf({ entityId: "bad" }), entityType: "Unprepared" },
    };
    const settled = await Promise.allSettled([
      store.append(commitOf({ entityId: "a" })),
      store.append(bad),
      store.append(commitOf({ entityId: "b" })),
    ]);
    expect(settled.map((each) => each.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(await ids({})).toEqual(["a", "b"]);
  });

  test("refuses the one of many whose sequence is taken, and leaves its row", async () => {
    await store.append(commitOf({ entityId: "c" }, { Items: 1 }));
    const ofEach = ["a", "b", "c", "d", "e"].map((entityId) =>
      store.append(commitOf({ entityId, eventId: `2${entityId}` }, { Items: 2 })),
    );
    expect(await Promise.all(ofEach)).toEqual(["committed", "committed", "conflict", "committed", "committed"]);
    const { rows } = await store.query(queryOf({ top: 9 }));
    expect(rows.map(({ values }) => [values.Id, values.Items])).toEqual([
      ["a", 2],
      ["b", 2],
      ["c", 1],
      ["d", 2],
      ["e", 2],
    ]);
    expect(await store.events(eventOf({ entityId: "c" }))).toHaveLength(1);
  });

  test("pages each group by itself, and tells how many it has", async () => {
    const owners = ["alice", "bob", "alice", "bob", "alice"];
    for (const [index, Owner] of owners.entries()) {
      await store.append(commitOf({ entityId: `${index}` }, { Id: `${index}`, Owner }));
    }
    const each = { by: ["Owner"], skip: 1, top: 1 };
    const { rows } = await store.query(queryOf({ each, orderBy: [{ property: "Id", direction: "desc" }] }));
    expect(rows.map(({ values, among }) => [values.Id, values.Owner, among?.place, among?.of])).toEqual([
      ["4", "alice", 1, 3],
      ["3", "bob", 1, 2],
      ["2", "alice", 2, 3],
      ["1", "bob", 2, 2],
    ]);
  });

  test("keeps a reply with its event or neither", async () => {
    expect(await store.append({ ...commitOf({ entityId: "a" }), idempotency: reply("k") })).toBe("committed");
    expect(await store.append({ ...commitOf({ entityId: "b" }), idempotency: reply("k") })).toBe("conflict");
    expect(await store.row(eventOf({ entityId: "b" }))).toBeUndefined();
    expect(await store.append({ ...commitOf({ entityId: "a" }), idempotency: reply("k2") })).toBe("conflict");
    expect(await store.idempotent("t", "p", "k2")).toBeUndefined();
    expect(await store.idempotent("t", "p", "k")).toEqual(reply("k"));
    expect(await store.idempotent("t", "q", "k")).toBeUndefined();
    expect(await store.idempotent("u", "p", "k")).toBeUndefined();
  });

  test("gives an expired key to the next request", async () => {
    await store.append({ ...commitOf({ entityId: "a" }), idempotency: reply("k") });
    const later = commitOf({ entityId: "b", at: "2026-01-02T00:00:00.000Z" });
    const renewed = reply("k", { requestHash: "h2", expiresAt: "2026-01-03T00:00:00.000Z" });
    expect(await store.append({ ...later, idempotency: renewed })).toBe("committed");
    expect(await store.idempotent("t", "p", "k")).toEqual(renewed);
  });

  test("gives back rows exactly: decimals, instants, truths, lists, nulls", async () => {
    const values = {
      ...blank,
      Note: 'it\'s "quoted" 😀',
      Price: 1234567890.29,
      Due: "2026-02-01T00:00:00.5Z",
      Fragile: true,
      Tags: ["x", ""],
      Items: Number.MAX_SAFE_INTEGER,
    };
    await store.append(commitOf({}, values));
    expect(await store.row(eventOf())).toEqual({ values, sequence: 1 });
    expect((await store.query(queryOf())).rows).toEqual([{ values, sequence: 1 }]);
    await store.append({ event: eventOf({ sequence: 2, kind: "deleted", delta: {} }), row: null });
    expect(await store.row(eventOf())).toBeUndefined();
  });

  test("selects as OData 4.01 does, for filters of every shape", async () => {
    const rows = sampleRows();
    await Promise.all(rows.map((values) => store.append(commitOf({ entityId: String(values.Id) }, values))));
    await fc.assert(
      fc.asyncProperty(anyFilter, async (filter) => {
        const expected = rows.filter((values) => matches(parcel, filter, values)).map((values) => String(values.Id));
        expect(await ids({ filter })).toEqual(expected.sort());
      }),
      { numRuns: 200, seed: 11 },
    );
  });

  test("compares null as OData does", async () => {
    await store.append(commitOf({ entityId: "null" }, { Note: null }));
    await store.append(commitOf({ entityId: "text" }, { Note: "x" }));
    const note = (operator: "eq" | "ne" | "lt" | "ge", literal: Value): FilterNode => ({
      kind: "compare",
      operator,
      left: column("Note"),
      right: value(literal),
    });
    expect(await ids({ filter: note("eq", null) })).toEqual(["null"]);
    expect(await ids({ filter: note("ne", null) })).toEqual(["text"]);
    expect(await ids({ filter: note("ne", "x") })).toEqual(["null"]);
    expect(await ids({ filter: { kind: "not", operand: note("lt", "y") } })).toEqual(["null"]);
    expect(await ids({ filter: note("ge", null) })).toEqual(["null"]);
    const contains: FilterNode = { kind: "text", function: "contains", text: column("Note"), part: value("y") };
    expect(await ids({ filter: { kind: "not", operand: contains } })).toEqual(["text"]);
  });

  test("orders totally, nulls first, and pages without losing or repeating", async () => {
    const prices = [null, 3, 1.5, 3, null, 10, 2];
    for (const [index, Price] of prices.entries()) await store.append(commitOf({ entityId: `r${index}` }, { Price }));
    const orderBy = [{ property: "Price", direction: "desc" }] as const;
    expect(await ids({ orderBy })).toEqual(["r5", "r1", "r3", "r6", "r2", "r0", "r4"]);
    const paged = [0, 3, 6].map((skip) => ids({ orderBy, skip, top: 3 }));
    expect((await Promise.all(paged)).flat()).toEqual(["r5", "r1", "r3", "r6", "r2", "r0", "r4"]);
    expect(await ids({ orderBy: [{ property: "Price", direction: "asc" }], top: 2 })).toEqual(["r0", "r4"]);
    expect((await store.query(queryOf({ top: 0, count: true }))).count).toBe(7);
  });

  test("keeps tenants apart in every query", async () => {
    await store.append(commitOf({ tenant: "t'; --" }));
    expect(await ids({ tenant: "t" })).toEqual([]);
    expect(await ids({ tenant: "t'; --", restriction: { kind: "constant", value: true } })).toEqual(["1"]);
    expect(await store.row(eventOf({ tenant: "t" }))).toBeUndefined();
  });

  test("conjoins the restriction with whatever the caller filters", async () => {
    await store.append(commitOf({ entityId: "a" }));
    await store.append(commitOf({ entityId: "b" }, { Owner: "bob" }));
    const restriction: FilterNode = { kind: "compare", operator: "eq", left: column("Owner"), right: value("bob") };
    const filter: FilterNode = { kind: "or", operands: [{ kind: "constant", value: true }] };
    expect((await store.query(queryOf({ filter, restriction, count: true }))).count).toBe(1);
  });

  test("asks of the rows that a query brings along whatever it asks of a table", async () => {
    const rows = sampleRows();
    await Promise.all(rows.map((values) => store.append(commitOf({ entityId: String(values.Id) }, values))));
    const read = (await store.query(queryOf())).rows;
    const asRead = new Map([["Parcel", read]]);
    const pages: Partial<Query>[] = [
      { orderBy: [{ property: "Price", direction: "desc" }], skip: 1, top: 3, count: true },
      {
        each: { by: ["Owner"], skip: 0, top: 2 },
        computed: [{ name: "Long", operand: column("Note"), type: "Edm.String" }],
      },
      { grouping: { by: [{ property: property("Owner", "Edm.String"), operand: column("Owner") }], aggregates: [] } },
    ];
    const anyPage = fc.oneof(
      fc.constantFrom(...pages),
      anyFilter.map((filter) => ({ filter, count: true })),
    );
    const expected = new Map<Partial<Query>, Page>();
    const asked = fc.sample(anyPage, { numRuns: 100, seed: 12 });
    for (const page of asked) expected.set(page, await store.query(queryOf(page)));
    for (const { Id } of rows) {
      await store.append({
        event: eventOf({ entityId: String(Id), sequence: 2, kind: "deleted", delta: {} }),
        row: null,
      });
    }
    expect(await ids({})).toEqual([]);
    for (const page of asked) expect(await store.query(queryOf({ ...page, asRead }))).toEqual(expected.get(page));
    expect((await store.query(queryOf({ asRead: new Map([["Parcel", read.slice(0, 2)]]), count: true }))).count).toBe(
      2,
    );
    expect(await ids({ asRead: new Map([["Parcel", []]]) })).toEqual([]);
  });

  test("comes by a way to the rows that a query brings along, and to no others", async () => {
    const [here, moved, gone] = ["a", "b", "c"].map((digit) => `${digit.repeat(8)}-0000-4000-8000-000000000000`);
    for (const Owner of [here, moved, gone])
      await store.append(commitOf({ entityId: Owner ?? "" }, { Owner: Owner ?? "" }));
    for (const Id of [here, moved]) {
      const event = eventOf({ entityType: "Depot", entityId: Id ?? "", delta: { Id: Id ?? "", Shelves: 3 } });
      await store.append({ event, row: event.delta });
    }
    const asRead = new Map([["Depot", [moved, gone].map((Id = "") => ({ values: { Id, Shelves: 4 }, sequence: 1 }))]]);
    const restrictions = new Map<string, FilterNode>([["Depot", { kind: "constant", value: true }]]);
    const way: Way = { kind: "entities", target: depot, pairs: [{ here: "Owner", there: "Id" }] };
    const filter: FilterNode = {
      kind: "some",
      way,
      filter: { kind: "compare", operator: "eq", left: column("Shelves"), right: value(4) },
    };
    expect(await ids({ filter, restrictions })).toEqual([]);
    expect(await ids({ filter: { kind: "some", way }, restrictions })).toEqual([here, moved]);
    expect(await ids({ filter, restrictions, asRead })).toEqual([moved, gone]);
  });

  test("has the numbers of rows that are brought along as they are, to the last bit", async () => {
    const reading = {
      ...depot,
      properties: [...depot.properties, property("Level", "Edm.Double", { nullable: true })],
    };
    await store.prepare([reading]);
    const doubles = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 200, maxLength: 500 });
    await fc.assert(
      fc.asyncProperty(doubles, async (levels) => {
        const given = levels.map((Level, index) => ({ values: { Id: `${1_000 + index}`, Level }, sequence: 1 }));
        const { rows } = await store.query(queryOf({ entityType: reading, asRead: new Map([["Depot", given]]) }));
        // Neither database has a zero with a sign.
        expect(rows.map(({ values }) => Number(values.Level) + 0)).toEqual(levels.map((level) => level + 0));
      }),
      { numRuns: 50, seed: 13 },
    );
  });

  test("counts live entities per status, over all tenants", async () => {
    await store.append(commitOf({ entityId: "a" }));
    await store.append(commitOf({ entityId: "a", tenant: "u" }));
    await store.append(commitOf({ entityId: "b" }, { Status: "Sent" }));
    expect(await store.statusCounts()).toEqual([
      { entityType: "Parcel", status: "Open", count: 2 },
      { entityType: "Parcel", status: "Sent", count: 1 },
    ]);
  });

  test("changes tables as the journal has it: new variables have their initial value", async () => {
    await store.append(commitOf({}, { Note: "kept" }));
    await store.append({
      event: eventOf({ sequence: 2, kind: "action", delta: { Items: 4 } }),
      row: { ...blank, Note: "kept", Items: 4 },
    });
    await store.append(commitOf({ entityId: "gone" }));
    await store.append({ event: eventOf({ entityId: "gone", sequence: 2, kind: "deleted", delta: {} }), row: null });
    const added = property("Weight", "Edm.Int32", { defaultValue: 7 });
    const properties = [
      ...parcel.properties.filter(({ name }) => name !== "Price"),
      added,
      property("note", "Edm.String", { nullable: true }),
    ];
    const changed = { ...parcel, properties };
    await store.prepare([changed, depot]);
    expect(await store.prepared()).toContainEqual({ name: "Parcel", properties });
    const { rows } = await store.query(queryOf({ entityType: changed }));
    const { Price: _, ...rest } = blank;
    expect(rows).toEqual([{ sequence: 2, values: { ...rest, Note: "kept", note: null, Items: 4, Weight: 7 } }]);
  });

  test("keeps API keys, and their revocation", async () => {
    const key: ApiKeyRecord = {
      id: "1",
      hash: "abc",
      tenant: "t",
      principalType: "Agent",
      principalId: "7",
      roles: ["fulfilment"],
      kind: "caller",
      scopes: ["read", "Order::SubmitOrder"],
      createdAt: "2026-01-01T00:00:00.000Z",
      createdBy: 'Admin::"root"',
      expiresAt: "2027-01-01T00:00:00.000Z",
      revokedAt: null,
      revokedBy: null,
    };
    await store.putApiKey(key);
    expect(await store.apiKeyByHash("abc")).toEqual(key);
    expect(await store.apiKeyByHash("abd")).toBeUndefined();
    const revoked = { ...key, revokedAt: "2026-01-02T00:00:00.000Z", revokedBy: 'Admin::"olga"' };
    await store.putApiKey(revoked);
    await store.putApiKey({ ...key, revokedAt: "2026-01-02T00:00:00.001Z", revokedBy: 'Admin::"root"' });
    expect(await store.apiKeys()).toEqual([revoked]);
  });
});

/** A few dozen rows with every kind of value and with nulls. */
function sampleRows(): readonly Values[] {
  const notes = [null, "", "a%b", "A", "ab", "ß😀"];
  const prices = [null, 0.29, 1.5, -3];
  const dues = [null, "2026-02-01T00:00:00Z", "2026-02-01T00:00:00.5Z"];
  return Array.from({ length: 72 }, (_, index) => ({
    ...blank,
    Id: `r${String(index).padStart(2, "0")}`,
    Note: notes[index % 6] ?? null,
    Price: prices[index % 4] ?? null,
    Due: dues[index % 3] ?? null,
    Fragile: index % 2 === 0,
    Items: index % 5,
    Status: index % 7 === 0 ? "Sent" : "Open",
  }));
}

const comparisons = fc.constantFrom("eq", "ne", "lt", "le", "gt", "ge");

function compares(name: string, literals: readonly Value[]): fc.Arbitrary<FilterNode> {
  return fc.tuple(comparisons, fc.constantFrom(...literals), fc.boolean()).map(([operator, literal, swapped]) => {
    const [left, right] = swapped ? [value(literal), column(name)] : [column(name), value(literal)];
    return { kind: "compare", operator, left, right };
  });
}

const anyText: fc.Arbitrary<FilterNode> = fc
  .tuple(
    fc.constantFrom("contains", "startswith", "endswith"),
    fc.constantFrom("", "a", "%", "b", "a_b", "😀", "abc", null),
  )
  .map(([name, part]) => ({ kind: "text", function: name, text: column("Note"), part: value(part) }));

const anyIn: fc.Arbitrary<FilterNode> = fc
  .subarray([null, 0.29, 1.5, 0.295] as const)
  .map((values) => ({ kind: "in", operand: column("Price"), values }));

const { filter: anyFilter } = fc.letrec<{ filter: FilterNode }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    compares("Note", ["a%b", "ab", "", "Z", "ß😀", null]),
    compares("Price", [0.29, 0.295, 1.5, -3, 2, null]),
    compares("Due", ["2026-02-01T01:00:00+01:00", "2026-02-01T00:00:00.25Z", null]),
    compares("Items", [0, 2, 2.5, 4]),
    compares("Fragile", [true, false]),
    compares("Status", ["Open", "Sent"]),
    fc.constant<FilterNode>({ kind: "property", property: "Fragile" }),
    fc.boolean().map<FilterNode>((truth) => ({ kind: "constant", value: truth })),
    anyText,
    anyIn,
    tie("filter").map<FilterNode>((operand) => ({ kind: "not", operand })),
    fc
      .tuple(fc.constantFrom("and", "or"), fc.array(tie("filter"), { maxLength: 4 }))
      .map<FilterNode>(([kind, operands]) => ({ kind, operands })),
  ),
}));
