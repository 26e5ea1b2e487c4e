/** `temperc diff`: two folders in words, and what the calls of a journal would come to under the later one. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CallContext, cedarAuthorizer, openLibsqlStore, Service, systemClock, uuidv7Ids } from "@temperc/runtime";
import Database from "libsql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { emit } from "../compiler/index.ts";
import { loadService, programOf, root, templates } from "./emission/load.ts";
import { command } from "./live/command.ts";
import { freshFolder } from "./live/temperc.ts";

const folder = freshFolder();
const file = "readers-writers.ioa.toml";
const original = readFileSync(join(root, "examples/readers-writers", file), "utf8");
const permits = '@id("everybody-reads")\npermit (principal, action == Action::"read", resource);\n';
const store = join(folder.path, "journal.db");

/** What the later spec says otherwise, one thing of each kind. */
const revised = original
  .replace('guard = "readers < 5"', 'guard = "readers < 2"')
  .replace('assert = "!(readers > 0 && writers > 0)"', 'assert = "!(readers > 0 && writers > 0) && readers <= 2"')
  .replace(/states = \[(.*)\]/, 'states = [$1, "Archived"]')
  .concat(
    '\n[[action]]\nname = "Archive"\nkind = "input"\nfrom = "Open"\nto = "Archived"\nguard = "readers == 0"\n',
    '\n[[action]]\nname = "Restore"\nkind = "input"\nfrom = "Archived"\nto = "Open"\n',
  );

function written(name: string, files: Readonly<Record<string, string>>): string {
  const path = join(folder.path, name);
  mkdirSync(path);
  for (const [each, text] of Object.entries(files)) writeFileSync(join(path, each), text);
  return path;
}

let [before, after, broken] = ["", "", ""];

beforeAll(async () => {
  before = written("before", { [file]: original, "all.cedar": permits });
  after = written("after", { [file]: revised, "all.cedar": permits.replaceAll("read", "list") });
  broken = written("broken", { [file]: "[automaton" });
  await recordThreeReaders();
});

afterAll(() => folder.remove());

/** A journal in which three people read one document, and one has ended. */
async function recordThreeReaders(): Promise<void> {
  const open = await openLibsqlStore({ path: store });
  const everything = "permit (principal, action, resource);";
  const program = programOf({ [file]: original, "all.cedar": everything });
  const world = { store: open, authorizer: cedarAuthorizer, clock: systemClock, ids: uuidv7Ids };
  const service = await Service.open(await loadService(emit(program, templates)), "r1", world);
  const principal = { type: "Customer", id: "c", tenant: "default", roles: [] };
  const context: CallContext = { principal, tenant: "default", correlationId: "c" };
  const document = { entityType: "Document", entityId: "d-1" };
  const acts = ["StartReading", "StartReading", "StartReading", "StopReading"];
  const changes = acts.map((action) => ({ kind: "action", action, params: {} }) as const);
  for (const change of [{ kind: "create", values: {} } as const, ...changes]) {
    const reply = await service.write(context, { ...document, change });
    if (reply.kind === "failed") throw new Error(reply.message);
  }
  await service.close();
  await open.close();
}

