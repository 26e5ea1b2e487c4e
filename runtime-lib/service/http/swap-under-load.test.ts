/** Two hundred clients over HTTP while revisions change over: no request fails, and each answer is of one revision from its head to its last byte. */
import { Agent, request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { depot, parcel, parcelService, property } from "../../../test/definitions/parcel.ts";
import { type ServedParcels, serveParcels } from "../../../test/definitions/served-parcels.ts";

const clients = 200;
const rounds = 2;

/** Each third revision has parcels with a weight: to it and from it calls have to end first, between the others they overlap. */
const weighed = parcelService([
  { ...parcel, properties: [...parcel.properties, property("Weight", "Edm.Int32", { defaultValue: 1 })] },
  depot,
]);
const plain = parcelService();

function hasWeight(revision: string): boolean {
  return Number(revision) % 3 === 0;
}

let served: ServedParcels;
let port = 0;
const agent = new Agent({ keepAlive: true, maxSockets: clients });

beforeAll(async () => {
  served = await serveParcels({ limits: { requestsPerSecond: 1_000_000, requestBurst: 1_000_000 } });
  await served.service.swap(plain, "1");
  port = Number(new URL(await served.app.listen({ port: 0, host: "127.0.0.1" })).port);
});

afterAll(async () => {
  agent.destroy();
  await served.close();
});

interface Answer {
  readonly status: number;
  readonly revisions: readonly string[];
  readonly text: string;
}

function ask(method: string, path: string, body?: object): Promise<Answer> {
  const headers = { authorization: `Bearer ${served.keys.alice}`, "content-type": "application/json" };
  return new Promise((resolve, reject) => {
    const asked = request({ agent, port, host: "127.0.0.1", method, path: `/tdata${path}`, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () => {
        const revisions = answer.headersDistinct["temperc-revision"] ?? [];
        resolve({ status: answer.statusCode ?? 0, revisions, text: Buffer.concat(chunks).toString("utf8") });
      });
    });
    asked.on("error", reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** What is wrong with an answer; undefined for one that its one revision alone could give. */
function faultOf({ status, revisions, text }: Answer, parcels: number): string | undefined {
  if (status >= 300) return `${status}: ${text}`;
  if (revisions.length !== 1) return `it names ${revisions.length} revisions: ${text}`;
  const weights = text.match(/"Weight":1/g)?.length ?? 0;
  const expected = hasWeight(revisions.join()) ? parcels : 0;
  return weights === expected ? undefined : `revision ${revisions[0]} with ${weights} weights: ${text}`;
}

test("two hundred clients: every answer is one revision's, and none is a failure", async () => {
  const faults: string[] = [];
  const seen = new Set<string>();
  const drained = new Set<boolean>();
  const check = (answer: Answer, parcels: number): void => {
    const fault = faultOf(answer, parcels);
    if (fault !== undefined) faults.push(fault);
    for (const revision of answer.revisions) seen.add(revision);
  };
  let isOver = false;
  const swapping = (async () => {
    for (let revision = 2; !isOver; revision += 1) {
      const swapped = await served.service.swap(hasWeight(String(revision)) ? weighed : plain, String(revision));
      drained.add(swapped.kind === "swapped" && swapped.drained);
      if (swapped.kind !== "swapped") faults.push(`revision ${revision}: ${swapped.reasons.join()}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })();
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      const id = `p-${client}`;
      const parts = ["1", "2", "3"].map((part) => ({ id: part, method: "GET", url: `Parcels('${id}')` }));
      check(await ask("POST", "/Parcels", { Id: id, Owner: "alice" }), 1);
      for (let round = 0; round < rounds; round += 1) {
        check(await ask("POST", `/Parcels('${id}')/AddItem`), 1);
        check(await ask("POST", "/$batch", { requests: parts }), parts.length);
        check(await ask("GET", `/Parcels?$filter=Id eq '${id}'`.replaceAll(" ", "%20")), 1);
      }
    }),
  );
  isOver = true;
  await swapping;
  expect(faults).toEqual([]);
  expect(seen.size).toBeGreaterThan(3);
  expect(drained).toEqual(new Set([true, false]));
  const counted = await ask("GET", `/Parcels/$count?$filter=Items%20eq%20${rounds}`);
  expect(counted.text).toBe(String(clients));
});
