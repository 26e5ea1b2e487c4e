/** The parameters of the app's own functions and actions. Of functions: inline, by alias, or as query options of their names (OData 4.01 part 2, 4.5). */
import type { FunctionDescriptor, Value, Values } from "../../kernel/index.ts";
import type { Failed } from "../call.ts";
import { failed, invalid, isFailed } from "./failure.ts";
import { isJsonObject, type Json } from "./json.ts";
import { type JsonReading, propertyValue } from "./json-values.ts";
import { readUrlLiteral, shown } from "./literals.ts";
import { type Options, onlyOptions } from "./options.ts";

type Parameter = FunctionDescriptor["parameters"][number];

/** Every declared parameter with its value; what is not declared is refused. */
export function functionParameters(called: FunctionDescriptor, text: string, options: Options): Values | Failed {
  const given = argumentTexts(text);
  if (isFailed(given)) return given;
  const declared = new Set(called.parameters.map((parameter) => parameter.name));
  for (const name of given.keys()) {
    if (!declared.has(name)) return invalid(`${called.name} has no parameter ${shown(name)}`, name);
  }
  const custom = new Map([...options.custom].filter(([name]) => !declared.has(name)));
  const wrong = onlyOptions({ ...options, custom }, ["format"], `the function ${called.name}`);
  if (wrong !== undefined) return wrong;
  const values: Record<string, Value> = {};
  for (const parameter of called.parameters) {
    const value = parameterOf(parameter, given, options);
    if (isFailed(value)) return value;
    values[parameter.name] = value;
  }
  return values;
}

/** The parameters of an action that is bound to nothing, from its body; no body at all is no parameters. */
export function actionParameters(
  json: Json | undefined,
  called: FunctionDescriptor,
  reading: JsonReading,
): Values | Failed {
  const given: Json = json ?? new Map();
  if (!isJsonObject(given)) return failed("InvalidRequest", "the body is not a JSON object of parameters");
  for (const name of given.keys()) {
    const isKnown = name.includes("@") || called.parameters.some((parameter) => parameter.name === name);
    if (!isKnown) return invalid(`${called.name} has no parameter ${shown(name)}`, name.slice(0, 100));
  }
  const values: Record<string, Value> = {};
  for (const { name, type, nullable, collection = false } of called.parameters) {
    const member = given.get(name);
    if (member === undefined && !nullable) return invalid(`the parameter ${name} is missing`, name);
    const value = propertyValue(
      member ?? (collection ? [] : null),
      { name, type, nullable, collection, role: "field" },
      reading,
    );
    if (isFailed(value)) return value;
    values[name] = value;
  }
  return values;
}

function parameterOf(parameter: Parameter, given: ReadonlyMap<string, string>, options: Options): Value | Failed {
  const { name } = parameter;
  const inline = given.get(name) ?? options.custom.get(name) ?? options.aliases.get(`@${name}`);
  const text = inline?.startsWith("@") ? options.aliases.get(inline) : inline;
  if (inline === undefined && !parameter.nullable) return invalid(`the parameter ${name} is missing`, name);
  if (text === undefined || text === "null") {
    return parameter.nullable ? null : invalid(`the parameter ${name} must not be null`, name);
  }
  const read = readUrlLiteral(text.trim(), parameter.type);
  return "problem" in read ? invalid(`${name}: ${read.problem}`, name) : read.value;
}

/** `p=1,q='a,b'`: commas in quotes do not part. */
function argumentTexts(text: string): ReadonlyMap<string, string> | Failed {
  const found = new Map<string, string>();
  // A quote that closes is not followed by a quote: with one way only to read a text, nothing is tried twice.
  const one = /\s*([A-Za-z_]\w*)\s*=\s*('(?:[^']|'')*'(?!')\s*|[^',]*)(,|$)/y;
  let goesOn = text.trim() !== "";
  while (goesOn) {
    const match = one.exec(text);
    if (match === null) return failed("InvalidRequest", `${shown(text)} is not a list of parameters such as p=1,q='x'`);
    const [, name = "", value = "", comma] = match;
    if (found.has(name)) return invalid(`the parameter ${name} is given twice`, name);
    found.set(name, value.trim());
    goesOn = comma === ",";
  }
  return found;
}
