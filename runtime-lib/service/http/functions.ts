/** Unbound functions: the embedder's own code behind the names that the CSDL declares. */
import type { Values } from "../../kernel/index.ts";
import type { CallContext, Failed } from "../call.ts";
import { failed, isFailed } from "../odata/failure.ts";
import { functionParameters } from "../odata/functions.ts";
import type { Resource } from "../odata/path.ts";
import type { Asked, Reply } from "./exchange.ts";
import { jsonReply } from "./replies.ts";

/**
 * By the function's name. Parameters come parsed to their declared types; the answer is any JSON value, or a `Failed`.
 * The caller is authenticated; what a function may show to whom is its own code's to decide: no policy is asked.
 */
export type Functions = Readonly<Record<string, (parameters: Values, context: CallContext) => unknown>>;

/** Calls the function that a path names. */
export async function callFunction(asked: Asked, resource: Resource & { kind: "function" }): Promise<Reply | Failed> {
  const { exchange, options, format } = asked;
  const called = resource.function;
  const parameters = functionParameters(called, resource.arguments, options);
  if (isFailed(parameters)) return parameters;
  const { functions } = exchange.host;
  const implementation = Object.hasOwn(functions, called.name) ? functions[called.name] : undefined;
  if (implementation === undefined) return notProvided(called.name);
  const value: unknown = await implementation(parameters, exchange.context);
  if (isFailed(value)) return value;
  if (value === undefined || value === null) return { status: 204, body: undefined };
  const url = `${exchange.serviceRoot}$metadata${called.returnType === undefined ? "" : `#${called.returnType}`}`;
  const context = format.metadata === "none" ? {} : { "@odata.context": url };
  return jsonReply(200, JSON.stringify({ ...context, value }), format);
}

function notProvided(name: string): Failed {
  const how = `mount the service with odataPlugin({ functions: { ${name}: … } })`;
  return failed("NotImplemented", `the function ${name} is declared, but no code was given for it: ${how}`, name);
}
