/** Emitted code as code: the same bytes each time, type-checked strictly, formatted, and bundled into what runs. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { bundleForKernel, bundleService, type Emitted, emit, finish, packageFiles } from "../../compiler/index.ts";
import { alias, exampleProgram, goldenProgram, programOf, root, templates } from "./load.ts";
import { payloads, retold } from "./poison.ts";

const folder = mkdtempSync(join(tmpdir(), "temperc-emitted-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Guards that a type checker could call pointless, and every kind of variable, field and key. */
const awkward = programOf({
  "awkward.ioa.toml": `
[automaton]
name = "Service"
states = ["On", "Off", "In between"]
initial = "On"
allow_indefinite_states = ["On", "Off", "In between"]
[[state]]
name = "class"
type = "string"
[[state]]
name = "params"
type = "counter"
[[state]]
name = "before"
type = "bool"
[[state]]
name = "peer"
type = "ref"
[[state]]
name = "log"
type = "list"
[[action]]
name = "then"
kind = "input"
from = "On"
guard = "status == 'Off' || params == 1 && params == 2 || before == true && before == false"
effect = ["append(log, params.delete)", "params += params.n", "peer = class"]
params = [{ name = "n", type = "counter" }, { name = "delete", type = "string" }]
[[action]]
name = "patch"
kind = "input"
from = ["On", "Off"]
to = "Off"
guard = "params == 1 && params != 2 && status in ['On', 'Off'] && empty(peer)"
[[action]]
name = "patch"
kind = "input"
to = "In between"
params = [{ name = "class", type = "string", required = false }]
[[action]]
name = "never"
from = "On"
guard = "false"
[[action]]
name = "ask"
kind = "input"
from = "On"
guard = "Service[peer].status in ['On', 'Off'] && (params == 0 || Service[log].status != null)"
effect = ["schedule('never', 5)", "emit('Asked, for once')"]
[[action]]
name = "breed"
kind = "input"
effect = ["spawn('Service', 'ask', peer)", "spawn('Service', 'patch', log, null, 'class', 'What', 'At', 'Weight', 'Words')", "schedule_at('never', class)", "schedule_at('never', params.when)"]
params = [{ name = "when", type = "string", required = false }]
[[field_invariant]]
name = "Short"
assert = "len(log) < 10 && status in ['On', 'Off', 'In between'] && (params > 3 => !before)"
[[field_invariant]]
name = "Light"
assert = "Weight <= 3 && What == 'Kept' => len(Words) > 0 && 'x' in Words"
[[invariant]]
name = "Odd"
assert = "status == 'On' => status != 'Off' && params in [1, 2, 3] || !(before && params == 1)"
`,
  "promise.ioa.toml": `
[automaton]
name = "Promise"
states = ["Made"]
initial = "Made"
allow_indefinite_states = ["Made"]
[[action]]
name = "Repeat"
kind = "input"
to = "Made"
`,
  "awkward.csdl.xml": `<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.01"><edmx:DataServices>
<Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="Odd">
<EnumType Name="Keeping"><Member Name="Kept"/><Member Name="Broken"/></EnumType>
<EntityType Name="Service"><Key><PropertyRef Name="No"/></Key><Property Name="No" Type="Edm.Int64" Nullable="false"/>
<Property Name="What" Type="Odd.Keeping"/><Property Name="Words" Type="Collection(Edm.String)" Nullable="false"/>
<Property Name="At" Type="Edm.DateTimeOffset" Nullable="false"/><Property Name="Weight" Type="Edm.Double"/></EntityType>
<EntityType Name="Promise"><Key><PropertyRef Name="Id"/></Key><Property Name="Id" Type="Edm.Guid" Nullable="false"/></EntityType>
<Action Name="then" IsBound="true"><Parameter Name="it" Type="Odd.Service"/><Parameter Name="n" Type="Edm.Int64" Nullable="false"/><Parameter Name="delete" Type="Edm.String" Nullable="false"/></Action>
<Action Name="patch" IsBound="true"><Parameter Name="it" Type="Odd.Service"/><Parameter Name="class" Type="Edm.String"/></Action>
<Action Name="ask" IsBound="true"><Parameter Name="it" Type="Odd.Service"/></Action>
<Action Name="breed" IsBound="true"><Parameter Name="it" Type="Odd.Service"/><Parameter Name="when" Type="Edm.String"/></Action>
<Action Name="Repeat" IsBound="true"><Parameter Name="it" Type="Odd.Promise"/></Action>
<EntityContainer Name="Container"><EntitySet Name="Services" EntityType="Odd.Service"/><EntitySet Name="Old" EntityType="Odd.Service"/>
<EntitySet Name="Strings" EntityType="Odd.Promise"/></EntityContainer></Schema></edmx:DataServices></edmx:Edmx>`,
});

/** Entity types called as what the emitted classes call things of their own. */
const namesakes = programOf(
  Object.fromEntries(
    ["actor", "calls", "change", "context", "id", "params", "reply", "values"].map((name) => [
      `${name}.ioa.toml`,
      `[automaton]\nname = "${name}"\nstates = ["On", "Off"]\ninitial = "On"\n[[action]]\nname = "Stop"\nfrom = "On"\nto = "Off"\n`,
    ]),
  ),
);

