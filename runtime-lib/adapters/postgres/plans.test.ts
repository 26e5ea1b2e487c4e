/** How PostgreSQL goes about the pages of a set: along an index that gives them in their order, so that nothing is sorted. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { depot, parcel } from "../../../test/definitions/parcel.ts";
import { commitOf, queryOf } from "../../../test/definitions/stores.ts";
import { asked, freshPostgres } from "../../../test/live/postgres/server.ts";
import type { EntityTypeDescriptor } from "../../kernel/index.ts";
import type { Query, Store } from "../../ports/index.ts";
import { projectionOf } from "../sql/projection.ts";
import { Statements } from "../sql/statements.ts";
import { postgresDialect } from "./dialect.ts";
import { openPostgresStore } from "./store.ts";

const type: EntityTypeDescriptor = {
  ...parcel,
  properties: parcel.properties.map((each) => (each.name === "Label" ? { ...each, isIndexed: true } : each)),
};
const rows = 20_000;
const indexed = [["Owner"], ["Label"]];

let url: string;
let schema: string;
let store: Store;

beforeEach(async () => {
  url = await freshPostgres();
  schema = new URL(url).searchParams.get("schema") ?? "";
  store = await openPostgresStore({ url, connectionsMax: 2 });
  await store.prepare([type, depot]);
  await store.append(commitOf({}, { Note: "as it was" }));
});

afterEach(() => store.close());

/** Half of the rows are bob's, and his come last in the order of the key: the worst there is for a walk along it. */
async function fill(): Promise<void> {
  await asked(
    `INSERT INTO ${schema}."entity_Parcel" ("@tenant", "@sequence", "Id", "Owner", "Label", "Status")
     SELECT 't', 1, lpad(n::text, 8, '0'), CASE WHEN n > ${rows / 2} THEN 'bob' ELSE 'alice' END, 'l' || n / 10, 'Open'
     FROM generate_series(1, ${rows}) AS n`,
  );
  await asked(`ANALYZE ${schema}."entity_Parcel"`);
}

async function plan(query: Partial<Query>): Promise<string> {
  const into = { dialect: postgresDialect, projectionOf: () => projectionOf(type, "entity_Parcel") };
  const statements = new Statements(into, (sql) => sql);
  const { statement, cells } = statements.page(queryOf({ entityType: type, top: 20, ...query }));
  const bound = statement
    .replace('"entity_Parcel"', `${schema}."entity_Parcel"`)
    .replaceAll(/\$(\d+)/g, (_, place) => literal(cells[place - 1]));
  return (await asked(`EXPLAIN (COSTS OFF) ${bound}`)).map(([line]) => String(line).trim()).join("; ");
}

function literal(cell: string | number | null | undefined): string {
  return typeof cell === "string" ? `'${cell}'` : String(cell);
}

async function indexes(): Promise<readonly string[]> {
  const found = await asked(
    `SELECT pg_get_indexdef(indexrelid) FROM pg_index
     WHERE indrelid = '${schema}."entity_Parcel"'::regclass AND NOT indisprimary ORDER BY 1`,
  );
  return found.map(([text]) => String(text).replace(/^.*USING btree /, ""));
}

test("a page is read along the index on what is asked for, in the order of the key", async () => {
  await fill();
  const operand = { kind: "property", property: "Owner" } as const;
  const ofBob = { kind: "compare", operator: "eq", left: operand, right: { kind: "literal", value: "bob" } } as const;
  const found = await plan({ filter: ofBob });
  expect(found).toMatch(/Index Scan using "entity_Parcel_@tenant_Owner_Id_idx"/);
  expect(found).not.toMatch(/Sort/);
});

test("a page in the order of an indexed property is read along its index, either way", async () => {
  await fill();
  for (const direction of ["asc", "desc"] as const) {
    const found = await plan({
      orderBy: [
        { property: "Label", direction },
        { property: "Id", direction },
      ],
    });
    expect(found).toMatch(/Index Scan (Backward )?using "entity_Parcel_@tenant_Label_Id_idx"/);
    expect(found).not.toMatch(/Sort/);
  }
});

test("the indexes of an earlier release are made anew when it is opened, and the rows stay", async () => {
  const now = await indexes();
  expect(now).toEqual(['("@tenant", "Label" NULLS FIRST, "Id")', '("@tenant", "Owner" NULLS FIRST, "Id")']);
  for (const columns of indexed) {
    await asked(`DROP INDEX ${schema}."entity_Parcel_@tenant_${columns.join("_")}_Id_idx"`);
    await asked(`CREATE INDEX ON ${schema}."entity_Parcel" ("@tenant", "${columns.join('", "')}" NULLS FIRST)`);
  }
  await asked(`UPDATE ${schema}.projections SET shape = replace(shape, ',"indexesNameKey":true', '')`);
  await asked(`UPDATE ${schema}."entity_Parcel" SET "Note" = 'changed behind its back'`);
  const again = await openPostgresStore({ url, connectionsMax: 2 });
  await again.prepare([type, depot]);
  expect(await indexes()).toEqual(now);
  expect((await again.row({ tenant: "t", entityType: "Parcel", entityId: "1" }))?.values.Note).toBe(
    "changed behind its back",
  );
  expect(await store.append(commitOf({ entityId: "2" }))).toBe("committed");
  await again.close();
});
