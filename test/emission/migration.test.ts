/** `[migration]` of a spec, as the runtime gets it: every kind of it, with names that mean something to JavaScript. */
import { expect, test } from "vitest";
import { emit } from "../../compiler/index.ts";
import { loadService, programOf, templates } from "./load.ts";

const spec = `
[automaton]
name = "Parcel"
states = ["Draft", "Sent"]
initial = "Draft"
terminal = ["Sent"]

[[state]]
name = "pieces"
type = "counter"
initial = 0

[[state]]
name = "note"
type = "string"
initial = ""

[[action]]
name = "Send"
from = "Draft"
to = "Sent"
effect = "pieces += 1"

[migration.status]
Open = "Draft"
__proto__ = "Sent"

[migration.variables]
items = "rename:pieces"
weight = "drop"
note = "moved"
`;

test("a migration comes out as it was written", async () => {
  const { entityTypes } = await loadService(emit(programOf({ "parcel.ioa.toml": spec }), templates));
  const migration = entityTypes[0]?.migration;
  expect(Object.entries(migration?.statuses ?? {})).toEqual([
    ["Open", "Draft"],
    ["__proto__", "Sent"],
  ]);
  expect(JSON.parse(JSON.stringify(migration?.variables))).toEqual([
    { kind: "rename", variable: "items", to: "pieces" },
    { kind: "drop", variable: "weight" },
    { kind: "value", variable: "note", value: "moved" },
  ]);
});