const programs = {
  ecommerce: exampleProgram("ecommerce"),
  "readers-writers": exampleProgram("readers-writers"),
  logistics: goldenProgram("logistics"),
  agency: goldenProgram("agency"),
  gallery: goldenProgram("gallery"),
  awkward,
  namesakes,
  hostile: retold(exampleProgram("ecommerce"), (text) => `${payloads.join(" ")} ${text}`),
  "hostile-reactions": retold(goldenProgram("logistics"), (text) => `${payloads.join(" ")} ${text}`),
};
/** Names and texts as long as those of the hostile programs are broken where a formatter would, which is of use to nobody. */
const formatted = ["ecommerce", "readers-writers", "logistics", "agency", "gallery", "awkward"];
const cases = Object.entries(programs).map(([name, program]) => ({ name, program, emitted: emit(program, templates) }));
/** Of the others, whose emitted files are golden, the golden cases say it. */
const unlisted = cases.filter(({ name }) => ["awkward", "namesakes", "hostile", "hostile-reactions"].includes(name));

function write(emitted: Emitted, name: string): void {
  for (const { path, text } of emitted.files) {
    const file = join(folder, name, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

describe("emitted code", () => {
  test.each(unlisted)("of $name has the same bytes the second time, and finishing changes nothing", (each) => {
    expect(emit(each.program, templates)).toEqual(each.emitted);
    expect(finish(each.emitted)).toEqual(each.emitted);
  });

  test("type-checks strictly, with and without exact optional properties and checked indexes", () => {
    for (const { emitted, name } of cases) write(emitted, name);
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    for (const strictest of [true, false]) expect(typeCheck(strictest)).toBe("");
  });

  test("is as a formatter would have it", () => {
    const { stdout, stderr } = spawnSync(
      join(root, "node_modules/.bin/biome"),
      ["format", "--line-width=120", "--indent-style=space", ...formatted.map((name) => join(folder, name))],
      { encoding: "utf8" },
    );
    expect(`${stdout}${stderr}`).toMatch(/No fixes applied/);
    expect(stderr).not.toMatch(/Formatter would have printed/);
  });

  test("has no casts, no any and no tabs", () => {
    const texts = cases.flatMap(({ emitted }) => emitted.files.filter(({ path }) => !path.endsWith("metadata.ts")));
    for (const { path, text } of texts) {
      expect(
        text
          .split("\n")
          .filter((line) => /\bas (?!const\b|\w+_\b)|: any\b|\t/.test(line) && !/^\s*(["']|\/\*\*)/.test(line)),
        path,
      ).toEqual([]);
    }
  });
});

/** What is said of the emitted files beside the runtime as it is built, as a user has both. */
function typeCheck(strictest: boolean): string {
  const compilerOptions = {
    ...{ target: "ES2023", lib: ["ES2023"], types: ["node"], module: "NodeNext", noEmit: true, skipLibCheck: true },
    ...{ strict: true, noUnusedLocals: true, noUnusedParameters: true, allowImportingTsExtensions: true },
    ...{ exactOptionalPropertyTypes: strictest, noUncheckedIndexedAccess: strictest },
  };
  const include = cases.map(({ name }) => `${name}/generated`);
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include }));
  const { stdout, stderr } = spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", folder], { encoding: "utf8" });
  return `${stdout}${stderr}`;
}

describe("a bundle for the kernel", () => {
  test.each(cases)("of $name stands alone, and is the same each time", async ({ emitted }) => {
    const options = { resolveDir: root, alias };
    const text = await bundleForKernel(emitted, options);
    expect(text).not.toMatch(/\brequire\(|\bimport\(|^import /m);
    expect(text).not.toContain(root);
    expect(await bundleForKernel(emitted, options)).toBe(text);
  });

  test("is refused where emitted code does not bundle", async () => {
    const broken = { files: [{ path: "generated/index.ts", text: 'export { x } from "./nowhere.js";\n' }] };
    await expect(bundleForKernel(broken, { resolveDir: root })).rejects.toThrow(/nowhere/);
  });
});

describe("a bundle of a service", () => {
  test("needs Node and libSQL alone, names its revision, and is the same each time", async () => {
    const { emitted } = cases[0] ?? expect.fail("there is a case");
    const options = { resolveDir: root, alias, revision: "0123abc" };
    const [file, ...others] = await bundleService(emitted, options);
    expect(others).toEqual([]);
    expect(file?.path).toBe("service.mjs");
    const imports = [...(file?.text ?? "").matchAll(/^import .*? from "([^"]+)";$/gm)].map((match) => match[1] ?? "");
    const foreign = new Set(imports.filter((name) => !name.startsWith("node:")));
    expect([...foreign].filter((name) => !isBuiltin(name))).toEqual(["libsql", "libsql/promise"]);
    expect(file?.text).toContain('"0123abc"');
    expect(file?.text).not.toContain(root);
    expect(await bundleService(emitted, options)).toEqual([file]);
  });

  test("comes with a package that installs libSQL at one version", () => {
    const files = packageFiles(awkward, templates, { libsql: "0.5.29", wasm: "cedar_wasm_bg.wasm" });
    const [manifest, dockerfile] = files;
    expect(JSON.parse(manifest?.text ?? "")).toMatchObject({
      name: "trial-service",
      type: "module",
      dependencies: { libsql: "0.5.29" },
    });
    expect(dockerfile?.text).toContain("COPY service.mjs cedar_wasm_bg.wasm manifest.json ./");
  });
});

describe("finishing", () => {
  test("stops at a syntax error, which is our own mistake", () => {
    expect(() => finish({ files: [{ path: "generated/x.ts", text: "const = 1;\n" }] })).toThrow(/generated\/x\.ts:1: /);
  });
});
