/** How SQLite goes about the queries of a set: along an index wherever one serves, whatever the table holds. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parcel } from "../../../test/definitions/parcel.ts";
import { commitOf, eventOf, noReactions, queryOf } from "../../../test/definitions/stores.ts";
import type { EntityTypeDescriptor } from "../../kernel/index.ts";
import type { FilterNode, Query } from "../../ports/index.ts";
import { projectionOf, updateRowsSql } from "../sql/projection.ts";
import { type Ready, Statements } from "../sql/statements.ts";
import { libsqlDialect } from "./dialect.ts";
import { openLibsqlStore } from "./store.ts";

/** Its depot is found by `Owner`, its status and its label are indexed, and it is known by its note too. */
const type: EntityTypeDescriptor = {
  ...parcel,
  properties: parcel.properties.map((each) =>
    ["Status", "Label"].includes(each.name) ? { ...each, isIndexed: true } : each,
  ),
  reactions: { ...noReactions, keys: [{ name: "ByNote", properties: ["Note"], isEntityId: false }] },
};

let folder: string;
let path: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "temperc-plans-"));
  path = join(folder, "store.db");
  await prepare(type);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function prepare(...types: readonly EntityTypeDescriptor[]): Promise<void> {
  const store = await openLibsqlStore({ path });
  await store.prepare(types);
  await store.close();
}

type Cells = readonly (string | number | null)[];

function asked<T>(sql: string, cells: Cells, read: (row: unknown[]) => T, open?: Database.Database): readonly T[] {
  const file = open ?? new Database(path);
  const rows = file
    .prepare(sql)
    .raw()
    .all([...cells]);
  if (open === undefined) file.close();
  return rows.map((row) => read(Array.isArray(row) ? row : []));
}

const into = { dialect: libsqlDialect, projectionOf: () => projectionOf(type, "entity_Parcel") };
const statements = new Statements(into, (sql) => sql);

function planOf({ statement, cells }: Pick<Ready<string>, "statement" | "cells">, open?: Database.Database): string {
  const steps = asked(`EXPLAIN QUERY PLAN ${statement}`, cells, (row) => String(row[3]), open);
  return steps.join("; ").replaceAll("entity_Parcel/", "");
}

function plan(query: Partial<Query>): string {
  return planOf(statements.page(queryOf({ entityType: type, top: 20, ...query })));
}

function compare(operator: "eq" | "gt" | "ge", property: string, value: string): FilterNode {
  return { kind: "compare", operator, left: { kind: "property", property }, right: { kind: "literal", value } };
}

function all(...operands: readonly FilterNode[]): FilterNode {
  return { kind: "and", operands };
}

const ofAlice = compare("eq", "Owner", "alice");
const labelled = (value: string): FilterNode => compare("eq", "Label", value);
const sorted = (property: string, direction: "asc" | "desc", key = direction) => [
  { property, direction },
  { property: "Id", direction: key },
];

describe("a page of a set", () => {
  test("in the order of the key is read along the index on what is asked for", () => {
    expect(plan({ filter: ofAlice })).toBe("SEARCH t0 USING INDEX Owner (@tenant=? AND Owner=?)");
    expect(plan({ filter: all(ofAlice, compare("ge", "Id", "7")) })).toBe(
      "SEARCH t0 USING INDEX Owner (@tenant=? AND Owner=? AND Id>?)",
    );
    expect(plan({ filter: labelled("x"), restriction: ofAlice })).toMatch(/^SEARCH t0 USING INDEX (Owner|Label) /);
    expect(plan({})).toBe("SEARCH t0 USING PRIMARY KEY (@tenant=?)");
  });

  test("is read along the index that leaves the fewest", () => {
    const open: FilterNode = compare("eq", "Status", "Open");
    expect(plan({ filter: open })).toBe("SEARCH t0 USING INDEX Status (@tenant=? AND Status=?)");
    expect(plan({ filter: all(open, ofAlice) })).toBe("SEARCH t0 USING INDEX Owner (@tenant=? AND Owner=?)");
    expect(plan({ filter: all(ofAlice, compare("eq", "Note", "n")) })).toMatch(/^SEARCH t0 USING INDEX sought 0 /);
    expect(plan({ filter: all(ofAlice, compare("eq", "Id", "7")) })).toMatch(/Id=\?\)$/);
  });

  test("of rows that it brings along makes them a table once, and comes to each by an index", () => {
    const way = { kind: "entities", target: type, pairs: [{ here: "Owner", there: "Id" }] } as const;
    const asRead = new Map([["Parcel", []]]);
    const restrictions = new Map<string, FilterNode>([["Parcel", { kind: "constant", value: true }]]);
    const found = plan({ filter: { kind: "some", way }, restrictions, asRead });
    expect(found.match(/MATERIALIZE/g)).toHaveLength(1);
    expect(found).toMatch(/SEARCH t1 USING AUTOMATIC .*INDEX \(@tenant=\? AND Id=\?\)/);
  });

  test("in the order of an indexed property is read along its index, either way, and so are the pages behind it", () => {
    const walk = "SEARCH t0 USING INDEX Label (@tenant=?)";
    expect(plan({ orderBy: sorted("Label", "asc") })).toBe(walk);
    expect(plan({ orderBy: sorted("Label", "desc") })).toBe(walk);
    expect(plan({ orderBy: sorted("Label", "desc", "asc") })).toBe(
      `${walk}; USE TEMP B-TREE FOR RIGHT PART OF ORDER BY`,
    );
    const behind: FilterNode = { kind: "or", operands: [compare("gt", "Label", "x"), compare("gt", "Id", "7")] };
    expect(plan({ orderBy: sorted("Label", "asc"), filter: all(compare("ge", "Label", "x"), behind) })).toBe(
      "SEARCH t0 USING INDEX Label (@tenant=? AND Label>?)",
    );
  });

  test("in another order is sorted from what the index leaves", () => {
    expect(plan({ filter: ofAlice, orderBy: sorted("Price", "desc") })).toBe(
      "SEARCH t0 USING INDEX Owner (@tenant=? AND Owner=?); USE TEMP B-TREE FOR ORDER BY",
    );
  });
});

