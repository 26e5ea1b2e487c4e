/** `temperc dev` under load: specs are saved while clients never stop, and not one request fails. */
import { cpSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { call, keyFor } from "./live/client.ts";
import { freshFolder, root, type Server, startServer } from "./live/temperc.ts";

const clients = 8;
/** Every save is verified while the clients ask: the exhaustive levels find all that is wrong here. One key asks for all of them. */
const few = ["cases=1", "seeds=1", "requestsPerSecond=1000000"].flatMap((limit) => ["--limit", limit]);
const folder = freshFolder();
const specs = join(folder.path, "shop");
const shipment = join(specs, "shipment.ioa.toml");
const original = readFileSync(join(root, "examples/ecommerce/shipment.ioa.toml"), "utf8");

let server: Server;
let key = "";

beforeAll(async () => {
  cpSync(join(root, "examples/ecommerce"), specs, { recursive: true });
  server = await startServer(["dev", specs, "--store", join(folder.path, "shop.db"), ...few]);
  key = await keyFor(server.ready.url, server.ready.operatorKey, 'Customer::"c"');
});

afterAll(async () => {
  expect(await server.end("SIGINT")).toBe(0);
  folder.remove();
});

interface Load {
  isOver: boolean;
  answered: number;
  readonly failures: string[];
  readonly revisions: Set<string>;
}

let load: Load;
let driving: Promise<unknown>;

beforeEach(() => {
  load = { isOver: false, answered: 0, failures: [], revisions: new Set() };
  driving = Promise.all(Array.from({ length: clients }, (_, client) => shop(load, `${Date.now()}-${client}`)));
});

afterEach(async () => {
  load.isOver = true;
  await driving;
  expect(load.failures).toEqual([]);
  expect(load.answered).toBeGreaterThan(clients);
});

/** Creates, acts, reads and lists without a pause; every answer that is not the expected one is a failure. */
async function shop(load: Load, name: string): Promise<void> {
  for (let n = 0; !load.isOver; n += 1) {
    const id = `o-${name}-${n}`;
    await expectAnswer(load, 201, "POST /tdata/Orders", { Id: id, CustomerId: "c" });
    await expectAnswer(load, 200, `POST /tdata/Orders('${id}')/AddItem`, { ProductId: "p" });
    await expectAnswer(load, 200, `GET /tdata/Orders('${id}')`);
    await expectAnswer(load, 200, "GET /tdata/Orders?$top=5&$filter=ItemCount%20eq%201");
  }
}

async function expectAnswer(load: Load, status: number, request: string, body?: object): Promise<void> {
  try {
    const answer = await call(server.ready.url, request, body === undefined ? { key } : { key, body });
    load.answered += 1;
    load.revisions.add(answer.headers.get("temperc-revision") ?? "none");
    if (answer.status !== status) load.failures.push(`${request}: ${answer.status} ${answer.text}`);
  } catch (error) {
    load.failures.push(`${request}: ${error}`);
  }
}

/** The shipment spec with another limit of delivery attempts. */
function withAttempts(limit: number): string {
  return original.replaceAll(/(DeliveryAttempts (?:<=|<|>=)) \d/g, `$1 ${limit}`);
}

test("saves under load, half of them wrong: the others are swapped in and no request fails", async () => {
  const live = [server.ready.revision];
  const wrong = new Map([
    [1, original.replace("[automaton]", "[automaton")],
    [3, original.replace(/^to = "Delivered"/m, 'to = "Deliverd"')],
    [4, original.replace(/^initial = "\w+"/m, 'initial = "Nowhere"')],
  ]);
  for (let save = 0; save < 6; save += 1) {
    writeFileSync(shipment, wrong.get(save) ?? withAttempts(4 + save));
    const { event, revision, live: kept } = await server.next("swapped", "kept", "refused");
    expect(event, `save ${save}`).toBe(wrong.has(save) ? "kept" : "swapped");
    if (event === "kept") expect(kept).toBe(live.at(-1));
    else live.push(String(revision));
  }
  const { headers } = await call(server.ready.url, "GET /tdata/", { key });
  expect(headers.get("temperc-revision")).toBe(live.at(-1));
  expect(new Set(live).size).toBe(4);
  expect([...load.revisions].filter((revision) => !live.includes(revision))).toEqual([]);
  expect(load.revisions.size).toBeGreaterThan(2);
});

test("a save by rename, as editors do, is swapped in", async () => {
  const beside = join(folder.path, "shipment.new");
  writeFileSync(beside, withAttempts(3));
  renameSync(beside, shipment);
  expect((await server.next("swapped", "kept", "refused")).event).toBe("swapped");
});

test("a save that breaks an invariant is refused with the trace, and what was live stays", async () => {
  const order = join(specs, "order.ioa.toml");
  const sound = readFileSync(order, "utf8");
  writeFileSync(order, sound.replace('guard = "PickedCount < ItemCount"\n', ""));
  const kept = await server.next("kept", "swapped", "refused");
  expect(kept.event).toBe("kept");
  expect(JSON.stringify(kept)).toContain("NeverPickMoreThanOrdered");
  writeFileSync(order, sound);
  expect((await server.next("unchanged", "swapped", "kept", "refused")).event).toBe("unchanged");
});

test("a save that would strand live entities is refused with their number", async () => {
  const order = join(specs, "order.ioa.toml");
  const contract = join(specs, "shop.csdl.xml");
  const [sound, published] = [readFileSync(order, "utf8"), readFileSync(contract, "utf8")];
  await expectAnswer(load, 201, "POST /tdata/Orders", { Id: "o-draft", CustomerId: "c" });
  writeFileSync(contract, published.replaceAll('"Draft"', '"Basket"'));
  writeFileSync(order, sound.replaceAll('"Draft"', '"Basket"').replaceAll("'Draft'", "'Basket'"));
  let event = await server.next("refused", "swapped", "kept");
  if (event.event === "kept") event = await server.next("refused", "swapped", "kept");
  expect(event.event).toBe("refused");
  expect(JSON.stringify(event.reasons)).toMatch(/\d+ live entities of type Order have the status Draft/);
  writeFileSync(order, sound);
  writeFileSync(contract, published);
  let back = await server.next("unchanged", "swapped", "kept");
  if (back.event === "kept") back = await server.next("unchanged", "swapped", "kept");
  expect(back.event).toBe("unchanged");
});
