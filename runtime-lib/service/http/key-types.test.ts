/** Entities whose keys are no texts, on each store: addressed in each spelling, sorted, paged, referred to, and contained in. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parcelService, property } from "../../../test/definitions/parcel.ts";
import { type Served, serveDefinition } from "../../../test/definitions/served.ts";
import { kinds } from "../../../test/definitions/stores.ts";
import type { EntityTypeDescriptor } from "../../kernel/index.ts";

type Type = Parameters<typeof property>[1];

interface Sample {
  readonly type: Type;
  readonly more?: Parameters<typeof property>[2];
  /** As JSON has it, and in URLs; the second of each comes before the first. */
  readonly json: unknown;
  readonly url: string;
  readonly other: unknown;
}

const kind = { enumName: "Kind", members: ["Alpha", "Beta"] };
const samples: readonly Sample[] = [
  { type: "Edm.Date", json: "2030-03-01", url: "2030-03-01", other: "2030-01-01" },
  {
    type: "Edm.DateTimeOffset",
    json: "2030-03-01T10:00:00+02:00",
    url: "2030-03-01T08:00Z",
    other: "2030-01-01T00:00:00Z",
  },
  { type: "Edm.TimeOfDay", json: "12:30:00", url: "12:30", other: "09:00:00" },
  { type: "Edm.Decimal", more: { precision: 8, scale: 2 }, json: 1.5, url: "1.50", other: -2 },
  { type: "Edm.Boolean", json: true, url: "true", other: false },
  { type: "enum", more: kind, json: "Beta", url: "'Beta'", other: "Alpha" },
  { type: "enum", more: kind, json: "Beta", url: "Parcels.Kind'Beta'", other: "Alpha" },
];

function definitionOf({ type, more }: Sample) {
  const key = property("Id", type, { role: "key", ...more });
  const pairs = [{ property: "UpId", referencedProperty: "Id" }];
  const thing = {
    name: "Thing",
    key: "Id",
    properties: [key, property("UpId", type, { nullable: true, ...more })],
    navigations: [
      { name: "Up", target: "Thing", collection: false, partner: "Below", constraints: pairs },
      { name: "Below", target: "Thing", collection: true, partner: "Up", constraints: [] },
    ],
  };
  return openToAll(thing);
}

function openToAll(thing: EntityTypeDescriptor) {
  const base = parcelService([thing]);
  const policies = [{ id: "all", text: "permit(principal, action, resource);" }];
  return { ...base, authorization: { ...base.authorization, policies, resources: { Thing: () => ({}) } } };
}

describe.each(kinds)("on $name", ({ open }) => {
  describe.each(samples)("a key of the type $type, $url", (sample) => {
    let served: Served;
    let authorization = "";

    beforeAll(async () => {
      served = await serveDefinition(definitionOf(sample), { store: await open() });
      authorization = `Bearer ${await served.key({ type: "Customer", id: "alice" })}`;
    });

    afterAll(() => served.close());

    async function ask(method: "GET" | "POST", url: string, payload?: object) {
      const reply = await served.app.inject({ method, url, headers: { authorization }, ...(payload && { payload }) });
      return { status: reply.statusCode, location: String(reply.headers.location), body: reply.json() };
    }

    test("names the entity in each of its spellings, and leads on", async () => {
      const { json, url, other } = sample;
      const made = await ask("POST", "/tdata/Things", { Id: json });
      expect(made.status, JSON.stringify(made.body)).toBe(201);
      expect((await ask("GET", new URL(made.location).pathname)).body.Id).toBe(made.body.Id);
      for (const predicate of [`(${url})`, `(Id=${url})`])
        expect((await ask("GET", `/tdata/Things${predicate}`)).body.Id).toBe(made.body.Id);
      expect((await ask("POST", "/tdata/Things", { Id: json })).status).toBe(409);
      const below = await ask("POST", `/tdata/Things(${url})/Below`, { Id: other });
      expect(below.body).toMatchObject({ Id: other, UpId: made.body.Id });
      const sorted = await ask("GET", `/tdata/Things?$orderby=Id&$expand=Up&$filter=Id in (${url}) or Up ne null`);
      expect(sorted.body.value).toMatchObject([{ Id: other, Up: { Id: made.body.Id } }, { Id: made.body.Id }]);
    });
  });
});

test.each([[["toString"]], [["valueOf", "hasOwnProperty"]]])(
  "keys called %j are not there where nobody gives them",
  async (parts) => {
    const [key = ""] = parts;
    const texts = parts.map((name) => property(name, "Edm.String", { role: parts.length === 1 ? "key" : "part" }));
    const hidden = property("$id", "Edm.String", { role: "key", isHidden: true });
    const of = parts.length === 1 ? { key } : { key: "$id", identity: { parts } };
    const properties = [
      ...(parts.length === 1 ? [] : [hidden]),
      ...texts,
      property("Note", "Edm.String", { nullable: true }),
    ];
    const served = await serveDefinition(openToAll({ name: "Thing", properties, navigations: [], ...of }));
    const headers = { authorization: `Bearer ${await served.key({ type: "Customer", id: "alice" })}` };
    const ask = async (method: "POST" | "PATCH" | "PUT", url: string, payload: object) => {
      return (await served.app.inject({ method, url: `/tdata/Things${url}`, headers, payload })).statusCode;
    };
    const place = parts.length === 1 ? "('a')" : `(${parts.map((name) => `${name}='a'`).join(",")})`;
    expect(await ask("POST", "", { Note: "x" })).toBe(400);
    expect(await ask("POST", "", Object.fromEntries(parts.map((name) => [name, "a"])))).toBe(201);
    expect([await ask("PATCH", place, { Note: "y" }), await ask("PUT", place, { Note: "z" })]).toEqual([200, 200]);
    await served.close();
  },
);
