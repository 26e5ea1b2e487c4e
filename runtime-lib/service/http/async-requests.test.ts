/** `Prefer: respond-async`: who does not want to wait fetches the answer later, from any server, and nobody else does. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { serveDefinition } from "../../../test/definitions/served.ts";
import { kinds } from "../../../test/definitions/stores.ts";
import { type ServedTeam, serveTeam, teamService } from "../../../test/definitions/team.ts";
import type { Store } from "../../ports/index.ts";

type Headers = Readonly<Record<string, string>>;

/** A function of the app that answers when it is told to. */
class Held {
  release: () => void = () => undefined;
  #gate: Promise<void> = Promise.resolve();

  hold(): void {
    this.#gate = new Promise((resolve) => {
      this.release = () => resolve();
    });
  }

  readonly answer = async (): Promise<string> => {
    await this.#gate;
    return "on";
  };
}

describe.each(kinds)("on $name", ({ open }) => {
  const held = new Held();
  const limits = { asyncAnswerBytesMax: 1_000 };
  let store: Store;
  let team: ServedTeam;

  beforeAll(async () => {
    store = await open();
    const functions = { Motto: held.answer, Greeting: () => "Hello" };
    team = await serveTeam({ store, functions, limits, serviceLimits: { asyncPerPrincipalMax: 12 } });
  });

  beforeEach(() => held.release());

  afterAll(() => team.close());

  async function call(method: "GET" | "POST" | "PATCH" | "DELETE", url: string, headers: Headers, payload?: object) {
    const authorization = `Bearer ${team.keys.alice}`;
    const reply = await team.app.inject({
      method,
      url: url.startsWith("http") ? new URL(url).pathname : `/tdata/${url}`,
      headers: { authorization, ...headers },
      ...(payload && { payload }),
    });
    return { status: reply.statusCode, headers: reply.headers, text: reply.body };
  }

  /** The monitor of a request that is not waited for. */
  async function later(method: "GET" | "POST" | "PATCH", url: string, payload?: object, headers: Headers = {}) {
    const accepted = await call(method, url, { prefer: "respond-async", ...headers }, payload);
    expect([accepted.status, accepted.text]).toEqual([202, ""]);
    expect(accepted.headers).toMatchObject({ "retry-after": "1", "preference-applied": "respond-async" });
    return String(accepted.headers.location);
  }

  async function outcome(monitor: string, headers: Headers = {}) {
    await expect.poll(async () => (await call("GET", monitor, {})).status).toBe(200);
    return call("GET", monitor, headers);
  }

  test("a read is accepted, worked on, and answered as it would have been", async () => {
    held.hold();
    const monitor = await later("GET", "Motto");
    expect(await call("GET", monitor, {})).toMatchObject({ status: 202, headers: { location: monitor }, text: "" });
    held.release();
    const done = await outcome(monitor);
    expect(done.headers).toMatchObject({ asyncresult: "200", "odata-version": "4.01" });
    expect(JSON.parse(done.text)).toMatchObject({ value: "on" });
    expect(await call("DELETE", monitor, {})).toMatchObject({ status: 204 });
    expect(await call("GET", monitor, {})).toMatchObject({ status: 404 });
  });

  test("a write is done, and what it was answered is kept, with its headers and its octets", async () => {
    const done = await outcome(await later("PATCH", "Tasks('t1')", { Hours: 4 }));
    expect(done.headers).toMatchObject({ asyncresult: "200", etag: 'W/"2"' });
    expect(JSON.parse(done.text)).toMatchObject({ Hours: 4 });
    expect((await outcome(await later("PATCH", "Tasks('none')", { Hours: 4 }))).headers.asyncresult).toBe("404");
    const octets = await outcome(await later("GET", "Tasks('t1')/Seal/$value"));
    expect([octets.headers["content-type"], octets.text]).toEqual(["application/octet-stream", "\u0001\u0002\u0003"]);
    const batch = { requests: [{ id: "1", method: "get", url: "People('bob')" }] };
    expect(JSON.parse((await outcome(await later("POST", "$batch", batch))).text)).toMatchObject({
      responses: [{ status: 200, body: { Id: "bob" } }],
    });
  });

  test("clients of 4.0, and those that ask for it, get the whole response as a message", async () => {
    const monitor = await later("GET", "People('bob')?$select=Id", undefined, { "odata-maxversion": "4.0" });
    for (const headers of [{ "odata-maxversion": "4.0" }, { accept: "application/http" }]) {
      const message = await outcome(monitor, headers);
      expect(message.headers["content-type"]).toBe("application/http");
      expect(message.headers.asyncresult).toBeUndefined();
      expect(message.text).toMatch(
        /^HTTP\/1\.1 200 OK\r\ncontent-type: application\/json[\s\S]*odata-version: 4\.0\r\n/,
      );
      expect(message.text.split("\r\n\r\n")[1]).toContain('"Id":"bob"');
    }
  });

  test("who waits a while has the answer itself, where it comes in time", async () => {
    expect(await call("GET", "Motto", { prefer: "respond-async, wait=9" })).toMatchObject({ status: 200 });
    held.hold();
    expect(await call("GET", "Motto", { prefer: "wait=0;respond-async" })).toMatchObject({ status: 202 });
  });

  test("the answer is nobody else's", async () => {
    const monitor = new URL(await later("GET", "People('bob')")).pathname;
    for (const method of ["GET", "DELETE"] as const) {
      const headers = { authorization: `Bearer ${team.keys.root}` };
      expect((await team.app.inject({ method, url: monitor, headers })).statusCode).toBe(404);
      expect((await team.app.inject({ method, url: monitor })).statusCode).toBe(401);
    }
    const other = await team.key({ type: "Customer", id: "alice", tenant: "other" });
    const reply = await team.app.inject({ url: monitor, headers: { authorization: `Bearer ${other}` } });
    expect(reply.statusCode).toBe(404);
    expect((await call("GET", "$async/none", {})).status).toBe(404);
  });

  test("an answer that nobody wants any more is not kept, and what has not begun is not done", async () => {
    held.hold();
    const monitor = await later("GET", "Motto");
    expect((await call("DELETE", monitor, {})).status).toBe(204);
    held.release();
    await expect.poll(async () => (await call("GET", monitor, {})).status).toBe(404);
  });

  test("another server on the store gives the answer, and says so where the first one is gone", async () => {
    const other = await serveDefinition(teamService(), { store });
    const headers = { authorization: `Bearer ${team.keys.alice}` };
    const monitor = new URL(await later("GET", "People('bob')")).pathname;
    await outcome(`http://localhost${monitor}`);
    expect((await other.app.inject({ url: monitor, headers })).json()).toMatchObject({ Id: "bob" });
    const past = new Date(Date.now() - 1_000).toISOString();
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    const answer = {
      tenant: "default",
      id: "gone",
      principal: 'Customer::"alice"',
      reply: null,
      lostAt: past,
      expiresAt,
    };
    await store.answers.begin(answer, { max: 99, now: past });
    const lost = await other.app.inject({ url: "/tdata/$async/gone", headers });
    expect([lost.headers.asyncresult, lost.json().error.code]).toEqual(["504", "OutcomeUnknown"]);
    await other.app.close();
    await other.service.close();
  });

  test("what is too much to keep is told, and more requests than may be kept are waited for", async () => {
    const beyond = await outcome(await later("GET", "Tasks?$expand=Owner"));
    expect([beyond.headers.asyncresult, beyond.text]).toEqual(["400", expect.stringContaining("asyncAnswerBytesMax")]);
    const statuses: number[] = [];
    for (let ask = 0; ask < 14; ask += 1) {
      statuses.push((await call("GET", "Greeting(Name='x')", { prefer: "respond-async" })).status);
    }
    expect(statuses.at(-1)).toBe(200);
  });

  test("a server that ends answers first what it has accepted", async () => {
    const own = new Held();
    const store = await open();
    const served = await serveTeam({ store, functions: { Motto: own.answer } });
    own.hold();
    const headers = { authorization: `Bearer ${served.keys.alice}`, prefer: "respond-async" };
    const accepted = await served.app.inject({ url: "/tdata/Motto", headers });
    const closed = served.app.close();
    own.release();
    await closed;
    const id = String(accepted.headers.location).split("/").at(-1) ?? "";
    expect((await store.answers.find("default", id))?.reply).toContain("on");
    await served.close();
  });
});
