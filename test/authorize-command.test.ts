/** `temperc authorize` on files: both engines answer alike, exit codes tell the decision, and mistakes are located. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { command } from "./live/command.ts";
import { freshFolder } from "./live/temperc.ts";

const folder = freshFolder();
const at = (name: string): string => join(folder.path, name);

const files = {
  "policies.cedar": `@id("owners")
permit(principal, action == Action::"view", resource) when { resource.owner == principal };
forbid(principal, action, resource) when { resource.size > 9223372036854775806 };
forbid(principal, action, resource) when { context.address.isInRange(ip("10.0.0.0/8")) };`,
  "schema.cedarschema": `entity User;
entity Photo { owner: User, size: Long };
action view, edit appliesTo { principal: User, resource: Photo, context: { address?: ipaddr } };`,
  "entities.json": `[
  { "uid": { "type": "User", "id": "alice" }, "attrs": {}, "parents": [] },
  { "uid": { "type": "Photo", "id": "1" }, "attrs": { "owner": { "type": "User", "id": "alice" }, "size": 3 }, "parents": [] },
  { "uid": { "type": "Photo", "id": "huge" },
    "attrs": { "owner": { "type": "User", "id": "alice" }, "size": 9223372036854775807 }, "parents": [] }
]`,
  "view.json": `{ "principal": "User::\\"alice\\"", "action": "Action::\\"view\\"", "resource": "Photo::\\"1\\"", "context": { "address": "192.168.1.1" } }`,
  "huge.json": `{ "principal": { "type": "User", "id": "alice" }, "action": "Action::\\"view\\"", "resource": "Photo::\\"huge\\"", "context": {} }`,
  "stranger.json": `{ "principal": "Robot::\\"r2\\"", "action": "Action::\\"view\\"", "resource": "Photo::\\"1\\"", "context": {} }`,
  "broken.json": `{ "principal": "User::\\"alice\\"",\n  "action" }`,
  "broken.cedar": "permit(principal, action, resource) when { 1 + };",
};

beforeAll(() => {
  for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text);
});

afterAll(() => folder.remove());

async function authorize(request: string, ...more: readonly string[]) {
  const given = [
    "--policies",
    at("policies.cedar"),
    "--schema",
    at("schema.cedarschema"),
    "--entities",
    at("entities.json"),
  ];
  return command(["authorize", ...given, "--request", at(request), ...more]);
}

describe("one request", () => {
  test("that is allowed ends with 0, and names policies by @id and values by the schema", async () => {
    const { exitCode, out } = await authorize("view.json", "--json");
    expect([exitCode, JSON.parse(out)]).toEqual([
      0,
      { ok: true, decision: "allow", reasons: ["owners"], errors: [], engine: "compiled", leftToCedar: [] },
    ]);
  });

  test("that is denied ends with 1: numbers of 64 bits are whole, and a policy that fails is named", async () => {
    const { exitCode, out } = await authorize("huge.json");
    expect(exitCode).toBe(1);
    expect(out).toBe("deny (because of policy1)\n  policy2 failed: record does not have the attribute `address`\n");
  });
});

describe("a mistake", () => {
  test("in a policy is shown with line and column", async () => {
    const { exitCode, err } = await authorize("view.json", "--policies", at("broken.cedar"));
    expect(exitCode).toBe(2);
    expect(err).toContain("broken.cedar:1:48: error[parse/cedar-syntax]");
  });

  test("in the request is located, and what does not fit the schema is Cedar's to say", async () => {
    const broken = await authorize("broken.json");
    expect([broken.exitCode, broken.err]).toEqual([
      2,
      expect.stringContaining('broken.json:2:12: ":" was expected here'),
    ]);
    const stranger = await authorize("stranger.json");
    expect([stranger.exitCode, stranger.err]).toEqual([
      2,
      expect.stringMatching(/stranger\.json:1:1: .*principal type `Robot`/),
    ]);
  });

  test.each([
    [
      "has a value of another type",
      '{ "uid": { "type": "Photo", "id": "2" }, "attrs": { "owner": 7, "size": 3 }, "parents": [] }',
      "3:3: .*`7`",
    ],
    ["is none", '{ "uid": { "type": "User" }, "attrs": {}, "parents": [] }', '3:3: .*"type":"User"'],
  ])("in the entities is located where one %s", async (_name, entity, problem) => {
    const first = '{ "uid": { "type": "User", "id": "alice" }, "attrs": {}, "parents": [] }';
    writeFileSync(at("astray.json"), `[\n  ${first},\n  ${entity},\n  { "uid": 1 }\n]`);
    const { exitCode, err } = await authorize("view.json", "--entities", at("astray.json"));
    expect([exitCode, err]).toEqual([2, expect.stringMatching(new RegExp(`astray\\.json:${problem}`))]);
  });

  test.each([
    ["that is above itself", '{ "uid": U, "attrs": {}, "parents": [U] }', "cycle"],
    ["without attributes", '{ "uid": U, "parents": [] }', "missing field `attrs`"],
    ["without parents", '{ "uid": U, "attrs": {} }', "missing field `parents`"],
    [
      "that is there twice",
      '{ "uid": U, "attrs": {}, "parents": [] }, { "uid": U, "attrs": { "a": "" }, "parents": [] }',
      "duplicate",
    ],
  ])("in the entities, one %s, is one for both engines", async (_name, entities, problem) => {
    writeFileSync(at("odd.json"), `[${entities.replaceAll("U", '{ "type": "User", "id": "alice" }')}]`);
    const given = ["--policies", at("policies.cedar"), "--entities", at("odd.json"), "--request", at("view.json")];
    for (const engine of ["compiled", "cedar-wasm"]) {
      const { exitCode, err } = await command(["authorize", ...given, "--engine", engine]);
      expect([exitCode, err]).toEqual([2, expect.stringContaining(problem)]);
    }
  });
});
