/** From a request to its reply: read the URL and the headers, find the resource, do what the method asks. */
import type { Attempt, Failed } from "../call.ts";
import { notFoundBy } from "../failures.ts";
import { failed, isFailed } from "../odata/failure.ts";
import { jsonFormat, plainJson, readPreferences } from "../odata/formats.ts";
import { shown } from "../odata/literals.ts";
import { type Options, readOptions } from "../odata/options.ts";
import { type Named, type Resource, resourceOf } from "../odata/path.ts";
import { type Routes, routesOf, type SetRoute } from "../odata/routes.ts";
import { pathSegments } from "../odata/url.ts";
import { addressed } from "./addressing.ts";
import { writeEach } from "./each.ts";
import { type Asked, type Exchange, headerOf, type Reply } from "./exchange.ts";
import { callAction, callBoundFunction, callFunction } from "./functions.ts";
import { createIn, readMedia, writeMedia } from "./media.ts";
import { readCount, readEntity, readFiltered, readMetadata, readServiceDocument } from "./reads.ts";
import { readEntityId, readReferences, readSetIds, writeReference } from "./references.ts";
import { createRelated, readProperty, readRelated } from "./related.ts";
import { patchSet } from "./set-delta.ts";
import { act, patch, put, remove, writeProperty } from "./writes.ts";

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
  const options = readOptions(exchange.query);
  const named = resourceOf(segments, routes, exchange.host.limits);
  const resource = isHere(named) ? named : await found(named, exchange, { routes, options });
  if (isFailed(resource)) return { failure: resource };
  const allow = methodsOf(resource);
  if (!allow.includes(exchange.method)) return wrongMethod(exchange.method, allow);
  if (isFailed(options)) return { failure: options };
  const preferences = readPreferences(headerOf(exchange.headers, "prefer"));
  const negotiates = !["metadata", "count", "item-count", "value", "stream"].includes(resource.kind);
  const format = negotiates
    ? jsonFormat(options.system.get("format"), headerOf(exchange.headers, "accept"))
    : plainJson;
  if (isFailed(format)) return { failure: format };
  const rest = isFailed(named) || named.kind !== "by-id" ? options : withoutId(options);
  const reply = unnamed(await perform(resource, { exchange, routes, options: rest, preferences, format }), named);
  if (!isFailed(reply)) return reply;
  if (reply.isReach)
    await exchange.host.service.attempted?.(exchange.context.principal, attemptOf(resource, exchange, reply));
  return { failure: reply };
}

function attemptOf(resource: Resource, { method }: Exchange, { message }: Failed): Attempt {
  const action = resource.kind === "action" ? resource.action.name : method === "POST" ? "create" : "update";
  const entityType = "set" in resource ? resource.set.type.name : "Service";
  return { action, entityType, entityId: "id" in resource ? resource.id : null, because: message };
}

/** `$entity` has taken the option. */
function withoutId(options: Options): Options {
  return { ...options, system: new Map([...options.system].filter(([name]) => name !== "id")) };
}

interface Read {
  readonly routes: Routes;
  readonly options: Options | Failed;
}

/** True where the path alone says what it leads to, and it is written there. */
function isHere(named: Named): named is Resource & { kind: "entity" | "action" | "set" } {
  return !isFailed(named) && (named.kind === "entity" || named.kind === "action" || named.kind === "set");
}

/** What is written behind a single-valued navigation property is the entity there. */
async function found(named: Named, exchange: Exchange, { routes, options }: Read): Promise<Resource | Failed> {
  const id = isFailed(options) ? undefined : options.system.get("id");
  const resource = await addressed(named, { exchange, routes, id });
  const isWritten = ["PATCH", "PUT", "DELETE"].includes(exchange.method);
  if (isFailed(resource) || resource.kind !== "related" || resource.navigation.collection || !isWritten)
    return resource;
  const target = resource.navigation.target();
  if (target === undefined) return resource;
  const inside = (entityId: string): Resource => ({ kind: "entity", set: target, id: entityId });
  return addressed({ ...resource, kind: "through", target, inside }, { exchange, routes, id });
}

/** The same words for an entity that the caller may not read as for none, and without the id behind the alternate key. */
function unnamed(reply: Reply | Failed, named: Named): Reply | Failed {
  if (isFailed(named) || named.kind !== "alternate" || !isFailed(reply) || reply.code !== "NotFound") return reply;
  return notFoundBy(named.set.type.name);
}

