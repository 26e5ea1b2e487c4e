/** `temperc init`: the spec that it writes passes everything, and nothing that is there is written over. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { command } from "./live/command.ts";
import { freshFolder, temperc } from "./live/temperc.ts";

const folder = freshFolder();
const at = (name: string): string => join(folder.path, name);
const starter = ["cross-invariants.toml", "model.csdl.xml", "policies.cedar", "project.ioa.toml", "task.ioa.toml"];

test("writes a spec that passes check --strict, verify and build, and says what to do next", async () => {
  const made = await temperc(["init", "my tracker"], { cwd: folder.path });
  expect([made.exitCode, made.err]).toEqual([0, ""]);
  expect(made.out).toContain("temperc verify 'my tracker'");
  expect(readdirSync(at("my tracker")).sort()).toEqual(starter);
  const spec = at("my tracker");
  const checked = await command(["check", spec, "--strict", "--json"]);
  expect([checked.exitCode, JSON.parse(checked.out)]).toEqual([0, { ok: true, diagnostics: [] }]);
  const verified = await temperc(["verify", spec, "--json"]);
  expect([verified.exitCode, JSON.parse(verified.out).outcome]).toEqual([0, "held"]);
  const built = await temperc(["build", spec, "-o", at("out"), "--json", "--limit", "seeds=1", "--limit", "cases=1"]);
  expect([built.exitCode, JSON.parse(built.out).diagnostics ?? []], built.out + built.err).toEqual([0, []]);
  expect(existsSync(at("out/service.mjs"))).toBe(true);
});

test("writes nothing where one of its files is there already", async () => {
  mkdirSync(at("taken"));
  writeFileSync(at("taken/policies.cedar"), "// mine\n");
  const { exitCode, err } = await command(["init", at("taken")]);
  expect([exitCode, err]).toEqual([2, expect.stringContaining("policies.cedar is there already")]);
  expect(readdirSync(at("taken"))).toEqual(["policies.cedar"]);
  expect(readFileSync(at("taken/policies.cedar"), "utf8")).toBe("// mine\n");
});

test("leaves no half of a spec where the folder cannot be written", async () => {
  mkdirSync(at("closed"));
  chmodSync(at("closed"), 0o555);
  chmodSync(folder.path, 0o755);
  const { exitCode, out } = await temperc(["init", at("closed/deep/spec"), "--json"], { uid: 65_534 });
  expect([exitCode, JSON.parse(out).ok]).toEqual([1, false]);
  expect(readdirSync(at("closed"))).toEqual([]);
});

test("tells a program what it wrote, in the folder it is in", async () => {
  mkdirSync(at("here"));
  const { exitCode, out } = await temperc(["init", "--json"], { cwd: at("here") });
  expect(exitCode).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ ok: true, files: starter, next: expect.arrayContaining(["temperc dev ."]) });
  expect((await temperc(["init", "--json"], { cwd: at("here") })).exitCode).toBe(2);
});
