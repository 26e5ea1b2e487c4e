/** The parameters of an unbound function: inline, by alias, or as query options of their names (OData 4.01 part 2, 4.5). */
import type { FunctionDescriptor, Value, Values } from "../../kernel/index.ts";
import type { Failed } from "../call.ts";
import { failed, invalid, isFailed } from "./failure.ts";
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
