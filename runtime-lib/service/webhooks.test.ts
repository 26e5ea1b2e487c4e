/** Outgoing webhooks: what is sent to a real server, how often, and which call-back follows. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is what placeholders look like
import { createServer, type IncomingMessage } from "node:http";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Workshop } from "../../test/definitions/open-workshop.ts";
import { fillTrigger, postTrigger, workshop } from "../../test/definitions/workshop.ts";
import { httpSender } from "../adapters/http/sender.ts";
import type { TriggerDescriptor } from "../kernel/index.ts";
import type { HttpSender } from "../ports/index.ts";
import { Service } from "./service.ts";
import { webhookRequest } from "./webhook-request.ts";

interface Received {
  readonly line: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

let statuses: number[] = [];
let received: Received[] = [];
let address: string;
let shop: Workshop;

const server = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => {
    body += String(chunk);
  });
  request.on("end", () => {
    received.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
    response.writeHead(statuses.shift() ?? 200).end();
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bound = server.address();
  address = typeof bound === "object" && bound !== null ? `127.0.0.1:${bound.port}` : "";
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

beforeEach(() => {
  statuses = [];
  received = [];
  shop = new Workshop(":memory:");
});

afterEach(async () => {
  await shop.close();
  expect([shop.errors, shop.clock.sleepers]).toEqual([[], 0]);
});

type Post = Parameters<typeof postTrigger>[0];

/** A job that asks once, and what happens within an hour. */
async function ask(deed: Omit<Post, "url">, http?: HttpSender): Promise<void> {
  const trigger = postTrigger({ url: `http://${address}/jobs/\${Id}`, ...deed });
  await shop.open(workshop({ triggers: [trigger] }), { http: http ?? httpSender({ hosts: [address] }) });
  await shop.create("Job", "a b", { Owner: 'the "owner"' });
  await shop.act("Job", "a b", "Ask");
  await shop.quiet();
  await shop.pass(3_600);
}

async function history(): Promise<readonly string[]> {
  return (await shop.history("Job", "a b")).map((each) => each.replace('Customer::"alice" ', ""));
}

describe("a webhook", () => {
  test("sends what the entity was when it was committed, under a key that stays the same, and calls back once", async () => {
    statuses = [500, 429, 204];
    await ask({
      headers: { "x-owner": "${Owner}" },
      body: '{"owner": "${Owner}", "count": ${Count}, "peer": ${Peer}}',
      onSuccess: "Delivered",
      onFailure: "NotDelivered",
    });
    expect(received.map(({ line }) => line)).toEqual(Array(3).fill("POST /jobs/a%20b"));
    expect(received.map(({ body }) => JSON.parse(body))).toEqual(
      Array(3).fill({ owner: 'the "owner"', count: 1, peer: null }),
    );
    const [, asked] = await shop.store.events({ tenant: "t", entityType: "Job", entityId: "a b" });
    expect(received.map(({ headers }) => headers["idempotency-key"])).toEqual(Array(3).fill(`${asked?.eventId}:0`));
    expect(received[0]?.headers).toMatchObject({ "x-owner": 'the "owner"', "content-type": "application/json" });
    expect(await history()).toEqual(["created", "Ask", "Delivered"]);
    const done = await shop.store.outbox({ tenant: "t", state: "done", top: 10, skip: 0 });
    expect(done.map(({ note, attempts }) => [note, attempts])).toEqual([["HTTP 204", 3]]);
  });

  test("that fails until its attempts are spent calls the other back", async () => {
    statuses = [500, 503, 500];
    await ask({ retriesMax: 2, onSuccess: "Delivered", onFailure: "NotDelivered" });
    expect([received.length, await history(), await shop.dead()]).toEqual([3, ["created", "Ask", "NotDelivered"], []]);
  });

  test("that fails with nobody to call back is a dead letter, at once where repeating it is no use", async () => {
    statuses = [404];
    await ask({});
    expect([received.length, await shop.dead()]).toEqual([1, ["HTTP 404"]]);
    const [letter] = await shop.service.deadLetters("t", { top: 1, skip: 0 });
    expect(await shop.service.retryDeadLetter("t", letter?.entry.key ?? "")).toBe(true);
    await shop.quiet();
    expect([received.length, await shop.dead()]).toEqual([2, []]);
  });

  test("goes to no private address unless it is named", async () => {
    await ask({ onFailure: "NotDelivered" }, httpSender());
    expect([received, await history()]).toEqual([[], ["created", "Ask", "NotDelivered"]]);
    const [done] = await shop.store.outbox({ tenant: "t", state: "done", top: 1, skip: 0 });
    expect(done?.note).toBe("127.0.0.1 is no public address");
  });

  test("that would have a header of two lines is never sent", async () => {
    await ask({ headers: { "x-owner": "${Peer}" } });
    await shop.write("Job", "a b", { kind: "patch", values: { Peer: "x\r\nevil: yes" } });
    await shop.act("Job", "a b", "Ask");
    await shop.quiet();
    expect([received.length, await shop.dead()]).toEqual([
      1,
      ["the header x-owner would have a character that none may have"],
    ]);
  });

  test("makes nobody wait, and is ended by closing without losing it", async () => {
    let begun = (): void => undefined;
    const sending = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const endless: HttpSender = ({ signal }) =>
      new Promise((resolve) => {
        begun();
        signal.addEventListener("abort", () => resolve({ kind: "failed", reason: "aborted" }));
      });
    const triggers = [postTrigger({ url: "https://example.com/" }), fillTrigger()];
    await shop.open(workshop({ triggers }), { http: endless });
    await shop.create("Shelf", "a");
    await shop.create("Job", "1", { Peer: "a" });
    await shop.act("Job", "1", "Ask");
    await sending;
    while ((await shop.count("Shelf", "a")) !== 1) await new Promise(setImmediate);
    await shop.service.close();
    const left = await shop.store.outbox({ tenant: "t", state: "queued", top: 10, skip: 0 });
    expect(left.map(({ attempts, dueAt }) => [attempts, dueAt])).toEqual([[0, 0]]);
  });

  test("needs a service that can send: nothing is dropped in silence", async () => {
    const sending = workshop({ triggers: [postTrigger({ url: "https://example.com/" })] });
    await expect(shop.open(sending)).rejects.toThrow("the webhook post cannot be sent");
    await shop.close();
    await shop.open(workshop({}));
    expect(shop.service).toBeInstanceOf(Service);
    expect(await shop.service.swap(sending, "r2")).toMatchObject({ kind: "refused" });
  });
});

