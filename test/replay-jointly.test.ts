/** `temperc replay` of runs of several entities: against the emitted code, against a service over real HTTP, as a diagram and as a test. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rerunTogether, type StepsToRerun } from "../cli/traces/rerun-together.ts";
import { replayed, writeTracesOf } from "./live/replayed.ts";
import { freshFolder, root } from "./live/temperc.ts";
import { serveUnverified } from "./live/unverified.ts";

const folder = freshFolder();
const at = (name: string): string => join(folder.path, name);

/** What is spawned weighs nothing yet, and cannot be shipped. */
const spawning = {
  "order.ioa.toml": `
[automaton]
name = "Order"
states = ["Open", "Paid"]
initial = "Open"
allow_indefinite_states = ["Open", "Paid"]

[[state]]
name = "parcel"
type = "ref"
entity_type = "Parcel"

[[action]]
name = "Pay"
kind = "input"
from = "Open"
to = "Paid"
effect = "spawn('Parcel', 'Ship', parcel)"
`,
  "parcel.ioa.toml": `
[automaton]
name = "Parcel"
states = ["Packed", "Sent"]
initial = "Packed"
allow_indefinite_states = ["Packed", "Sent"]

[[state]]
name = "weight"
type = "counter"

[[action]]
name = "Weigh"
kind = "input"
effect = "weight += 1"

[[action]]
name = "Ship"
from = "Packed"
to = "Sent"
guard = "weight > 0"
`,
};

/** Each with the trace that it gives. */
const traces = {
  "wrong-id": "composition-ReturnedIsRefunded",
  "required-trigger-dropped": "composition-Order_book_Book",
  "check-then-act": "composition-Withdrawal_debit_Debit",
  spawning: "composition-Order_Parcel_Ship",
} as const;
type Spec = keyof typeof traces;
const specs: readonly Spec[] = ["wrong-id", "required-trigger-dropped", "check-then-act", "spawning"];

const traceOf = (spec: Spec): string => at(`traces/${traces[spec]}.trace.json`);

beforeAll(async () => {
  mkdirSync(at("spawning"));
  for (const [name, text] of Object.entries(spawning)) writeFileSync(join(at("spawning"), name), text);
  for (const spec of ["wrong-id", "required-trigger-dropped", "check-then-act"])
    cpSync(join(root, `golden/verify/${spec}/spec`), at(spec), { recursive: true });
  for (const spec of specs) writeFileSync(join(at(spec), "all.cedar"), "permit(principal, action, resource);\n");
  await writeTracesOf(specs.map(at), at("traces"));
});

afterAll(() => folder.remove());

describe("against the emitted code", () => {
  test.each(specs)("%s runs as recorded, and its property is broken", async (spec) => {
    const { exitCode, out } = await replayed(traceOf(spec));
    expect(out).toMatch(
      /the same: against .*, \d+ steps as recorded\n {2}after step \d+: .* (is dropped|does not hold)/,
    );
    expect(exitCode).toBe(0);
  });

  test("a mended spec departs where the reaction is accepted", async () => {
    cpSync(at("spawning"), at("mended"), { recursive: true });
    const parcel = join(at("mended"), "parcel.ioa.toml");
    writeFileSync(parcel, readFileSync(parcel, "utf8").replace('guard = "weight > 0"\n', ""));
    const { exitCode, out } = await replayed(traceOf("spawning"), { specsDir: at("mended"), json: true });
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      stepsAsRecorded: 3,
      departure: {
        step: 4,
        expected: "Ship() is refused: guard-false: weight > 0",
        found: "Ship(), then status Sent, weight 0",
      },
      judgement: { kind: "kept" },
    });
    expect(exitCode).toBe(1);
  });
});

