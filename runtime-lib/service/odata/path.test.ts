/** What a path names, and what it does not. */
import { expect, test } from "vitest";
import { parcelsWithFunctions } from "../../../test/definitions/served-parcels.ts";
import { isFailed } from "./failure.ts";
import { resourceOf } from "./path.ts";
import { routesOf } from "./routes.ts";
import { pathSegments } from "./url.ts";

const routes = routesOf(parcelsWithFunctions());

function named(path: string): unknown {
  const segments = pathSegments(path);
  if (isFailed(segments)) return segments;
  const resource = resourceOf(segments, routes, { keyLengthMax: 40 });
  if (isFailed(resource)) return { code: resource.code, message: resource.message };
  const { kind } = resource;
  const set = "set" in resource ? resource.set.name : undefined;
  const id = "id" in resource ? resource.id : undefined;
  const name = "action" in resource ? resource.action.name : "name" in resource ? resource.name : undefined;
  return JSON.parse(JSON.stringify({ kind, set, id, name }));
}

test.each([
  ["/", { kind: "service-document" }],
  ["/$metadata", { kind: "metadata" }],
  ["/Parcels", { kind: "set", set: "Parcels" }],
  ["/Parcels/$count", { kind: "count", set: "Parcels" }],
  ["/Parcels('p1')", { kind: "entity", set: "Parcels", id: "p1" }],
  ["/Parcels(Id='p1')", { kind: "entity", set: "Parcels", id: "p1" }],
  ["/Parcels( Id = 'p1' )", { kind: "entity", set: "Parcels", id: "p1" }],
  ["/Parcels('O''Neil')", { kind: "entity", set: "Parcels", id: "O'Neil" }],
  ["/Parcels('a%2Fb')", { kind: "entity", set: "Parcels", id: "a/b" }],
  ["/Parcels('a=(b)')", { kind: "entity", set: "Parcels", id: "a=(b)" }],
  ["/Parcels/p1", { kind: "entity", set: "Parcels", id: "p1" }],
  ["/Parcels/a%2F('b')", { kind: "entity", set: "Parcels", id: "a/('b')" }],
  ["/Parcels('p1')/Pack", { kind: "action", set: "Parcels", id: "p1", name: "Pack" }],
  ["/Parcels/p1/Parcels.Pack", { kind: "action", set: "Parcels", id: "p1", name: "Pack" }],
  ["/Parcels('p1')/Note", { kind: "property", set: "Parcels", id: "p1" }],
  ["/Parcels('p1')/Note/$value", { kind: "value", set: "Parcels", id: "p1" }],
  ["/Parcels('p1')/Depot", { kind: "related", set: "Parcels", id: "p1" }],
  ["/Parcels('p1')/Fly", { kind: "unknown-action", set: "Parcels", id: "p1", name: "Fly" }],
  ["/Parcels('p1')/Recount", { kind: "unknown-action", set: "Parcels", id: "p1", name: "Recount" }],
  ["/Parcels('p1')/constructor", { kind: "unknown-action", set: "Parcels", id: "p1", name: "constructor" }],
  [
    "/Depots(0A000000-0000-4000-8000-00000000000B)",
    { kind: "entity", set: "Depots", id: "0a000000-0000-4000-8000-00000000000b" },
  ],
  ["/Quote(Country='DE')", { kind: "function" }],
  ["/Parcels.Quote", { kind: "function" }],
])("%s is %j", (path, resource) => {
  expect(named(path)).toEqual(resource);
});

test.each([
  ["/Parcel", "NotFound", 'there is no entity set "Parcel"'],
  ["/parcels", "NotFound", 'there is no entity set "parcels"'],
  ["/__proto__", "NotFound", 'there is no entity set "__proto__"'],
  ["/$metadata/x", "NotFound", "there is nothing below $metadata"],
  ["/$nothing", "NotFound", 'there is no resource "$nothing"'],
  ["/$batch", "NotImplemented", "$batch is not implemented by this service"],
  ["/$crossjoin(Parcels,Depots)", "NotImplemented", "$crossjoin is not implemented by this service"],
  ["/Parcels/$ref/x", "NotImplemented", "$ref is not implemented by this service"],
  ["/Parcels('p')/$value", "NotImplemented", "$value is not implemented by this service"],
  ["/Parcels('p')/Note/x", "NotFound", 'Note has nothing called "x"'],
  ["/Parcels('p')/Depot('x')/Id", "NotFound", "Depot has no keys"],
  [
    "/Parcels('p')/Pack/x",
    "NotImplemented",
    "a path that goes on behind the action Pack is not implemented by this service",
  ],
  ["/Parcels('p", "InvalidParameter", "\"('p\" is not a key: write ('key') or (Id='key')"],
  ["/Parcels()", "InvalidParameter", "\"()\" is not a key: write ('key') or (Id='key')"],
  ["/Parcels(p)", "InvalidParameter", '"p" is not a string in single quotes, with a quote in it doubled'],
  ["/Parcels('a'b')", "InvalidParameter", "\"'a'b'\" is not a string in single quotes, with a quote in it doubled"],
  ["/Parcels(Name='p')", "InvalidParameter", "the key of Parcel is Id, not Name"],
  [
    "/Parcels('01234567890123456789012345678901234567890')",
    "InvalidParameter",
    "the key is longer than 40 characters (keyLengthMax)",
  ],
  ["/Depots('x')", "InvalidParameter", "\"'x'\" is not a guid"],
  ["/Depots/x", "InvalidParameter", '"x" is not a guid'],
  ["/Quote(", "InvalidRequest", "the call of Quote lacks its closing parenthesis"],
])("%s is refused: %s, %s", (path, code, message) => {
  expect(named(path)).toEqual({ code, message });
});
