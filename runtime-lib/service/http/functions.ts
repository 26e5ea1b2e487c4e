/** Functions, and actions that are bound to nothing: the embedder's own code behind the names that the CSDL declares. */
import type { FunctionDescriptor, Values } from "../../kernel/index.ts";
import type { CallContext, Failed } from "../call.ts";
import { failed, isFailed, notImplemented } from "../odata/failure.ts";
import { actionParameters, functionParameters } from "../odata/functions.ts";
import { onlyOptions } from "../odata/options.ts";
import type { Resource } from "../odata/path.ts";
import { type Asked, headerOf, type Reply } from "./exchange.ts";
import { jsonReply } from "./replies.ts";
import { parsedBody, readingOf } from "./request-bodies.ts";

/**
 * By the function's name, and for one that is bound by its entity type's as well: `Order.Total`. Parameters come parsed to
 * their declared types; a bound function gets the values of its entity, which the caller may read, as the third argument.
 * The answer is any JSON value, or a `Failed`. The caller is authenticated; what an unbound function may show to whom is its
 * own code's to decide: no policy is asked.
 */
export type Functions = Readonly<
  Record<string, (parameters: Values, context: CallContext, entity?: Values) => unknown>
>;

/**
 * By the action's name, for actions that are bound to nothing: what the app does at a POST, with the parameters of its body. It
 * answers as functions do. Whether the caller may is its own code's to decide, and so is what becomes of a call that is repeated.
 */
export type Actions = Readonly<Record<string, (parameters: Values, context: CallContext) => unknown>>;

/** Calls the action of the app that a path names. */
export async function callAction(asked: Asked, { function: called }: Called): Promise<Reply | Failed> {
  const { exchange, options } = asked;
  const { actions, service } = exchange.host;
  const wrong = onlyOptions(options, ["format"], `the action ${called.name}`);
  if (wrong !== undefined) return wrong;
  if (service.following === undefined) return notImplemented(`the action ${called.name} within a change set`);
  if (headerOf(exchange.headers, "idempotency-key") !== undefined) {
    return notImplemented(`Idempotency-Key for ${called.name}, which is code of the app,`, "Idempotency-Key");
  }
  const json = parsedBody(exchange);
  if (isFailed(json)) return json;
  const parameters = actionParameters(json, called, readingOf(exchange));
  if (isFailed(parameters)) return parameters;
  const implementation = Object.hasOwn(actions, called.name) ? actions[called.name] : undefined;
  if (implementation === undefined) return notProvided("action", called.name);
  return answerTo(await implementation(parameters, exchange.context), called, asked);
}

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
  const { exchange, options } = asked;
  const called = resource.function;
  const parameters = functionParameters(called, resource.arguments, options);
  if (isFailed(parameters)) return parameters;
  const { functions } = exchange.host;
  const name = called.boundTo === undefined ? called.name : `${called.boundTo}.${called.name}`;
  const implementation = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (implementation === undefined) return notProvided("function", name);
  return answerTo(await implementation(parameters, exchange.context, entity), called, asked);
}

function answerTo(value: unknown, called: FunctionDescriptor, { exchange, format }: Asked): Reply | Failed {
  if (isFailed(value)) return value;
  if (value === undefined || value === null) return { status: 204, body: undefined };
  const url = `${exchange.serviceRoot}$metadata${called.returnType === undefined ? "" : `#${called.returnType}`}`;
  const context = format.metadata === "none" ? {} : { "@odata.context": url };
  return jsonReply(200, JSON.stringify({ ...context, value }), format);
}

function notProvided(kind: "function" | "action", name: string): Failed {
  const how = `mount the service with odataPlugin({ ${kind}s: { ${/\./.test(name) ? `"${name}"` : name}: … } })`;
  return failed("NotImplemented", `the ${kind} ${name} is declared, but no code was given for it: ${how}`, name);
}
