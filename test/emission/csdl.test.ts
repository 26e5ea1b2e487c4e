/** A contract with more than entity types, from its CSDL to what clients get of it over HTTP. */

import type { Actions, Functions } from "@temperc/runtime";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { emit } from "../../compiler/index.ts";
import { type Served, serveDefinition } from "../definitions/served.ts";
import { kinds } from "../definitions/stores.ts";
import { behaviour, contract } from "./cargo.ts";
import { loadService, programOf, templates } from "./load.ts";

describe.each(kinds.filter(({ name }) => name !== "memory"))("on $name", ({ open }) => {
  let served: Served;
  let authorization: string;

  beforeAll(async () => {
    const files = {
      "crate.ioa.toml": behaviour,
      "cargo.csdl.xml": contract,
      "all.cedar": "permit (principal, action, resource);",
    };
    const actions: Actions = {
      Recount: ({ Ports, Days }, { principal }) => `${String(Ports)} ${Days} for ${principal.id}`,
    };
    const functions: Functions = { "Crate.Reach": ({ Days }, _context, entity) => `${entity?.Port} in ${Days}` };
    served = await serveDefinition(await loadService(emit(programOf(files), templates)), {
      functions,
      actions,
      store: await open(),
    });
    authorization = `Bearer ${await served.key({ type: "Customer", id: "alice" })}`;
  });

  afterAll(() => served.close());

  async function call(method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE", path: string, payload?: object) {
    const reply = await served.app.inject({
      method,
      url: `/tdata${path}`,
      headers: { authorization },
      ...(payload && { payload }),
    });
    return { status: reply.statusCode, text: reply.body };
  }

  async function json(path: string): Promise<Record<string, unknown>> {
    return JSON.parse((await call("GET", path)).text);
  }

  test("an entity has what its abstract base type has, with the facets of a type definition", async () => {
    const made = await call("POST", "/Crates", { Id: "1", Label: "a" });
    expect([made.status, JSON.parse(made.text)]).toMatchObject([
      201,
      { Id: "1", Port: "HAM", Label: "a", Status: "Open" },
    ]);
    expect((await call("POST", "/Crates", { Id: "2", Port: "HAMBURG", Label: "b" })).status).toBe(400);
    expect((await call("PATCH", "/Crates('1')", { Port: "BRE" })).status).toBe(200);
  });

  test("an alternate key over inherited properties addresses it", async () => {
    expect(await json("/Crates(Port='BRE',Label='a')")).toMatchObject({ Id: "1" });
    expect((await call("POST", "/Crates(Label='a',Port='BRE')/D.Shut", {})).status).toBe(404);
    expect((await call("POST", "/Crates(Label='a',Port='BRE')/C.Shut", {})).status).toBe(200);
    expect((await call("POST", "/Crates('1')/Cargo.Shut", {})).status).toBe(409);
  });

  test("a bound function gets its entity and its parameters", async () => {
    expect(await json("/Crates('1')/Cargo.Reach(Days=3)")).toMatchObject({ value: "BRE in 3" });
    expect(await json("/Crates(Port='BRE',Label='a')/Reach(Days=4)")).toMatchObject({ value: "BRE in 4" });
    expect((await call("GET", "/Crates('none')/Reach(Days=3)")).status).toBe(404);
    expect((await call("GET", "/Crates('1')/Reach")).status).toBe(400);
    expect((await call("POST", "/Crates('1')/Reach(Days=3)")).status).toBe(405);
  });

  test("an action that is bound to nothing is code of the app, with the parameters of the body", async () => {
    const counted = await call("POST", "/Recount", { Ports: ["HAM", "BRE"], Days: 2 });
    expect([counted.status, JSON.parse(counted.text)]).toEqual([
      200,
      { "@odata.context": expect.stringMatching(/\$metadata#Edm.Int32$/), value: "HAM,BRE 2 for alice" },
    ]);
    expect(JSON.parse((await call("POST", "/Recount", { Ports: [] })).text).value).toBe(" null for alice");
    const told = async (path: string, payload?: object, method: "POST" | "GET" = "POST") => {
      const { status, text } = await call(method, path, payload);
      return [status, text === "" ? "" : JSON.parse(text).error.message];
    };
    expect(await told("/Recount", {})).toEqual([400, "the parameter Ports is missing"]);
    expect(await told("/Recount", { Ports: [], Years: 1 })).toEqual([400, 'Recount has no parameter "Years"']);
    expect(await told("/Recount", { Ports: [1] })).toEqual([400, "Ports[0]: 1 is not a string"]);
    expect((await told("/Recount", undefined, "GET"))[0]).toBe(405);
    expect((await told("/Recount(Days=1)", {}))[0]).toBe(404);
    expect(await told("/Sweep")).toEqual([
      501,
      "the action Sweep is declared, but no code was given for it: mount the service with odataPlugin({ actions: { Sweep: … } })",
    ]);
    const batch = { requests: [{ id: "1", atomicityGroup: "g", method: "post", url: "Recount", body: { Ports: [] } }] };
    const { text } = await call("POST", "/$batch", batch);
    expect(JSON.parse(text).responses[0]).toMatchObject({ status: 501 });
  });

  describe("flags", () => {
    const note = (No: number, Marks: string | null) => call("POST", "/Notes", { No, Size: { Height: No }, Marks });

    afterAll(async () => {
      for (const No of [61, 62, 63, 64]) await call("DELETE", `/Notes(${No})`);
    });

    test("are combined, in the order of their members", async () => {
      const made = [
        await note(61, "Frail,Dry"),
        await note(62, "Up, Frail"),
        await note(63, "5"),
        await note(64, null),
      ];
      expect(made.map(({ text }) => JSON.parse(text).Marks)).toEqual(["Dry,Frail", "Glass", "Dry,Frail", null]);
      expect(JSON.parse((await call("PATCH", "/Notes(64)", { Marks: "None" })).text).Marks).toBe("None");
      const refused = await call("PATCH", "/Notes(64)", { Marks: "Dry,Wet" });
      expect([refused.status, JSON.parse(refused.text).error.message]).toEqual([
        400,
        'Marks: "Dry,Wet" is not made of members of Mark',
      ]);
      expect(await json("/Notes(62)/Marks")).toMatchObject({ value: "Glass" });
    });

    test.each([
      ["Marks has Cargo.Mark'Frail'", [61, 62, 63]],
      ["Marks has 'Dry,Frail'", [61, 63]],
      ["not (Marks has 'Dry')", [62, 64]],
      ["Marks eq 'Frail,Dry'", [61, 63]],
      ["Marks eq Cargo.Mark'6'", [62]],
      ["Marks in ('None','Glass')", [62, 64]],
    ])("are asked: %s", async (filter, found) => {
      const { value } = await json(`/Notes?$filter=${encodeURIComponent(`${filter} and No gt 60`)}&$select=No`);
      expect(value).toMatchObject(found.map((No) => ({ No })));
    });

    test.each([
      ["$filter=Marks gt 'Dry'", 501],
      ["$filter=Marks has 'Wet'", 400],
      ["$filter=cast(Marks,Edm.String) eq 'Dry'", 501],
      ["$orderby=Marks", 501],
    ])("have no order and no other members: %s", async (query, status) => {
      expect((await call("GET", `/Notes?${query.replaceAll(" ", "%20")}`)).status).toBe(status);
    });

    test("are grouped", async () => {
      const query = "$apply=filter(No gt 60)/groupby((Marks),aggregate($count as N))".replaceAll(" ", "%20");
      const { value } = await json(`/Notes?${query}`);
      expect(value).toHaveLength(3);
      expect(value).toContainEqual({ Marks: "Dry,Frail", N: 2 });
    });
  });

  test("items of a collection are of its type", async () => {
    const Guards = ["21EC2020-3AEA-1069-A2DD-08002B30309D"];
    const made = await call("POST", "/Notes", { No: 50, Size: { Height: 50 }, Guards, Days: ["2026-01-02"] });
    expect(JSON.parse(made.text)).toMatchObject({ Guards: [Guards[0]?.toLowerCase()], Days: ["2026-01-02"] });
    const asked =
      "Guards/any(g:g eq 21EC2020-3AEA-1069-A2DD-08002B30309D) and Days/all(d:d lt 2026-02-01) and No eq 50";
    expect(await json(`/Notes?$filter=${encodeURIComponent(asked)}&$select=No`)).toMatchObject({ value: [{ No: 50 }] });
    expect((await call("DELETE", "/Notes(50)")).status).toBe(204);
  });

  test("the service document lists what the CSDL lists", async () => {
    const { value } = await json("/");
    expect(value).toEqual([
      { name: "Crates", kind: "EntitySet", url: "Crates" },
      { name: "Count", kind: "FunctionImport", url: "Count" },
    ]);
    expect(await json("/Notes")).toMatchObject({ value: [] });
  });

  test("durations, times of day and octets have their defaults, and are of their types in openapi.json", async () => {
    const made = await call("POST", "/Notes", { No: 1, Size: { Height: 2 } });
    expect(JSON.parse(made.text)).toMatchObject({ No: 1, Takes: "P1DT0.5S", Starts: "07:30:00", Seal: "AQID" });
    const openapi = await served.app.inject({ url: "/openapi.json", headers: { authorization } });
    expect(openapi.json().components.schemas.Note.properties).toMatchObject({
      Takes: { type: "string", format: "duration", default: "P1DT0.5S" },
      Starts: { type: ["string", "null"], format: "time", default: "07:30:00" },
      Seal: { type: ["string", "null"], format: "base64url" },
    });
  });

  describe("values of complex types", () => {
    const home = { City: "Bonn", Width: 3, Spot: { Row: 7, Marks: ["a", "b"] } };

    test("are made, read, changed in part and taken away", async () => {
      const made = await call("POST", "/Notes", { No: 2, Size: { Height: 9 }, Home: home });
      expect(JSON.parse(made.text)).toMatchObject({ Size: { Height: 9 }, Home: { ...home, Street: null } });
      const moved = await call("PATCH", "/Notes(2)", { Home: { Street: "Main", Spot: { Row: 8 } } });
      expect(JSON.parse(moved.text)).toMatchObject({
        Home: { City: "Bonn", Width: 3, Street: "Main", Spot: { Row: 8, Marks: ["a", "b"] } },
      });
      expect(JSON.parse((await call("PATCH", "/Notes(2)", { Home: { Spot: null } })).text).Home.Spot).toBe(null);
      const replaced = await call("PUT", "/Notes(2)", { Takes: "PT1S", Size: { Height: 1 }, Home: { City: "Ulm" } });
      expect(JSON.parse(replaced.text)).toMatchObject({ Home: { City: "Ulm", Street: null, Width: null, Spot: null } });
      expect(JSON.parse((await call("PATCH", "/Notes(2)", { Home: null })).text).Home).toBe(null);
      expect(await json("/Notes(1)")).toMatchObject({ Size: { Height: 2 }, Home: null });
    });

    test("have paths of their own", async () => {
      expect((await call("PUT", "/Notes(2)/Home", { City: "Jena", Spot: { Row: 1 } })).status).toBe(204);
      expect(await json("/Notes(2)/Home")).toEqual({
        "@odata.context": expect.stringMatching(/#Notes\(2\)\/Home$/),
        Width: null,
        City: "Jena",
        Street: null,
        Spot: { Row: 1, Marks: [] },
      });
      expect(await json("/Notes(2)/Home/Spot/Row")).toMatchObject({ value: 1 });
      expect((await call("GET", "/Notes(2)/Home/City/$value")).text).toBe("Jena");
      expect((await call("GET", "/Notes(1)/Home")).status).toBe(204);
      expect((await call("GET", "/Notes(2)/Home/$value")).status).toBe(404);
      expect((await call("GET", "/Notes(2)/Home%2FCity")).status).toBe(404);
      expect((await call("PUT", "/Notes(2)/Home/Street", { value: "Low" })).status).toBe(204);
      expect((await call("DELETE", "/Notes(2)/Home/City")).status).toBe(400);
      expect((await call("DELETE", "/Notes(2)/Home/Spot")).status).toBe(204);
      expect((await call("PATCH", "/Notes(2)/Home", { Width: 5 })).status).toBe(204);
      expect(await json("/Notes(2)/Home")).toMatchObject({ City: "Jena", Street: "Low", Spot: null, Width: 5 });
    });

    test.each([
      ["Home/City eq 'Jena'", [2]],
      ["Home/Spot/Row eq 5", [3]],
      ["Home/Spot/Marks/any(m:m eq 'x')", [3]],
      ["Home eq null", [1]],
      ["Home ne null and Home/Spot eq null", [2]],
      ["contains(Home/City,'e') or Size/Height eq 2", [1, 2]],
    ])("are filtered: %s", async (filter, found) => {
      await call("POST", "/Notes", {
        No: 3,
        Size: { Height: 4 },
        Home: { City: "Köln", Spot: { Row: 5, Marks: ["x"] } },
      });
      const { value } = await json(`/Notes?$filter=${encodeURIComponent(filter)}&$select=No`);
      expect(value).toMatchObject(found.map((No) => ({ No })));
    });

    test("are selected, sorted and grouped by their paths", async () => {
      expect(await json("/Notes?$select=Home/City,Size&$orderby=Home/City desc&$top=2")).toEqual({
        "@odata.context": expect.stringContaining("#Notes("),
        value: [
          { "@odata.etag": expect.anything(), Size: { Height: 4 }, Home: { City: "Köln" } },
          { "@odata.etag": expect.anything(), Size: { Height: 1 }, Home: { City: "Jena" } },
        ],
      });
      expect(await json("/Notes?$select=Home&$filter=No eq 3")).toMatchObject({
        value: [{ Home: { City: "Köln", Spot: { Row: 5 } } }],
      });
      expect(await json("/Notes?$apply=groupby((Home/City),aggregate($count as N))&$orderby=Home/City")).toMatchObject({
        value: [
          { Home: { City: null }, N: 1 },
          { Home: { City: "Jena" }, N: 1 },
          { Home: { City: "Köln" }, N: 1 },
        ],
      });
      expect(await json("/Notes?$search=jena&$select=No")).toMatchObject({ value: [{ No: 2 }] });
    });

    test("are selected by options within options", async () => {
      const shown = async (select: string) => {
        const {
          "@odata.context": _context,
          "@odata.etag": _etag,
          ...entity
        } = await json(`/Notes(3)?$select=${select}`);
        return entity;
      };
      expect(await shown("Home($select=City,Spot($select=Row))")).toEqual({ Home: { City: "Köln", Spot: { Row: 5 } } });
      expect(await shown("Home/Spot/Marks($top=1;$count=true)")).toEqual({
        Home: { Spot: { "Marks@odata.count": 1, Marks: ["x"] } },
      });
      expect(await shown("Home($select=Spot($select=*))")).toEqual({ Home: { Spot: { Row: 5, Marks: ["x"] } } });
      expect((await call("GET", "/Notes(3)?$select=Home($select=Town)")).status).toBe(400);
      expect((await call("GET", "/Notes(3)?$select=Home($top=1)")).status).toBe(400);
    });

    test.each([
      [{ Size: null }, "Size must not be null"],
      [{ Size: 3 }, "Size is of the complex type Size: an object or null"],
      [{ Size: { Height: null } }, "Size/Height must not be null"],
      [{ Size: { Height: "x" } }, 'Size/Height: "x" is not a number'],
      [{ Home: { City: null } }, "Home/City is required"],
      [{ Home: { Town: "x" } }, 'Place has no property "Town"'],
      [{ "Home/City": "x" }, 'Note has no property "Home/City"'],
      [{ Home: { Spot: {} } }, "Home/Spot/Row is required"],
    ])("%o is refused: %s", async (body, message) => {
      const { status, text } = await call("PATCH", "/Notes(2)", body);
      expect([status, JSON.parse(text).error.message]).toEqual([400, message]);
    });

    test.each([
      ["Home", "Home is not a condition: compare it with something"],
      ["Home/Town eq 'x'", "Place has no such property"],
      ["Home eq 'x'", "this does not compare with Home as a whole"],
    ])("$filter=%s is refused: %s", async (filter, message) => {
      const { status, text } = await call("GET", `/Notes?$filter=${encodeURIComponent(filter)}`);
      expect(status).toBe(400);
      expect(text).toContain(message);
    });

    test("must be given where they must be there, and are objects in openapi.json", async () => {
      const refused = await call("POST", "/Notes", { No: 9 });
      expect([refused.status, refused.text]).toEqual([400, expect.stringContaining("Size is required")]);
      const openapi = await served.app.inject({ url: "/openapi.json", headers: { authorization } });
      const { Home, Size } = openapi.json().components.schemas.Note.properties;
      expect(Size).toMatchObject({ type: "object", properties: { Height: { type: "integer" } } });
      expect(Home).toMatchObject({
        type: ["object", "null"],
        properties: { City: {}, Spot: { properties: { Row: {} } } },
      });
    });
  });

  test("$metadata keeps all that the author wrote, in both forms, with what the automaton adds", async () => {
    const { Cargo: cargo } = await json("/$metadata?$format=json");
    expect(cargo).toMatchObject({
      $Alias: "C",
      PortCode: { $Kind: "TypeDefinition", $UnderlyingType: "Edm.String", $MaxLength: 3 },
      Colour: { $Kind: "Term", $Nullable: true },
      Extent: { $Kind: "ComplexType", Width: { $Type: "Edm.Int32", $Nullable: true } },
      Thing: { $Abstract: true, $Key: ["Id"], Port: { $Type: "C.PortCode", $Nullable: true, $DefaultValue: "HAM" } },
      Crate: {
        $BaseType: "C.Thing",
        Label: { "@Core.Description": "on the side", "@Core.Description@Core.IsLanguageDependent": true },
        Status: {},
        "@C.Colour": { $If: [{ $Eq: [{ $Path: "Port" }, "HAM"] }, "red", null] },
        "@Core.AlternateKeys": [
          {
            "@type": "https://example.org/Core.xml#Core.AlternateKey",
            Key: [
              { Name: "Port", Alias: "Port" },
              { Name: "Label", Alias: "Label" },
            ],
          },
        ],
      },
    });
    const { text } = await call("GET", "/$metadata");
    const wrote = contract.match(/<Annotation [^>]*?(?=\/?>)/g) ?? [];
    for (const annotation of wrote) expect(text).toContain(annotation);
    expect(wrote.length).toBe(3);
  });
});