const read = ["GET", "HEAD"];
const ofCollection = [...read, "POST"];
const ofSet = [...ofCollection, "PATCH"];
const ofEntity = [...read, "PATCH", "PUT", "DELETE"];
const ofStanding = [...read, "PATCH", "PUT"];

function methodsOf(resource: Resource): readonly string[] {
  switch (resource.kind) {
    case "service-document":
    case "metadata":
    case "count":
    case "set-ids":
    case "entity-id":
    case "item-count":
    case "value":
    case "bound-function":
      return read;
    case "function":
      return resource.function.isAction === true ? ["POST"] : read;
    case "set":
      return resource.filters === undefined ? ofSet : read;
    case "entity":
      return isAlwaysThere(resource) ? ofStanding : ofEntity;
    case "stream":
      return [...read, "PUT", "DELETE"];
    case "each":
      return resource.action === undefined ? ["PATCH", "DELETE"] : ["POST"];
    case "related":
      if (resource.isCount || resource.filters !== undefined) return read;
      return resource.navigation.collection ? ofCollection : ofEntity;
    case "reference":
      if (!resource.navigation.collection) return [...read, "PUT", "DELETE"];
      return resource.to === undefined ? [...read, "POST", "PUT", "DELETE"] : [...read, "DELETE"];
    case "property":
      return [...read, ...(resource.property.collection ? ["POST"] : []), "PUT", "PATCH", "DELETE"];
    case "action":
      return ["POST"];
    case "unknown-action":
      return [...read, "POST", "PATCH", "PUT", "DELETE", "OPTIONS"];
  }
}

/** A singleton that is not nullable. */
function isAlwaysThere({ set, id }: Resource & { kind: "entity" }): boolean {
  const singleton = set.singletons?.get(id);
  return singleton !== undefined && singleton.isNullable !== true;
}

function wrongMethod(method: string, allow: readonly string[]): Refusal {
  return { failure: failed("MethodNotAllowed", `${method} is not for this resource: ${allow.join(", ")}`), allow };
}

function perform(resource: Resource, asked: Asked): Reply | Failed | Promise<Reply | Failed> {
  const { method } = asked.exchange;
  const isRead = read.includes(method);
  switch (resource.kind) {
    case "service-document":
      return readServiceDocument(asked);
    case "metadata":
      return readMetadata(asked);
    case "set":
      return isRead ? readFiltered(asked, resource) : writeSet(asked, resource.set);
    case "count":
      return readCount(asked, resource);
    case "set-ids":
      return readSetIds(asked, resource);
    case "entity-id":
      return readEntityId(asked, resource);
    case "entity":
      return isRead ? readEntity(asked, resource) : writeEntity(asked, resource);
    case "stream":
      return isRead ? readMedia(asked, resource) : writeMedia(asked, resource);
    case "each":
      return writeEach(asked, resource);
    case "related":
      return isRead ? readRelated(asked, resource) : createRelated(asked, resource);
    case "reference":
      return isRead ? readReferences(asked, resource) : writeReference(asked, resource);
    case "property":
      return isRead ? readProperty(asked, resource) : writeProperty(asked, { ...resource, kind: "property" });
    case "value":
    case "item-count":
      return readProperty(asked, resource);
    case "action":
      return act(asked, resource);
    case "unknown-action":
      return unknownAction(resource, method);
    case "function":
      return resource.function.isAction === true ? callAction(asked, resource) : callFunction(asked, resource);
    case "bound-function":
      return callBoundFunction(asked, resource);
  }
}

function writeSet(asked: Asked, set: SetRoute): Promise<Reply | Failed> {
  return asked.exchange.method === "PATCH" ? patchSet(asked, set) : createIn(asked, set);
}

function writeEntity(asked: Asked, resource: Resource & { kind: "entity" }): Promise<Reply | Failed> {
  switch (asked.exchange.method) {
    case "PATCH":
      return patch(asked, resource);
    case "PUT":
      return put(asked, resource);
    default:
      return remove(asked, resource);
  }
}

function unknownAction({ set, name }: Resource & { kind: "unknown-action" }, method: string): Failed {
  if (method === "POST") return failed("UnknownAction", `${set.type.name} has no action ${shown(name)}`);
  return failed("NotFound", `${set.type.name} has nothing called ${shown(name)}`);
}