describe("temperc diff", () => {
  test("tells in words what is new, gone and otherwise: statuses, actions, guards, invariants, permissions", async () => {
    const { out, exitCode } = await command(["diff", before, after]);
    expect(exitCode).toBe(1);
    expect(out).toContain("the guard of StartReading was readers < 5\n      and is readers < 2");
    expect(out).toMatch(/~ the invariant NeverBoth was .*\n {6}and is .*readers <= 2/);
    expect(out).toContain("+ the status Archived is new");
    expect(out).toContain("+ the action Archive is new: input, ()");
    expect(out).toContain("+ the rule of Archive is new: from Open to Archived");
    expect(out).toContain("+ the guard of Archive is new: readers == 0");
    expect(out).toMatch(/- the permission everybody-reads is gone: .*Action::"read"/);
    expect(out).toMatch(/\+ the permission everybody-lists is new: .*Action::"list"/);
  });

  const initial = 'initial = "Open"\n';
  test.each([
    [
      "who may wait",
      '["Open", "Writing"]\n\n',
      '["Open"]\n\n',
      "the status Writing was not terminal, may wait for ever",
    ],
    [
      "strict parameters",
      initial,
      `${initial}strict_action_params = false\n`,
      "the automaton Document was there, without more\n      and is taking parameters",
    ],
    ["a hint", 'name = "StartReading"', '$&\nhint = "begins to read"', "the action StartReading was"],
    ["a mapping", /$/, '\n[migration.status]\nClosed = "Open"\n', "the migration Document is new"],
  ])("tells of %s too", async (name, from, to, told) => {
    const text = original.replace(from, to);
    expect(text).not.toBe(original);
    const { out, exitCode } = await command(["diff", before, written(name, { [file]: text, "all.cedar": permits })]);
    expect([exitCode, out]).toEqual([1, expect.stringContaining(told)]);
  });

  const [head, isOpen] = ["permit (principal, action, resource)", 'resource.status == "Open"'];
  const whileOpen = `${head} when { ${isOpen} };`;
  test.each([
    ["where a comment ends", `${head} // now\nwhen { ${isOpen} } ;`, `${head} // now when { ${isOpen} }\n;`],
    ["a space in a string", whileOpen, whileOpen.replace("Open", "Open ")],
    ["how many spaces are in a string", whileOpen.replace("Open", "O  pen"), whileOpen.replace("Open", "O pen")],
  ])("tells of a policy in which %s is all that differs", async (name, from, to) => {
    const [earlier, later] = [from, to].map((policy, index) =>
      written(`${name} ${index}`, { [file]: original, "all.cedar": policy }),
    );
    const { out, exitCode } = await command(["diff", earlier ?? "", later ?? ""]);
    expect([exitCode, out]).toEqual([
      1,
      expect.stringMatching(/- the permission .* is gone\n.*\+ the permission .* is new/),
    ]);
  });

  test("says the same of policies that differ in comments and in space between words, and no more than one line of a name", async () => {
    const spaced = whileOpen.replace("when", "\n  // whoever\n  when");
    const [earlier, later] = [whileOpen, spaced].map((policy, index) =>
      written(`spaced ${index}`, { [file]: original, "all.cedar": policy }),
    );
    expect((await command(["diff", earlier ?? "", later ?? ""])).out).toBe("both say the same\n");
    const named = original.replace('name = "NeverBoth"', 'name = "NeverBoth\\n  - the invariant"');
    const { out } = await command(["diff", earlier ?? "", written("named", { [file]: named, "all.cedar": whileOpen })]);
    expect(out).toContain("+ the invariant NeverBoth\\u{a}  - the invariant is new");
  });

  test.each([
    [
      "the container",
      "examples/ecommerce",
      "shop.csdl.xml",
      'Container Name="Container"',
      'Container Name="Shelf"',
      "and is with the container Shelf",
    ],
    [
      "an import",
      "examples/ecommerce",
      "shop.csdl.xml",
      'FunctionImport Name="Quote',
      'FunctionImport Name="Guess',
      "the function import GuessShipping is new: ",
    ],
    ["a stream", "golden/gallery/spec", "gallery.csdl.xml", '"4096"', '"96"', "the property Thumbnail was"],
  ])("tells of %s of a contract too", async (name, spec, contract, from, to, told) => {
    const later = join(folder.path, name);
    cpSync(join(root, spec), later, { recursive: true });
    const text = readFileSync(join(later, contract), "utf8");
    expect(text).toContain(from);
    writeFileSync(join(later, contract), text.replace(from, to));
    const { out, exitCode } = await command(["diff", join(root, spec), later]);
    expect([exitCode, out]).toEqual([1, expect.stringContaining(told)]);
  });

  test("tells of each of several constraints of one parameter, and of none where they are the same", async () => {
    const [few, more] = ["min = 1", "min = 2"].map((min, index) => {
      const limits = [min, "max = 9", "max = 8"].map((each) => `[[action.constraints]]\nparam = "n"\n${each}\n`);
      const action = `\n[[action]]\nname = "Page"\nkind = "input"\nparams = [{ name = "n", type = "int" }]\n${limits.join("")}`;
      return written(`constraints ${index}`, { [file]: original + action, "all.cedar": permits });
    });
    expect((await command(["diff", few ?? "", few ?? ""])).out).toBe("both say the same\n");
    expect((await command(["diff", few ?? "", more ?? ""])).out).toBe(
      'Document\n  ~ the constraint n of Page was {"param":"n","min":1}\n      and is {"param":"n","min":2}\n',
    );
  });

  test("says that nothing differs where nothing does, and what is wrong where one does not compile", async () => {
    const same = await command(["diff", before, before]);
    expect([same.exitCode, same.out]).toEqual([0, "both say the same\n"]);
    expect((await command(["diff", before, broken])).exitCode).toBe(2);
    const alone = await command(["diff", before, after, "--replay"]);
    expect([alone.exitCode, alone.err]).toEqual([2, expect.stringContaining("--replay and --store go together")]);
  });
});

describe("temperc diff --replay", () => {
  const replay = (later: string) => command(["diff", before, later, "--replay", "--store", store, "--json"]);

  test("lists each recorded call that would end otherwise, with what would become of it, and changes nothing", async () => {
    const { out, exitCode } = await replay(after);
    expect(exitCode).toBe(1);
    const { replay: found, differences } = JSON.parse(out);
    expect(found).toMatchObject({ asked: 4, notAsked: 0 });
    expect(found.otherwise).toMatchObject([
      { entityId: "d-1", sequence: 4, action: "StartReading", now: expect.stringContaining("readers < 2") },
    ]);
    expect(differences.length).toBeGreaterThan(5);
    const again = await command(["diff", before, after, "--replay", "--store", store]);
    expect(again.out).toMatch(
      /4 recorded calls asked again: 1 would end otherwise\n .* Document d-1 #4 StartReading: /,
    );
  });

  test("names an entity with an event that nobody can read, and asks none of its calls", async () => {
    const broken = join(folder.path, "unreadable.db");
    const whole = new Database(store);
    whole.exec(`VACUUM INTO '${broken}'`);
    whole.close();
    const database = new Database(broken);
    database.exec("UPDATE journal SET delta = '{' WHERE sequence = 3");
    database.close();
    const { out, err, exitCode } = await command(["diff", before, before, "--replay", "--store", broken]);
    expect([exitCode, err]).toEqual([1, ""]);
    expect(out).toContain("Document d-1: event 3 is not JSON; its calls were not asked");
    expect(out).toContain("0 recorded calls asked again");
  });

  test("says so where all end as they did", async () => {
    const { out, exitCode } = await replay(before);
    expect([exitCode, JSON.parse(out)]).toMatchObject([0, { same: true, replay: { asked: 4, otherwise: [] } }]);
  });
});
