/** Functions: the embedder's own code behind the names that the CSDL declares. */
import type { FunctionDescriptor, Values } from "../../kernel/index.ts";
import type { CallContext, Failed } from "../call.ts";
import { failed, isFailed } from "../odata/failure.ts";
import { functionParameters } from "../odata/functions.ts";
import type { Resource } from "../odata/path.ts";
import type { Asked, Reply } from "./exchange.ts";
import { jsonReply } from "./replies.ts";

/**
 * By the function's name, and for one that is bound by its entity type's as well: `Order.Total`. Parameters come parsed to
 * their declared types; a bound function gets the values of its entity, which the caller may read, as the third argument.
 * The answer is any JSON value, or a `Failed`. The caller is authenticated; what an unbound function may show to whom is its
 * own code's to decide: no policy is asked.
 */
export type Functions = Readonly<
  Record<string, (parameters: Values, context: CallContext, entity?: Values) => unknown>
>;

/** Calls the function that a path names. */
export async function callFunction(asked: Asked, resource: Resource & { kind: "function" }): Promise<Reply | Failed> {
  return call(asked, resource);
}

/** Calls a function of one entity, which must be there for the caller. */
export async function callBoundFunction(
  asked: Asked,
  resource: Resource & { kind: "bound-function" },
): Promise<Reply | Failed> {
  const { service } = asked.exchange.host;
  const found = await service.read(asked.exchange.context, resource.set.type.name, resource.id);
  return found.kind === "failed" ? found : call(asked, resource, found.row.values);
}

interface Called {
  readonly function: FunctionDescriptor;
  readonly arguments: string;
}

async function call(asked: Asked, resource: Called, entity?: Values): Promise<Reply | Failed> {
  const { exchange, options, format } = asked;
  const called = resource.function;
  const parameters = functionParameters(called, resource.arguments, options);
  if (isFailed(parameters)) return parameters;
  const { functions } = exchange.host;
  const name = called.boundTo === undefined ? called.name : `${called.boundTo}.${called.name}`;
  const implementation = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (implementation === undefined) return notProvided(name);
  const value: unknown = await implementation(parameters, exchange.context, entity);
  if (isFailed(value)) return value;
  if (value === undefined || value === null) return { status: 204, body: undefined };
  const url = `${exchange.serviceRoot}$metadata${called.returnType === undefined ? "" : `#${called.returnType}`}`;
  const context = format.metadata === "none" ? {} : { "@odata.context": url };
  return jsonReply(200, JSON.stringify({ ...context, value }), format);
}

function notProvided(name: string): Failed {
  const how = `mount the service with odataPlugin({ functions: { ${/\./.test(name) ? `"${name}"` : name}: … } })`;
  return failed("NotImplemented", `the function ${name} is declared, but no code was given for it: ${how}`, name);
}
