/** Scopes of a credential over HTTP: they take away from what policies permit, and what is out of them looks like what is not there. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ServedParcels, serveParcels } from "../../../test/definitions/served-parcels.ts";

let served: ServedParcels;

beforeAll(async () => {
  served = await serveParcels();
  expect((await send(served.keys.alice, "POST /tdata/Parcels", { Id: "p", Owner: "alice" })).statusCode).toBe(201);
});

afterAll(() => served.close());

function send(key: string, line: string, body?: object) {
  const [method = "GET", url = ""] = line.split(" ");
  const headers = { authorization: `Bearer ${key}` };
  return served.app.inject({ method: method as "GET", url, headers, ...(body && { payload: body }) });
}

const alice = { type: "Customer", id: "alice" };

describe("a key", () => {
  test.each([
    { scopes: ["read"], read: 200, listed: 1, packed: 403, patched: 403 },
    { scopes: ["write"], read: 404, listed: 0, packed: 204, patched: 204 },
    { scopes: ["Parcel"], read: 200, listed: 1, packed: 200, patched: 200 },
    { scopes: ["Depot"], read: 404, listed: 0, packed: 403, patched: 403 },
    { scopes: ["Parcel::read", "Parcel::AddItem"], read: 200, listed: 1, packed: 200, patched: 403 },
    { scopes: ["Parcel::update"], read: 404, listed: 0, packed: 403, patched: 204 },
  ])("for $scopes reads $read and lists $listed, acts $packed, patches $patched", async (expected) => {
    const key = await served.key({ ...alice, scopes: expected.scopes });
    const { statusCode: read } = await send(key, "GET /tdata/Parcels/p");
    const listed = (await send(key, "GET /tdata/Parcels")).json().value.length;
    const { statusCode: packed } = await send(key, "POST /tdata/Parcels/p/AddItem", {});
    const { statusCode: patched } = await send(key, "PATCH /tdata/Parcels/p", { Note: "n" });
    expect({ scopes: expected.scopes, read, listed, packed, patched }).toEqual(expected);
  });

  test("says that it is its scopes that are too narrow", async () => {
    const key = await served.key({ ...alice, scopes: ["read"] });
    const reply = await send(key, "POST /tdata/Parcels/p/AddItem", {});
    expect(reply.json().error.message).toBe("AddItem on Parcel is not in the scopes of this credential");
  });

  test("is made with scopes and an expiry by an operator, and with no others", async () => {
    const wish = { principal: 'Customer::"alice"', scopes: ["read"], expiresAt: "2999-01-01T00:00:00Z" };
    expect((await send(served.keys.admin, "POST /api/keys", wish)).json()).toMatchObject(wish);
    for (const wrong of [{ scopes: ["Order Pay"] }, { scopes: "read" }, { expiresAt: "soon" }, { expiresAt: 1 }]) {
      const reply = await send(served.keys.admin, "POST /api/keys", { ...wish, ...wrong });
      expect([reply.statusCode, reply.json().error.target]).toEqual([400, Object.keys(wrong)[0]]);
    }
  });
});
