/** `temperc migrate` on real files: what is written, what stays, and that a failure writes nothing. */
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { command } from "./live/command.ts";
import { freshFolder, temperc } from "./live/temperc.ts";

const folder = freshFolder();
chmodSync(folder.path, 0o755);
const at = (name: string): string => join(folder.path, name);
const nobody = 65_534;

function door(name: string, guard: string): string {
  return `[automaton]\nname = "${name}"\nstates = ["Open"]\ninitial = "Open"\nallow_indefinite_states = ["Open"]
strict_action_params = true\n\n[[state]]\nname = "uses"\ntype = "counter"
\n[[action]]\nname = "Use"\nkind = "input"\neffect = "uses += 1"\nguard = ${guard} # ü\n`;
}

function put(name: string, text: string): string {
  mkdirSync(at(name), { recursive: true });
  writeFileSync(at(`${name}/a.ioa.toml`), text);
  return at(name);
}

test("shows what it would do and writes nothing without --write", async () => {
  const spec = put("shown", door("Door", '"max uses 9"'));
  const plain = await command(["migrate", spec]);
  expect([plain.exitCode, plain.err]).toEqual([0, expect.stringContaining("1 file would change")]);
  expect(plain.out).toContain('-guard = "max uses 9" # ü\n+guard = "uses < 9" # ü\n');
  const coloured = await command(["migrate", spec], { FORCE_COLOR: "1" });
  expect(coloured.out).toContain('\u001b[32m+guard = "uses < 9" # ü');
  const uncoloured = await command(["migrate", spec], { FORCE_COLOR: "1", NO_COLOR: "1" });
  expect(uncoloured.out).toBe(plain.out);
  expect(readFileSync(join(spec, "a.ioa.toml"), "utf8")).toBe(door("Door", '"max uses 9"'));
});

test("keeps the byte order mark, the line breaks, the mode of a file and the link to it", async () => {
  const crlf = (guard: string): string => `\ufeff${door("Door", guard).replaceAll("\n", "\r\n")}`;
  const link = put("linked", "");
  writeFileSync(join(link, "real"), crlf('"""\\\n  max uses 9"""'));
  chmodSync(join(link, "real"), 0o640);
  symlinkSync("real", join(link, "b.ioa.toml"));
  writeFileSync(join(link, "a.ioa.toml"), door("Other", '"uses < 3"'));
  const { exitCode, err } = await command(["migrate", link, "--write"]);
  expect([exitCode, err]).toEqual([0, expect.stringContaining("migrated 1 file")]);
  expect(readFileSync(join(link, "real"), "utf8")).toBe(crlf('"uses < 9"'));
  expect(statSync(join(link, "real")).mode & 0o777).toBe(0o640);
  expect(lstatSync(join(link, "b.ioa.toml")).isSymbolicLink()).toBe(true);
  expect(readdirSync(link).sort()).toEqual(["a.ioa.toml", "b.ioa.toml", "real"]);
});

test("writes nothing where one of the files cannot be written", async () => {
  const spec = put("half", door("Door", '"max uses 9"'));
  mkdirSync(join(spec, "closed"));
  writeFileSync(join(spec, "closed/b.ioa.toml"), door("Gate", '"max uses 9"'));
  chmodSync(spec, 0o777);
  chmodSync(join(spec, "closed"), 0o555);
  const { exitCode, out } = await temperc(["migrate", spec, "--write", "--json"], { uid: nobody });
  expect([exitCode, JSON.parse(out)]).toEqual([
    1,
    { ok: false, error: expect.objectContaining({ message: expect.stringContaining("permission denied") }) },
  ]);
  expect(readFileSync(join(spec, "a.ioa.toml"), "utf8")).toBe(door("Door", '"max uses 9"'));
  expect(readdirSync(spec).sort()).toEqual(["a.ioa.toml", "closed"]);
});

test("says what is left to do by hand, for programs too", async () => {
  const spec = put("left", door("Door", '"max uses 9"'));
  writeFileSync(join(spec, "integration.toml"), '[[webhook]]\nname = "nobody"\nurl = "https://example.org"\n');
  const { exitCode, out } = await command(["migrate", spec, "--write", "--json"]);
  expect([exitCode, JSON.parse(out)]).toMatchObject([
    1,
    { ok: false, written: true, files: [{ change: "rewritten" }], remaining: [{ line: 1, code: "parse/older-form" }] },
  ]);
});

test("a spec with a mistake is refused with its diagnostics, and so is a folder without one", async () => {
  const broken = await command(["migrate", put("broken", door("Door", '"max usage 9"')), "--write"]);
  expect([broken.exitCode, broken.err]).toEqual([2, expect.stringContaining("unknown-name")]);
  expect((await command(["migrate", at("none"), "--json"])).exitCode).toBe(2);
});