describe("a placeholder", () => {
  const template = (more: Partial<TriggerDescriptor["deed"] & { kind: "webhook" }>) =>
    ({ url: "https://example.com/", method: "post", headers: {}, ...more }) as const;
  const values = { a: 'x/../?#&"\\\n', dots: "..", n: 3, none: null, list: ["p", "q"], yes: true };

  test("in a URL stays within its segment, its parameter or its label", () => {
    const urls: readonly [string, string][] = [
      [
        "https://example.com/${a}/z?q=${a}",
        "https://example.com/x%2F..%2F%3F%23%26%22%5C%0A/z?q=x%2F..%2F%3F%23%26%22%5C%0A",
      ],
      ["https://example.com/${n}${none}?${missing}", "https://example.com/3?"],
      ["https://example.com/${dots}/z", "the value of dots cannot stand in a URL"],
      ["https://${a}/", '"https://x%2F..%2F%3F%23%26%22%5C%0A/" is no URL'],
    ];
    for (const [url, expected] of urls) {
      const resolved = webhookRequest(template({ url }), values);
      expect(resolved.kind === "request" ? resolved.request.url : resolved.reason).toBe(expected);
    }
  });

  test("in a body is written as the body's type asks", () => {
    const body = (text: string, type?: string): unknown => {
      const headers: Record<string, string> = type === undefined ? {} : { "Content-Type": type };
      const resolved = webhookRequest(template({ body: text, headers }), values);
      return resolved.kind === "request" ? resolved.request.body : resolved.reason;
    };
    const json =
      '{"\\"a": "<${a}>", "b": ${a}, "n": ${n}, "t": "${n}", "list": ${list}, "none": ${none}, "text": "${none}"}';
    expect(JSON.parse(String(body(json)))).toEqual({
      '"a': `<${values.a}>`,
      b: values.a,
      n: 3,
      t: "3",
      list: ["p", "q"],
      none: null,
      text: "",
    });
    expect(body("a=${a}&n=${n}", "application/x-www-form-urlencoded")).toBe("a=x%2F..%2F%3F%23%26%22%5C%0A&n=3");
    expect(body("${a}|${list}|${__proto__}", "text/plain")).toBe(`${values.a}|["p","q"]|`);
  });
});
