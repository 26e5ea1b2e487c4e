/** What OData 4.01 demands of each conformance level, asked over HTTP; the table in docs/odata.md is made of these rows. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ServedTeam, serveTeam } from "../../../test/definitions/team.ts";

let team: ServedTeam;

beforeAll(async () => {
  team = await serveTeam();
});

afterAll(() => team.close());

interface Row {
  /** Level and number in the specification's part 1, section 12: `A40-9` is number 9 of 4.0 Advanced. */
  readonly id: string;
  readonly must: string;
  readonly method?: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  readonly url: string;
  readonly payload?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  readonly body?: object;
}

const bob = "People('bob')";
const only = (...ids: readonly string[]) => ({ value: ids.map((Id) => expect.objectContaining({ Id })) });

const served: readonly Row[] = [
  { id: "M40-1", must: "service document at the root", url: "", status: 200, body: { value: expect.any(Array) } },
  {
    id: "M40-5",
    must: "refuse an `Accept` that cannot be met",
    url: "People",
    headers: { accept: "text/html" },
    status: 406,
  },
  {
    id: "M40-5",
    must: "refuse an `OData-MaxVersion` that cannot be met",
    url: "People",
    headers: { "odata-maxversion": "3.0" },
    status: 400,
  },
  {
    id: "M40-19",
    must: "POST to entity sets",
    method: "POST",
    url: "People",
    payload: { Id: "eve", Name: "Eve", BossId: "cy" },
    status: 201,
    body: { Id: "eve" },
  },
  {
    id: "M40-23",
    must: "PATCH entities",
    method: "PATCH",
    url: "People('eve')",
    payload: { Name: "Eva" },
    status: 200,
    body: { Name: "Eva" },
  },
  {
    id: "M40-26",
    must: "`If-Match` on what was sent with an `ETag`",
    method: "PATCH",
    url: "People('eve')",
    payload: { Name: "E" },
    headers: { "if-match": 'W/"1"' },
    status: 412,
  },
  { id: "M40-24", must: "DELETE entities", method: "DELETE", url: "People('eve')", status: 204 },
  {
    id: "M41-6",
    must: "query options with and without `$`",
    url: "People?filter=Id eq 'bob'&$select=Id",
    status: 200,
    body: only("bob"),
  },
  {
    id: "M41-7",
    must: "names of options, operators and functions in any case",
    url: "People?$FILTER=ToLower(Name) EQ 'bob'",
    status: 200,
    body: only("bob"),
  },
  {
    id: "M41-9.2",
    must: "literals of enumerations with and without their type",
    url: "Tasks?$filter=Size eq 'Large' and Size eq Team.Size'Large'",
    status: 200,
    body: only("t4"),
  },
  {
    id: "I40-3",
    must: "`$select`",
    url: `${bob}?$select=Name&$format=application/json;metadata=none`,
    status: 200,
    body: { Name: "Bob" },
  },
  { id: "I40-5", must: "`$top`", url: "People?$top=1", status: 200, body: only("ada") },
  { id: "I40-6", must: "`/$value` of properties", url: `${bob}/Name/$value`, status: 200, body: { text: "Bob" } },
  {
    id: "I40-7.1",
    must: "`eq` and `ne` in `$filter`",
    url: "People?$filter=Id eq 'bob' and Name ne 'x'",
    status: 200,
    body: only("bob"),
  },
  {
    id: "I40-7.2",
    must: "parameter aliases",
    url: "People?$filter=Id eq @id&@id='bob'",
    status: 200,
    body: only("bob"),
  },
  {
    id: "I40-7.4",
    must: "501 for a function that is not there",
    url: "People?$filter=matchespattern(Name,'x')",
    status: 501,
  },
  {
    id: "I41-3",
    must: "navigation properties `eq` and `ne` null",
    url: "People?$filter=Boss eq null",
    status: 200,
    body: only("ada"),
  },
  { id: "I41-4", must: "`in`", url: "People?$filter=Id in ('bob','cy')", status: 200, body: only("bob", "cy") },
  { id: "A40-4", must: "`/$count`", url: "People/$count", status: 200, body: { text: "4" } },
  {
    id: "A40-5",
    must: "`any` and `all`",
    url: "People?$filter=Tasks/any(t:t/Done) and Tasks/all(t:t/Hours gt 1)",
    status: 200,
    body: only("bob"),
  },
  { id: "A40-6", must: "`$skip`", url: "People?$skip=3", status: 200, body: only("dee") },
  { id: "A40-7", must: "`$count`", url: "People?$count=true&$top=0", status: 200, body: { "@odata.count": 4 } },
  {
    id: "A40-8",
    must: "`$orderby`, up and down",
    url: "People?$orderby=BossId desc,Id asc&$top=2",
    status: 200,
    body: only("cy", "bob"),
  },
  { id: "A40-9", must: "`$expand`", url: `${bob}?$expand=Boss`, status: 200, body: { Boss: { Id: "ada" } } },
  {
    id: "A40-9.1",
    must: "`$expand` of references",
    url: `${bob}?$expand=Boss/$ref`,
    status: 200,
    body: { Boss: { "@odata.id": expect.any(String) } },
  },
  {
    id: "A40-9.2",
    must: "`$filter` within `$expand`",
    url: `${bob}?$expand=Tasks($filter=Done)`,
    status: 200,
    body: { Tasks: [{ Id: "t2" }] },
  },
  {
    id: "A40-9.3",
    must: "a cast within `$expand`",
    url: `${bob}?$expand=Boss/Team.Person`,
    status: 200,
    body: { Boss: { Id: "ada" } },
  },
  { id: "A40-10", must: "`$search`", url: "Tasks?$search=door", status: 200, body: only("t1") },
  {
    id: "A41-3",
    must: "the count of a filtered collection in an expression",
    url: "People?$filter=Tasks/$count($filter=Done) eq 1",
    status: 200,
    body: only("bob"),
  },
  {
    id: "A41-4",
    must: "`$compute`",
    url: "Tasks?$compute=Hours mul 2 as Twice&$filter=Twice eq 10",
    status: 200,
    body: { value: [{ Id: "t1", Twice: 10 }] },
  },
  {
    id: "M40-20",
    must: "POST to a navigation property",
    method: "POST",
    url: `${bob}/Reports`,
    payload: { Id: "fay", Name: "Fay" },
    status: 201,
    body: { BossId: "bob" },
  },
  {
    id: "M40-21",
    must: "POST of `$ref`",
    method: "POST",
    url: "People('ada')/Reports/$ref",
    payload: { "@odata.id": "People('fay')" },
    status: 204,
  },
  { id: "M40-25", must: "DELETE of `$ref`", method: "DELETE", url: "People('fay')/Boss/$ref", status: 204 },
  {
    id: "M40-29",
    must: "upsert, and PUT",
    method: "PUT",
    url: "People('gus')",
    payload: { Name: "Gus" },
    status: 201,
  },
  {
    id: "A40-11",
    must: "`$batch`, multipart and JSON",
    method: "POST",
    url: "$batch",
    payload: { requests: [{ id: "1", method: "get", url: bob }] },
    status: 200,
    body: { responses: [{ id: "1", status: 200, body: { Id: "bob" } }] },
  },
  {
    id: "A40-12",
    must: "paths that go on behind a navigation property",
    url: "Tasks('t1')/Owner/Name",
    status: 200,
    body: { value: "Bob" },
  },
];