describe("over HTTP", () => {
  test.each(["wrong-id", "required-trigger-dropped", "spawning"] as const)(
    "a service of %s does as the trace says, by its own deliveries",
    async (spec) => {
      const { url, key, end } = await serveUnverified(at(spec));
      const { exitCode, out, err } = await replayed(traceOf(spec), { url, key });
      expect(out, err).toMatch(/the same: against http.*\/tdata, \d+ steps as recorded/);
      expect(err).toMatch(/the run made http/);
      expect(exitCode).toBe(0);
      await end();
    },
  );

  test("a service that delivers earlier than the trace departs", async () => {
    const { url, key, end } = await serveUnverified(at("check-then-act"));
    const { exitCode, out } = await replayed(traceOf("check-then-act"), { url, key });
    expect(out).toContain("departs: against");
    expect(exitCode).toBe(1);
    await end();
  });
});

test("it is drawn as a sequence of who asks whom, and what is refused ends in a cross", async () => {
  const { out } = await replayed(traceOf("spawning"), { format: "mermaid" });
  expect(out).toBe(`sequenceDiagram
  actor Clients
  participant e0 as Order 1
  participant e1 as Parcel fresh 1
  Clients->>e0: 1 create()
  Note over e0: Open
  Clients->>e0: 2 Pay()
  Note over e0: Paid
  e0-)e1: 3 create()
  Note over e1: Packed
  e0-xe1: 4 Ship()
  Note over e1: refused#58; guard-false#58; weight #62; 0
  Note over e0,e1: Order#58; Parcel #8594; Ship#58; guard-false#58; weight #62; 0
`);
});

describe("as a test", () => {
  const asked: Omit<StepsToRerun, "specs"> = {
    property: { kind: "dropped-reaction", name: "Order: Parcel → Ship" },
    entities: [
      { name: "Order 1", automaton: "Order", id: "1" },
      { name: "Parcel fresh 1", automaton: "Parcel", id: "fresh 1" },
    ],
    steps: [
      { entity: "Order 1", by: "created", params: {} },
      { entity: "Order 1", by: "asked", action: "Pay", params: {} },
      { entity: "Parcel fresh 1", by: "delivered", params: {}, from: "Order 1: spawn Parcel" },
      { entity: "Parcel fresh 1", by: "delivered", action: "Ship", params: {}, from: "Order 1: spawn Parcel" },
    ],
  };

  test("the command writes it", async () => {
    const { exitCode } = await replayed(traceOf("spawning"), { toTest: at("spawning.test.ts") });
    expect(exitCode).toBe(0);
    const text = readFileSync(at("spawning.test.ts"), "utf8");
    expect(text).toContain('import { rerunTogether } from "temperc";');
    expect(text).toContain('specs: new URL("./spawning/", import.meta.url)');
    expect(text).toContain(
      '{ entity: "Parcel fresh 1", by: "delivered", action: "Ship", params: {}, from: "Order 1: spawn Parcel" },',
    );
  });

  test("its steps fail while the spec has the fault, pass once it is mended, and throw when they say nothing", async () => {
    expect(await rerunTogether({ ...asked, specs: at("spawning") })).toMatchObject({ broken: true, accepted: 4 });
    expect(await rerunTogether({ ...asked, specs: at("mended") })).toMatchObject({ broken: false, accepted: 4 });
    const refused = { ...asked, steps: asked.steps.flatMap((step) => [step, step]) };
    expect(await rerunTogether({ ...refused, specs: at("spawning") })).toMatchObject({
      broken: false,
      summary: "step 2 of 8 is not possible: Order 1 exists already",
    });
    const gone = { ...asked, steps: asked.steps.map((step) => ({ ...step, action: "Again" })) };
    await expect(rerunTogether({ ...gone, specs: at("mended") })).rejects.toThrow("there is no Order.Again");
    const renamed = { ...asked, property: { kind: "cross-invariant", name: "Renamed" } } as const;
    await expect(rerunTogether({ ...renamed, specs: at("mended") })).rejects.toThrow("no property Renamed");
  });
});
