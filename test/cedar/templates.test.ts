/** Linked templates: compiled and asked of Cedar they answer alike, whatever fills their slots. */
import { expect, test } from "vitest";
import { type Answer, cedarEngine, compiledEngine } from "../../cli/authorize/engines.ts";
import { requestOver, requestParts } from "../../cli/authorize/files.ts";
import { type Json, readJson } from "../../cli/authorize/json.ts";
import { linkedPolicies } from "../../cli/authorize/links.ts";
import { readPolicies } from "../../compiler/index.ts";

const text = `@id("same") permit(principal == ?principal, action, resource);
permit(principal in ?principal, action == Action::"view", resource in ?resource) when { resource.size < 9223372036854775807 };
forbid(principal is User in ?principal, action, resource == ?resource) unless { principal has name };
permit(principal, action, resource is Album in ?resource) when { principal.name like "a*" };`;

const entities = [
  { uid: { type: "User", id: "alice" }, attrs: { name: "alice" }, parents: [{ type: "Group", id: "staff" }] },
  { uid: { type: "User", id: "bob" }, attrs: {}, parents: [{ type: "Group", id: "staff" }] },
  { uid: { type: "Album", id: "trip" }, attrs: { size: 3 }, parents: [{ type: "Album", id: "all" }] },
  { uid: { type: "Album", id: "all" }, attrs: {}, parents: [] },
];
const who = ['User::"alice"', 'User::"bob"', 'Group::"staff"', 'Group::"nobody"'];
const what = ['Album::"trip"', 'Album::"all"', 'Album::"gone"'];

test("every link of every template decides as Cedar says", async () => {
  const read = readPolicies({ path: "templates.cedar", text });
  expect([read.diagnostics, read.policies, read.templates.map(({ id }) => id)]).toEqual([
    [],
    [],
    ["same", "policy1", "policy2", "policy3"],
  ]);
  const ends = new Map<string, number>();
  for (const principal of who)
    for (const resource of what) {
      const policies = linkedPolicies(json(linksOf(read.templates, principal, resource)), read);
      const engines = [await compiledEngine(policies), cedarEngine(policies)];
      for (const asked of questions()) {
        const [one = "", other = ""] = engines.map((engine) => shown(engine(asked)));
        expect(one).toBe(other);
        ends.set(one, (ends.get(one) ?? 0) + 1);
      }
    }
  expect(ends.size).toBeGreaterThan(8);
});

test("a link that fills too little, too much or an unknown template is refused", () => {
  const read = readPolicies({ path: "templates.cedar", text });
  const link = (template_id: string, args: object) => () =>
    linkedPolicies(json([{ template_id, link_id: "l", args }]), read);
  expect(link("none", {})).toThrow('link 0: there is no template "none"');
  expect(link("same", {})).toThrow("link 0: args are to fill ?principal and nothing else");
  expect(link("same", { "?principal": who[0], "?resource": what[0] })).toThrow("nothing else");
  expect(link("same", { "?principal": "alice" })).toThrow('?principal: "alice" is no entity');
});

function linksOf(templates: readonly { id: string; slots: readonly string[] }[], principal: string, resource: string) {
  return templates.map(({ id, slots }) => {
    const args = Object.fromEntries(slots.map((slot) => [slot, slot === "?principal" ? principal : resource]));
    return { template_id: id, link_id: `${id} linked`, args };
  });
}

function questions() {
  const known = json(entities);
  return ['User::"alice"', 'User::"bob"', 'User::"zoe"'].flatMap((principal) =>
    ["view", "edit"].flatMap((action) =>
      what.map((resource) => {
        const parts = requestParts(json({ principal, action: `Action::"${action}"`, resource, context: {} }));
        return { request: requestOver(parts, known, undefined), json: { ...parts, entities: known } };
      }),
    ),
  );
}

function shown({ decision, reasons, errors }: Answer): string {
  return JSON.stringify([decision, [...reasons].sort(), errors.map(({ policy }) => policy).sort()]);
}

function json(value: unknown): Json {
  const reading = readJson(JSON.stringify(value));
  if (reading.kind === "json") return reading.json;
  throw new Error(reading.problem);
}