test("a count is taken from the index alone", () => {
  expect(planOf(statements.count(queryOf({ entityType: type, filter: ofAlice })))).toBe(
    "SEARCH t0 USING COVERING INDEX Owner (@tenant=? AND Owner=?)",
  );
});

test.each([[[]], [["Label", "Items"]]])("many rows that change %j are each found by their key", (changed) => {
  const projection = projectionOf(type, "entity_Parcel");
  const columns = projection.columns.filter(({ name }) => changed.includes(name));
  const row = `(${[...columns, 1, 2, 3, 4].map(() => "1").join(", ")})`;
  const statement = updateRowsSql(projection, columns, Array.from({ length: 40 }, () => row).join(", "));
  expect(planOf({ statement, cells: [] })).toMatch(
    /SCAN changed; SEARCH entity USING PRIMARY KEY \(@tenant=\? AND Id=\?\)$/,
  );
});

describe("a store", () => {
  test("that an earlier release has made is planned for when it is opened, and its rows stay", async () => {
    await storeOne();
    const earlier = new Database(path);
    earlier.exec("DROP TABLE sqlite_stat1");
    earlier.exec("UPDATE entity_Parcel SET Note = 'as it was'");
    earlier.close();
    const open = new Database(path);
    const ofAll = (): string => planOf(statements.page(queryOf({ entityType: type, filter: ofAlice })), open);
    expect(ofAll()).toBe("SEARCH t0 USING PRIMARY KEY (@tenant=?)");
    await prepare(type);
    // A connection hears of new tables when it next reads one.
    expect(asked("SELECT Note FROM entity_Parcel", [], ([note]) => note, open)).toEqual(["as it was"]);
    expect(ofAll()).toMatch(/INDEX Owner/);
    open.close();
  });

  test("keeps what an operator has had counted", async () => {
    const file = new Database(path);
    file.exec("UPDATE sqlite_stat1 SET stat = '7 7 7' WHERE idx LIKE '%/Owner'");
    file.close();
    await prepare(type);
    expect(asked("SELECT stat FROM sqlite_stat1 WHERE idx LIKE '%/Owner'", [], ([stat]) => stat)).toEqual(["7 7 7"]);
  });

  test("makes an index that the spec has come to want without writing the rows anew", async () => {
    await storeOne();
    const file = new Database(path);
    file.exec("UPDATE entity_Parcel SET Note = 'as it was'");
    file.close();
    const isFragile: FilterNode = {
      kind: "compare",
      operator: "eq",
      left: { kind: "property", property: "Items" },
      right: { kind: "literal", value: 3 },
    };
    expect(plan({ filter: isFragile })).not.toMatch(/INDEX/);
    const properties = type.properties.map((each) =>
      each.name === "Items" ? { ...each, isIndexed: true as const } : each,
    );
    await prepare({ ...type, properties });
    expect(plan({ filter: isFragile })).toMatch(/INDEX Items/);
    expect(asked("SELECT Note FROM entity_Parcel", [], ([note]) => note)).toEqual(["as it was"]);
    await prepare(type);
    expect(plan({ filter: isFragile })).not.toMatch(/INDEX/);
  });

  async function storeOne(): Promise<void> {
    const store = await openLibsqlStore({ path });
    await store.prepare([type]);
    await store.append(commitOf());
    expect(await store.row(eventOf())).toMatchObject({ sequence: 1 });
    await store.close();
  }
});
