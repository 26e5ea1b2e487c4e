/** What OData 4.01 demands of each conformance level, asked over HTTP of a service on each database; the table in docs/odata.md is made of these rows. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kinds } from "../../../test/definitions/stores.ts";
import { type ServedTeam, serveTeam } from "../../../test/definitions/team.ts";
import type { Row } from "../../../test/odata/conformance/row.ts";
import { elsewhere, levels, notApplicable, rows } from "../../../test/odata/conformance/rows.ts";

const stores = kinds.filter(({ name }) => name !== "memory");

describe.each(stores)("on $name", ({ open }) => {
  let team: ServedTeam;

  beforeAll(async () => {
    team = await serveTeam({ store: await open() });
  });

  afterAll(() => team.close());

  test.each(rows)("$id: $demand: $url is $status", async (row) => {
    const { method = "GET", url, headers, payload, status, body, replyHeaders } = row;
    const reply = await team.app.inject({
      method,
      url: `/tdata/${url}`,
      headers: { authorization: `Bearer ${team.keys.alice}`, ...headers },
      ...(payload && { payload }),
    });
    expect(reply.statusCode, reply.body).toBe(status);
    const isJson = String(reply.headers["content-type"]).includes("json");
    if (body !== undefined) expect(isJson ? reply.json() : { text: reply.body }).toMatchObject(body);
    if (replyHeaders !== undefined) expect(reply.headers).toMatchObject(replyHeaders);
  });
});

const checklist = new URL("../../../../shared/conformance/odata-conformance-checklist.md", import.meta.url);

test.skipIf(!existsSync(checklist))("every number that is demanded has a row, or a reason why it asks nothing", () => {
  const shown = [...rows, ...elsewhere].map(({ id }) => id);
  const named = new Set([...shown, ...Object.keys(notApplicable), ...levels]);
  const isNamed = (id: string): boolean => named.has(id) || [...named].some((each) => each.startsWith(`${id}.`));
  expect(demanded(readFileSync(checklist, "utf8")).filter((id) => !isNamed(id))).toEqual([]);
});

test.each(elsewhere)("$id: $demand: $shown", ({ shown: [file, name] }) => {
  expect(readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8")).toContain(name);
});

/** The numbers of the checklist. */
function demanded(text: string): readonly string[] {
  const ids: string[] = [];
  for (const [, , level = "", body = ""] of text.matchAll(
    /^## .*\((([MIA]4[01])-n)\)\n([\s\S]*?)(?=^## |(?![\s\S]))/gm,
  )) {
    for (const [, number = ""] of body.matchAll(/(?<![\w.])(\d+(?:\.\d+)?) (?:MUST|SHOULD|MAY)/g))
      ids.push(`${level}-${number}`);
  }
  return ids;
}

const doc = new URL("../../../docs/odata.md", import.meta.url);

test("docs/odata.md has these rows", () => {
  const text = readFileSync(doc, "utf8");
  const start = text.search(/^\| number /m);
  const [written = ""] = /^(?:\|.*\n)+(?:\n(?:- .*\n)+)?/.exec(text.slice(start)) ?? [];
  const made =
    text.slice(0, start) + table([...rows, ...elsewhere]) + reasons(rows) + text.slice(start + written.length);
  if (process.env.TEMPERC_GOLDEN === "update") writeFileSync(doc, made);
  else expect(text, "npm run golden -- docs/odata writes the table anew").toBe(made);
});

type Tabled = Pick<Row, "id" | "demand" | "strength"> & Partial<Pick<Row, "status" | "unmet">>;

/** The rows as Markdown, one line for each demand. */
function table(all: readonly Tabled[]): string {
  const lines = all.map(({ id, demand, strength = "must", status, unmet }) => [
    id,
    demand,
    strength,
    unmet === undefined ? "yes" : `no: ${status}`,
  ]);
  const cells = [["number", "demand", "strength", "served"], ...lines];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((line) => (line[column] ?? "").length)));
  const line = (texts: readonly string[]) =>
    `| ${texts.map((text, at) => text.padEnd(widths[at] ?? 0)).join(" | ")} |\n`;
  const [first = [], ...rest] = cells;
  return [line(first), line(widths.map((width) => "-".repeat(width))), ...new Set(rest.map(line))].join("");
}

/** Why demands are not met, a line for each. */
function reasons(all: readonly Row[]): string {
  const lines = all.flatMap(({ id, demand, unmet }) =>
    unmet === undefined ? [] : [`- ${id}, ${demand}: ${unmet}.\n`],
  );
  return ["\n", ...lines].join("");
}