const refused: readonly Row[] = [
  { id: "I41-5", must: "`$select` within `$select`, paths in it", url: "People?$select=Name/Length", status: 501 },
  { id: "A41-5", must: "options within `$select`", url: "Tasks?$select=Tags($top=1)", status: 501 },
];

test.each([...served, ...refused])("$id: $must: $url is $status", async (row) => {
  const { method = "GET", url, headers, payload, status, body } = row;
  const reply = await team.app.inject({
    method,
    url: `/tdata/${url}`,
    headers: { authorization: `Bearer ${team.keys.alice}`, ...headers },
    ...(payload && { payload }),
  });
  expect(reply.statusCode, reply.body).toBe(status);
  const isJson = String(reply.headers["content-type"]).includes("json");
  if (body !== undefined) expect(isJson ? reply.json() : { text: reply.body }).toMatchObject(body);
});

test("docs/odata.md has these rows", () => {
  const lines = (rows: readonly Row[], answer: (row: Row) => string) =>
    rows.map((row) => `| ${row.id} | ${row.must} | ${answer(row)} |`);
  const table = [...lines(served, () => "yes"), ...lines(refused, ({ status }) => `not yet: ${status}`)];
  const text = readFileSync(new URL("../../../docs/odata.md", import.meta.url), "utf8");
  const written = text.split("\n").filter((line) => /^\| [MIA]4/.test(line));
  expect(written.map((line) => line.replace(/ +/g, " "))).toEqual(table);
});
