/** Cedar's own cases: a file with requests, and the policies, the schema and the entities that it names. */
import { compiledEngine } from "../../cli/authorize/engines.ts";
import { readSchema, requestOver, requestParts } from "../../cli/authorize/files.ts";
import { isArray, isObject, type Json, type JsonObject, readJson } from "../../cli/authorize/json.ts";
import { readPolicies } from "../../compiler/index.ts";

/** Everything of one case file that is told apart from what was expected; how many requests it has. */
export interface Outcome {
  readonly requests: number;
  readonly differences: readonly string[];
}

/** Asks every request of the case of the compiled policies, and compares decision, reasons and errors. */
export async function tryCase(name: string, read: (path: string) => string): Promise<Outcome> {
  const text = (member: string): string => read(String(given.get(member)));
  const given = object(json(read(name)));
  const schema = readSchema(text("schema"));
  const { policies, diagnostics } = readPolicies({ path: name, text: text("policies") });
  if (diagnostics.length > 0) throw new Error(`${name}: ${diagnostics.map(({ message }) => message).join("; ")}`);
  const engine = await compiledEngine(policies);
  const entities = json(text("entities"));
  const requests = list(given.get("requests")).map(object);
  const differences = requests.flatMap((asked) => {
    const asks = new Map(["principal", "action", "resource", "context"].map((key) => [key, asked.get(key) ?? null]));
    const parts = requestParts(asks);
    const request = requestOver(parts, entities, schema);
    const got = engine({ request, json: { ...parts, entities }, schema: schema.text });
    const shown = [got.decision, [...got.reasons].sort(), got.errors.map(({ policy }) => policy).sort()];
    const expected = [asked.get("decision"), sorted(asked.get("reason")), sorted(asked.get("errors"))];
    const [one, other] = [JSON.stringify(shown), JSON.stringify(expected)];
    return one === other ? [] : [`${name} (${String(asked.get("description"))}): ${one}, Cedar says ${other}`];
  });
  return { requests: requests.length, differences };
}

function json(text: string): Json {
  const reading = readJson(text);
  if (reading.kind === "json") return reading.json;
  throw new Error(reading.problem);
}

function object(value: Json): JsonObject {
  if (isObject(value)) return value;
  throw new Error("an object was expected");
}

function list(value: Json | undefined): readonly Json[] {
  return isArray(value) ? value : [];
}

function sorted(value: Json | undefined): readonly Json[] {
  return [...list(value)].sort();
}
