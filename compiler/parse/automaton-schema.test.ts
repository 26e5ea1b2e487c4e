/** The JSON Schema and the parser refuse the same behaviour files. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { parse as parseTomlValues } from "smol-toml";
import { describe, expect, test } from "vitest";
import { compile } from "../compile.ts";
import { automatonSchema } from "./automaton-schema.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const validate = new Ajv({ strict: true, strictTypes: false, allErrors: true }).compile(automatonSchema());

/** What a schema can see; what is wrong with names and expressions is for `bind`. */
const seenBySchema = [
  "parse/unknown-key",
  "parse/missing-key",
  "parse/wrong-type",
  "parse/unknown-guard",
  "parse/unknown-effect",
  "bind/unknown-type",
  "bind/unknown-kind",
  "bind/unknown-word",
  "bind/out-of-range",
];

interface Judgement {
  readonly bySchema: "fine" | "refused";
  readonly byParser: "fine" | "refused";
}

function judge(text: string): Judgement {
  const { diagnostics } = compile({ name: "x", files: [{ path: "x.ioa.toml", bytes: Buffer.from(text) }] });
  return {
    bySchema: validate(parseTomlValues(text)) ? "fine" : "refused",
    byParser: diagnostics.some(({ code }) => seenBySchema.includes(code)) ? "refused" : "fine",
  };
}

function behavioursBelow(folder: string): readonly string[] {
  const paths = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).sort();
  return paths.filter((path) => path.endsWith(".ioa.toml")).map((path) => join(folder, path));
}

test.each(behavioursBelow("examples"))("%s is fine by the schema", (path) => {
  validate(parseTomlValues(readFileSync(join(root, path), "utf8")));
  expect(validate.errors ?? []).toEqual([]);
});

const door = `[automaton]
name = "Door"
states = ["Open", "Closed"]
initial = "Open"

[[state]]
name = "Closings"
type = "counter"

[[action]]
name = "Close"
kind = "Input"
from = "Open"
to = "Closed"
guard = ["Closings < 9", "true"]
effect = "Closings += 1"
params = ["Hand", { name = "Force", type = "int", required = false }]

[[invariant]]
name = "Few"
assert = "Closings <= 9"
`;

describe("one change to a sound file is refused by both", () => {
  const changes: readonly [string, string, string][] = [
    ["a misspelt key", "guard =", "gaurd ="],
    ["a misspelt key of a parameter", "required = false", "require = false"],
    ["a misspelt table", "[[invariant]]", "[[invariants]]"],
    ["a key of another table", 'initial = "Open"', 'initial = "Open"\nguard = "true"'],
    ["a missing key", 'name = "Close"\n', ""],
    ["a missing table", '[automaton]\nname = "Door"\nstates = ["Open", "Closed"]\ninitial = "Open"', ""],
    ["a number for a name", 'name = "Door"', "name = 7"],
    ["a number among names", '"Closed"]', "7]"],
    ["a number among guards", '"true"]', "7]"],
    ["one table for many", "[[invariant]]", "[invariant]"],
    ["a string for a table", '[[invariant]]\nname = "Few"\nassert = "Closings <= 9"', '[liveness]\nx = "x"'],
    ["a word for true or false", "required = false", 'required = "no"'],
    ["a type that there is not", 'type = "counter"', 'type = "Counter"'],
    ["a number out of its range", "[[invariant]]", "[admission]\nqueue_depth = -1\n\n[[invariant]]"],
    ["a kind that there is not", 'kind = "Input"', 'kind = "inputs"'],
  ];

  test.each(changes)("%s", (_name, from, to) => {
    expect(judge(door)).toEqual({ bySchema: "fine", byParser: "fine" });
    expect(door).toContain(from);
    expect(judge(door.replace(from, to))).toEqual({ bySchema: "refused", byParser: "refused" });
  });
});

test.each(behavioursBelow("golden/diagnostics").filter(isToml))("%s is judged alike by both", (path) => {
  const { bySchema, byParser } = judge(readFileSync(join(root, path), "utf8"));
  expect(bySchema).toBe(byParser);
});

function isToml(path: string): boolean {
  try {
    return parseTomlValues(readFileSync(join(root, path), "utf8"), { maxDepth: 64 }) !== undefined;
  } catch {
    return false;
  }
}
