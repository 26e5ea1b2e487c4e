/** Keys of several properties and entities that others contain, from the CSDL to what clients meet. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { emit } from "../compiler/index.ts";
import { type Served, serveDefinition } from "./definitions/served.ts";
import { goldenProgram, loadService, templates } from "./emission/load.ts";

const definition = await loadService(emit(goldenProgram("agency"), templates));

let served: Served;
let agent = "";

beforeEach(async () => {
  served = await serveDefinition(definition);
  agent = await served.key({ type: "Agent", id: "ann" });
  await done("POST", "Projects", { Id: "site", Name: "The site" });
  await done("POST", "Projects('site')/Tasks", {
    Number: 1,
    Title: "Draw it",
    Discipline: "Design",
    Since: "2030-01-01",
  });
});

afterEach(() => served.close());

async function ask(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: object, key = agent) {
  const { statusCode, body: text } = await served.app.inject({
    method,
    url: `/tdata/${path}`,
    headers: { authorization: `Bearer ${key}` },
    ...(body && { payload: body }),
  });
  return { status: statusCode, body: text === "" ? undefined : JSON.parse(text) };
}

async function done(method: "POST" | "PUT" | "DELETE", path: string, body: object = {}) {
  const reply = await ask(method, path, body);
  expect(reply.status, JSON.stringify(reply.body)).toBeLessThan(300);
  return reply.body;
}

test("an entity with a key of two properties is made and found by both, and reached by both", async () => {
  await done("POST", "Rates", { Discipline: "Design", Since: "2030-01-01", PerHour: 80 });
  const rate = await ask("GET", "Rates(Discipline='Design',Since=2030-01-01)");
  expect(rate).toMatchObject({ status: 200, body: { PerHour: 80 } });
  expect(Object.keys(rate.body)).toEqual(["@odata.context", "@odata.etag", "Discipline", "Since", "PerHour"]);
  expect(await ask("GET", "Projects('site')/Tasks(1)/Rate")).toMatchObject({ status: 200, body: { PerHour: 80 } });
  const qualified = await ask("GET", "Rates(Since=2030-01-01,Discipline=Agency.Discipline'Design')");
  expect(qualified).toEqual(rate);
  expect((await ask("GET", "Rates/Design/2030-01-01")).body).toEqual(rate.body);
  expect((await ask("POST", "Rates", { Discipline: "Code", PerHour: 80 })).status).toBe(400);
  expect((await ask("GET", "Rates(Discipline='Code',Since=2030-01-01)")).status).toBe(404);
});

test("what an entity contains has its automaton and its policies there, and is in no set", async () => {
  const task = "Projects('site')/Tasks(1)";
  expect((await ask("POST", `${task}/Finish`, {})).body.error.code).toBe("ActionNotAllowed");
  for (const action of ["Start", "Book", "Finish"]) await done("POST", `${task}/${action}`);
  expect((await ask("GET", task)).body).toMatchObject({ Status: "Done", hours: 1 });
  await done("POST", "Projects", { Id: "yard", Name: "The yard" });
  await done("POST", "Projects('yard')/Tasks", { Number: 1, Title: "Dig it", Discipline: "Code" });
  const context = "http://localhost:80/tdata/$metadata#Projects('yard')/Tasks/$entity";
  expect((await ask("GET", "Projects('yard')/Tasks(1)")).body["@odata.context"]).toBe(context);
  expect((await ask("GET", "Tasks")).status).toBe(404);
  const customer = await served.key({ type: "Customer", id: "cleo" });
  expect((await ask("GET", task, undefined, customer)).status).toBe(200);
  expect((await ask("POST", `${task}/Start`, {}, customer)).status).toBe(403);
});

test("what nothing contains cannot be, and what is contained goes with what was around it", async () => {
  expect((await ask("POST", "Projects('none')/Tasks", { Number: 1, Title: "x", Discipline: "Code" })).status).toBe(404);
  await done("PUT", "Projects('site')/Brief", { Text: "Make it quick." });
  expect((await ask("GET", "Projects('site')?$expand=Brief,Tasks($select=Title)")).body).toMatchObject({
    Brief: { Text: "Make it quick." },
    Tasks: [{ Title: "Draw it" }],
  });
  await done("DELETE", "Projects('site')");
  await done("POST", "Projects", { Id: "site", Name: "Once more" });
  expect((await ask("GET", "Projects('site')/Tasks")).body.value).toEqual([]);
  expect((await ask("GET", "Projects('site')/Brief")).status).toBe(204);
});
