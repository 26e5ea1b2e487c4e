/** From a request to its reply: read the URL and the headers, find the resource, do what the method asks. */
import type { Failed } from "../call.ts";
import { notFoundBy } from "../failures.ts";
import { failed, isFailed, notImplemented } from "../odata/failure.ts";
import { jsonFormat, plainJson, readPreferences } from "../odata/formats.ts";
import { shown } from "../odata/literals.ts";
import { readOptions } from "../odata/options.ts";
import { type Alternate, type Resource, resourceOf } from "../odata/path.ts";
import { routesOf } from "../odata/routes.ts";
import { pathSegments } from "../odata/url.ts";
import { type Asked, type Exchange, headerOf, type Reply } from "./exchange.ts";
import { callBoundFunction, callFunction } from "./functions.ts";
import { readCount, readEntity, readMetadata, readServiceDocument, readSet } from "./reads.ts";
import { readProperty, readRelated } from "./related.ts";
import { act, create, patch, remove } from "./writes.ts";

/** A refusal, with the methods that the resource has where the method was the trouble. */
export interface Refusal {
  readonly failure: Failed;
  readonly allow?: readonly string[];
}

/** The reply to a request whose caller is known, or why there is none. */
export async function answer(exchange: Exchange): Promise<Reply | Refusal> {
  const routes = routesOf(exchange.host.service.definition);
  const segments = pathSegments(exchange.path);
  if (isFailed(segments)) return { failure: segments };
  const named = resourceOf(segments, routes, exchange.host.limits);
  if (isFailed(named)) return { failure: named };
  const resource = named.kind === "alternate" ? await addressed(named, exchange) : named;
  if (isFailed(resource)) return { failure: resource };
  const allow = methodsOf[resource.kind];
  if (!allow.includes(exchange.method)) return wrongMethod(exchange.method, resource, allow);
  const options = readOptions(exchange.query);
  if (isFailed(options)) return { failure: options };
  const preferences = readPreferences(headerOf(exchange.headers, "prefer"));
  const negotiates = !["metadata", "count", "value"].includes(resource.kind);
  const format = negotiates
    ? jsonFormat(options.system.get("format"), headerOf(exchange.headers, "accept"))
    : plainJson;
  if (isFailed(format)) return { failure: format };
  const reply = unnamed(await perform(resource, { exchange, routes, options, preferences, format }), named);
  return isFailed(reply) ? { failure: reply } : reply;
}

/**
 * What the path of an alternate key names. What no entity has is told before the store is asked, so that it tells nothing
 * of this one; whether the caller may have the entity is asked as for any other.
 */
async function addressed({ set, key, inside }: Alternate, { host, context }: Exchange): Promise<Resource | Failed> {
  const any = inside("");
  if (isFailed(any) || any.kind === "unknown-action") return any;
  const id = await host.service.idOf(context, set.type.name, key);
  return typeof id === "string" ? inside(id) : id;
}

/** The same words for an entity that the caller may not read as for none, and without the id behind the alternate key. */
function unnamed(reply: Reply | Failed, named: Resource | Alternate): Reply | Failed {
  if (named.kind !== "alternate" || !isFailed(reply) || reply.code !== "NotFound") return reply;
  return notFoundBy(named.set.type.name);
}

const methodsOf: Readonly<Record<Resource["kind"], readonly string[]>> = {
  "service-document": ["GET", "HEAD"],
  metadata: ["GET", "HEAD"],
  set: ["GET", "HEAD", "POST"],
  count: ["GET", "HEAD"],
  entity: ["GET", "HEAD", "PATCH", "DELETE"],
  related: ["GET", "HEAD"],
  property: ["GET", "HEAD"],
  value: ["GET", "HEAD"],
  action: ["POST"],
  "unknown-action": ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"],
  function: ["GET", "HEAD"],
  "bound-function": ["GET", "HEAD"],
};

function wrongMethod(method: string, resource: Resource, allow: readonly string[]): Refusal {
  if (resource.kind === "entity" && method === "PUT") {
    return { failure: notImplemented("PUT (replacing or upserting an entity)"), allow };
  }
  return { failure: failed("MethodNotAllowed", `${method} is not for this resource: ${allow.join(", ")}`), allow };
}

function perform(resource: Resource, asked: Asked): Reply | Failed | Promise<Reply | Failed> {
  const { method } = asked.exchange;
  switch (resource.kind) {
    case "service-document":
      return readServiceDocument(asked);
    case "metadata":
      return readMetadata(asked);
    case "set":
      return method === "POST" ? create(asked, resource) : readSet(asked, resource);
    case "count":
      return readCount(asked, resource);
    case "entity":
      if (method === "PATCH") return patch(asked, resource);
      return method === "DELETE" ? remove(asked, resource) : readEntity(asked, resource);
    case "related":
      return readRelated(asked, resource);
    case "property":
    case "value":
      return readProperty(asked, resource);
    case "action":
      return act(asked, resource);
    case "unknown-action":
      return unknownAction(resource, method);
    case "function":
      return callFunction(asked, resource);
    case "bound-function":
      return callBoundFunction(asked, resource);
  }
}

function unknownAction({ set, name }: Resource & { kind: "unknown-action" }, method: string): Failed {
  if (method === "POST") return failed("UnknownAction", `${set.type.name} has no action ${shown(name)}`);
  return failed("NotFound", `${set.type.name} has nothing called ${shown(name)}`);
}
