/** The wide event of an action: told once for each, with what was refused, what was committed, and no value that may not be shown. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ServedParcels, serveParcels } from "../../test/definitions/served-parcels.ts";
import type { WideEvent } from "../ports/index.ts";

let served: ServedParcels;
const told: WideEvent[] = [];

beforeAll(async () => {
  served = await serveParcels({
    telemetry: { handled: (event) => told.push(event) },
    shownParams: ["Parcel.create.Note"],
  });
});

afterAll(() => served.close());

async function send(line: string, payload?: object, headers: Record<string, string> = {}) {
  const [method = "GET", url = ""] = line.split(" ");
  const known = { authorization: `Bearer ${served.keys.alice}`, ...headers };
  told.length = 0;
  await served.app.inject({
    method: method as "GET",
    url: `/tdata/${url}`,
    headers: known,
    ...(payload && { payload }),
  });
  return told.map(({ name, tags: { code, from, to } }) => [name, code, from, to]);
}

test("each write is one event, by the names of the definition", async () => {
  expect(await send("POST Parcels", { Id: "p", Owner: "alice" })).toEqual([["Parcel.create", "ok", undefined, "Open"]]);
  expect(await send("PATCH Parcels/p", { Note: "n" })).toEqual([["Parcel.update", "ok", "Open", "Open"]]);
  expect(await send("POST Parcels/p/AddItem", {})).toEqual([["Parcel.AddItem", "ok", "Open", "Open"]]);
  expect(await send("POST Parcels", { Id: "p", Owner: "alice" })).toEqual([
    ["Parcel.create", "EntityExists", undefined, undefined],
  ]);
  expect(await send("POST Parcels", { Id: "q", Owner: "bob" })).toEqual([
    ["Parcel.create", "AuthorizationDenied", undefined, undefined],
  ]);
  expect(await send("DELETE Parcels/p")).toEqual([["Parcel.delete", "ok", "Open", undefined]]);
  expect(await send("GET Parcels")).toEqual([]);
});

test("it says who, in which session and trace, and with what wish; and values only where they may be shown", async () => {
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const headers = { traceparent, "x-session-id": "s-1", "x-intent": "to move house" };
  await send("POST Parcels", { Id: "s", Owner: "alice", Note: "shown" }, headers);
  expect(told[0]).toMatchObject({
    attributes: {
      tenant: "default",
      entityId: "s",
      principal: 'Customer::"alice"',
      correlationId: "0af7651916cd43dd8448eb211c80319c",
      sessionId: "s-1",
      intent: "to move house",
      "param.Note": "shown",
      "param.Owner": "[redacted]",
    },
    measurements: { evaluations: 1, events: 1, asked: 0 },
  });
});

test("writes of a group are told when it is durable; of one that is given up only what was refused", async () => {
  const part = (id: string, owner: string) => ({
    id,
    method: "POST",
    url: "Parcels",
    atomicityGroup: "g",
    body: { Id: id, Owner: owner },
  });
  expect(await send("POST $batch", { requests: [part("g1", "alice"), part("g2", "alice")] })).toEqual([
    ["Parcel.create", "ok", undefined, "Open"],
    ["Parcel.create", "ok", undefined, "Open"],
  ]);
  expect(await send("POST $batch", { requests: [part("g3", "alice"), part("g4", "bob")] })).toEqual([
    ["Parcel.create", "AuthorizationDenied", undefined, undefined],
  ]);
});
