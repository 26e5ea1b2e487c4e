/** Answers with all control information: what else clients work out from `$metadata` (OData JSON format 4.01, section 3.1.2). */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ServedTeam, serveTeam } from "../../../test/definitions/team.ts";

let team: ServedTeam;

beforeAll(async () => {
  team = await serveTeam();
});

afterAll(() => team.close());

const root = "http://localhost:80/tdata/";

async function full(url: string) {
  const accept = "application/json;odata.metadata=full";
  const headers = { authorization: `Bearer ${team.keys.alice}`, accept };
  const reply = await team.app.inject({ url: `/tdata/${url}`, headers });
  expect([reply.statusCode, reply.headers["content-type"]], reply.body).toEqual([200, `${accept};charset=utf-8`]);
  return reply.json();
}

test("an entity tells its type, its id, and the types that JSON does not tell", async () => {
  const task = await full("Tasks('t1')");
  expect(task).toMatchObject({
    "@odata.context": `${root}$metadata#Tasks/$entity`,
    "@odata.type": "#Team.Task",
    "@odata.id": `${root}Tasks('t1')`,
    "@odata.editLink": `${root}Tasks('t1')`,
    "Hours@odata.type": "#Int32",
    "Cost@odata.type": "#Decimal",
    "Takes@odata.type": "#Duration",
    "Tags@odata.type": "#Collection(String)",
    "Size@odata.type": "#Team.Size",
    "Owner@odata.navigationLink": `${root}Tasks('t1')/Owner`,
    "Owner@odata.associationLink": `${root}Tasks('t1')/Owner/$ref`,
  });
  for (const name of ["Title", "Done"]) expect(task).not.toHaveProperty(`${name}@odata.type`);
});

test("the operations are those that are possible now, and no more is said of what is not selected", async () => {
  const { value } = await full("Doors");
  const at = value[0]["@odata.id"];
  expect(value[0]["#Team.Open"]).toEqual({ title: "Open", target: `${at}/Team.Open` });
  const [selected] = (await full("Doors?$select=Id,Open")).value;
  expect(Object.keys(selected).filter((name) => !name.startsWith("@"))).toEqual(["Id", "#Team.Open"]);
});

test("values of complex types, entities within, single properties and groups say what they are", async () => {
  expect((await full("People?$filter=Home ne null&$top=1&$select=Home")).value[0].Home).toMatchObject({
    "@odata.type": "#Team.Address",
    "Zip@odata.type": "#Int32",
  });
  expect(await full("People('bob')")).not.toHaveProperty("Friends@odata.navigationLink");
  const { Tasks } = await full("People('bob')?$expand=Tasks($select=Id)");
  expect(Tasks[0]).toMatchObject({ "@odata.type": "#Team.Task", "@odata.id": `${root}Tasks('${Tasks[0].Id}')` });
  expect(await full("Tasks('t1')/Hours")).toMatchObject({ "@odata.type": "#Int32", value: expect.any(Number) });
  expect((await full("Tasks?$apply=groupby((Size))")).value[0]).toMatchObject({ "@odata.id": null });
});
