/** `/api/keys`: operators make, list and revoke keys; nobody else does, and a secret is seen once. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ServedParcels, serveParcels } from "../../../test/definitions/served-parcels.ts";

let served: ServedParcels;

beforeEach(async () => {
  served = await serveParcels();
});

afterEach(() => served.close());

function inject(method: "GET" | "POST" | "DELETE", url: string, key: string, payload?: object) {
  const request = { method, url, headers: { authorization: `Bearer ${key}` } };
  return served.app.inject(payload === undefined ? request : { ...request, payload });
}

test("a key works from the moment it is made until the moment it is revoked", async () => {
  const { admin } = served.keys;
  const body = { principal: 'Agent::"ware\\"house"', roles: ["fulfilment"] };
  const made = await inject("POST", "/api/keys", admin, body);
  expect([made.statusCode, made.headers["cache-control"]]).toEqual([201, "no-store"]);
  const { id, secret, ...rest } = made.json();
  expect(rest).toEqual({
    ...body,
    tenant: "default",
    kind: "caller",
    scopes: [],
    createdAt: expect.any(String),
    createdBy: 'Admin::"root"',
    expiresAt: null,
    revokedAt: null,
    revokedBy: null,
  });
  expect((await inject("GET", "/tdata", secret)).statusCode).toBe(200);
  const listed = (await inject("GET", "/api/keys", admin)).body;
  expect([listed.includes(id), listed.includes(secret), listed.includes("hash")]).toEqual([true, false, false]);
  expect((await inject("DELETE", `/api/keys/${id}`, admin)).statusCode).toBe(204);
  expect((await inject("GET", "/tdata", secret)).statusCode).toBe(401);
  const revoked = (await inject("GET", "/api/keys", admin)).json().value.find((key: { id: string }) => key.id === id);
  expect(revoked).toMatchObject({ createdBy: 'Admin::"root"', revokedBy: 'Admin::"root"' });
  expect((await inject("DELETE", "/api/keys/unknown", admin)).json()).toMatchObject({ error: { code: "NotFound" } });
});

test("tells of scopes that name nothing of what is live, and makes the key nevertheless", async () => {
  const made = async (...scopes: readonly string[]) => {
    const reply = await inject("POST", "/api/keys", served.keys.admin, { principal: 'Agent::"a"', scopes });
    const { scopes: kept, unknownScopes } = reply.json();
    expect([reply.statusCode, kept]).toEqual([201, scopes]);
    return unknownScopes;
  };
  const verbs = ["create", "read", "update", "delete"];
  const live = ["read", "write", "manage", "metrics", "Parcel", "Parcel::Send", "Parcel::read", "Depot::create"];
  expect(await made(...live)).toBeUndefined();
  expect(await made()).toBeUndefined();
  expect(await made("Parcel", "Parcels", "reed")).toEqual(
    ["Parcels", "reed"].map((scope) => ({ scope, known: ["read", "write", "manage", "metrics", "Parcel", "Depot"] })),
  );
  const known = [...verbs, "AddItem", "Pack", "Send", "Recount"].map((name) => `Parcel::${name}`);
  // Who lists reads: there is no scope of its own for it.
  expect(await made("Parcel::Sendd", "Parcel::list")).toEqual(
    ["Parcel::Sendd", "Parcel::list"].map((scope) => ({ scope, known })),
  );
  expect(await made("Parcl::read")).toEqual([{ scope: "Parcl::read", known: ["Parcel::read", "Depot::read"] }]);
  expect(await made("Parcl::Fly")).toEqual([{ scope: "Parcl::Fly", known: ["Parcel", "Depot"] }]);
});

test("only an operator manages keys", async () => {
  for (const [key, status] of [
    ["", 401],
    ["tk_wrong", 401],
    [served.keys.alice, 403],
  ] as const) {
    for (const method of ["GET", "POST"] as const) {
      const body = method === "POST" ? { principal: 'Admin::"me"', kind: "operator" } : undefined;
      expect((await inject(method, "/api/keys", key, body)).statusCode).toBe(status);
    }
    expect((await inject("DELETE", "/api/keys/x", key)).statusCode).toBe(status);
  }
});

test.each([
  [{}, "principal"],
  [{ principal: "alice" }, "principal"],
  [{ principal: 'Customer::""' }, "principal"],
  [{ principal: 'Customer::"a"b"' }, "principal"],
  [{ principal: 'Cust omer::"a"' }, "principal"],
  [{ principal: ["Customer"] }, "principal"],
  [{ principal: 'Customer::"a"', roles: "x" }, "roles"],
  [{ principal: 'Customer::"a"', roles: [1] }, "roles"],
  [{ principal: 'Customer::"a"', kind: "root" }, "kind"],
  [{ principal: 'Customer::"a"', tenant: "other" }, "tenant"],
  [{ principal: 'Customer::"a"', expiresAt: "2027-02-30T00:00:00Z" }, "expiresAt"],
])("the body %j is refused because of %s", async (body, target) => {
  const reply = await inject("POST", "/api/keys", served.keys.admin, body);
  expect([reply.statusCode, reply.json().error.target]).toEqual([400, target]);
});
