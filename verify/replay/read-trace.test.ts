/** Trace files that somebody wrote by hand, or to do harm: each is refused with what is wrong in it. */
import { describe, expect, test } from "vitest";
import { printTrace } from "../print-trace.ts";
import type { JointTraceFile } from "./joint-trace.ts";
import { mermaid } from "./mermaid.ts";
import { defaultTraceLimits, readTrace } from "./read-trace.ts";
import { printTraceFile, type TraceFile } from "./trace-file.ts";

const sound: TraceFile = {
  format: "temperc-trace",
  version: 1,
  verifier: "0.1.0",
  spec: { name: "Door", hash: "0".repeat(64), folder: "." },
  level: "L1",
  property: { kind: "invariant", name: "Shut", text: "status != 'Open'", source: "door.ioa.toml:9" },
  entities: [{ name: "Door", automaton: "Door", initial: { status: "Closed", pushes: 0, seen: ["a"] } }],
  steps: [
    {
      entity: "Door",
      action: "Push",
      params: { by: "o'neill" },
      source: "door.ioa.toml:5",
      after: { status: "Open", pushes: 1, seen: ["a"] },
    },
  ],
};

const joint: JointTraceFile = {
  format: "temperc-trace",
  version: 1,
  verifier: "0.1.0",
  spec: { name: "Door", hash: "0".repeat(64), folder: "." },
  level: "composition",
  property: { kind: "dropped-reaction", name: "Door: light → On", text: "it is accepted", source: "door.ioa.toml:9" },
  reason: "there is no Lamp 1",
  entities: [
    { name: "Door 1", automaton: "Door", id: "1" },
    { name: "Lamp 1", automaton: "Lamp", id: "1" },
  ],
  steps: [
    { entity: "Door 1", by: "created", params: { by: "o'neill" }, after: { status: "Open", pushes: 1 } },
    {
      entity: "Lamp 1",
      by: "delivered",
      action: "On",
      params: {},
      from: "Door 1: light",
      refusal: "there is no Lamp 1",
    },
  ],
};

const [step] = sound.steps;
const [entity] = sound.entities;

function read(found: unknown, limits = {}) {
  const text = typeof found === "string" ? found : JSON.stringify(found);
  const answer = readTrace(text, { ...defaultTraceLimits, ...limits });
  return answer.kind === "unreadable" ? answer.message : answer.trace;
}

test("what is printed is read again as it was, and printed in the same bytes", () => {
  const text = printTraceFile(sound);
  expect(read(text)).toEqual(sound);
  expect(printTraceFile(JSON.parse(text))).toBe(text);
  expect(read(printTraceFile({ ...sound, steps: [], loop: 0, seed: 7 }))).toEqual({
    ...sound,
    steps: [],
    loop: 0,
    seed: 7,
  });
});

test("so is a run of several entities", () => {
  const text = printTraceFile(joint);
  expect(read(text)).toEqual(joint);
  expect(printTraceFile(JSON.parse(text))).toBe(text);
});

describe("a hostile trace file is refused", () => {
  const cases: readonly [string, unknown, RegExp][] = [
    ["no JSON", "{", /^it is not JSON$/],
    ["JSON nested without end", "[".repeat(200_000), /^it is not JSON$/],
    ["a list", [], /^the file is no JSON object$/],
    ["another format", { format: "har" }, /"format" is not "temperc-trace"/],
    ["a later version", { ...sound, version: 2 }, /it has version 2 of the format, and this is read: 1/],
    ["no steps", { ...sound, steps: null }, /^steps is no JSON array$/],
    ["an unknown level", { ...sound, level: "L9" }, /level is "L9"/],
    ["a kind from the prototype", { ...sound, property: { kind: "constructor" } }, /property.kind is "constructor"/],
    ["a step of nobody", { ...sound, steps: [{ ...step, entity: "Window" }] }, /steps\[0\].entity is "Window"/],
    ["two of one name", { ...sound, entities: [entity, entity] }, /two of its entities have the same name/],
    ["a joint step of nobody", { ...joint, entities: [] }, /steps\[0\].entity is "Door 1"/],
    ["a joint step of no kind", { ...joint, steps: [{ ...joint.steps[0], by: "magic" }] }, /steps\[0\].by is "magic"/],
    ["a joint run of one automaton's property", { ...joint, property: sound.property }, /property.kind is "invariant"/],
    [
      "a number as an id",
      { ...joint, entities: [{ name: "Door 1", automaton: "Door", id: 1 }] },
      /entities\[0\].id is no text/,
    ],
    ["an object as a value", { ...sound, steps: [{ ...step, params: { by: {} } }] }, /params.by is no value of a spec/],
    ["a list of numbers", { ...sound, steps: [{ ...step, params: { by: [1] } }] }, /params.by is no value/],
    ["a status that is none", { ...sound, entities: [{ ...entity, initial: { status: 1 } }] }, /status is no text/],
    ["a loop past the end", { ...sound, loop: 2 }, /loop is past the last step/],
    ["a seed that is none", { ...sound, seed: -1 }, /seed is no natural number/],
    [
      "a parameter __proto__",
      JSON.stringify(sound).replace('"params":{', '"params":{"__proto__":"x",'),
      /has the name __proto__/,
    ],
  ];

  test.each(cases)("%s", (_name, found, message) => {
    expect(read(found)).toMatch(message);
  });

  test("more steps than the limit", () => {
    expect(read({ ...sound, steps: [step, step] }, { traceStepsMax: 1 })).toMatch(/has 2 items, and 1 are the limit/);
  });
});

test("one entity is drawn as the statuses that it went through, and its names cannot end a line or a label", () => {
  const odd = { ...sound, steps: sound.steps.map((each) => ({ ...each, action: 'x"\n  click s0 "javascript:a"' })) };
  expect(mermaid(sound).split("\n").slice(0, 5)).toEqual([
    "stateDiagram-v2",
    '  state "Closed" as s0',
    '  state "Open" as s1',
    "  [*] --> s0",
    "  s0 --> s1 : 1 Push(by='o''neill') pushes=1",
  ]);
  expect(mermaid(odd)).not.toMatch(/^ *click/m);
  expect(mermaid(odd)).not.toContain('x"');
});

test("several entities are drawn as a sequence, and their table says whose step it is", () => {
  const two: TraceFile = {
    ...sound,
    entities: ["Door 1", "Door 2"].map((name) => ({
      ...sound.entities[0],
      name,
      automaton: "Door",
      initial: { status: "Closed" },
    })),
    steps: ["Door 2", "Door 1"].map((name) => ({
      entity: name,
      action: "Push",
      params: {},
      source: "",
      after: { status: "Open" },
    })),
  };
  expect(mermaid(two)).toContain("  participant e1 as Door 2\n  Caller->>e1: 1 Push()\n  Note over e1: Open\n");
  expect(printTrace(two, { color: false })).toContain("Door 2.Push()  Closed → Open");
});
