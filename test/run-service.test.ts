/** A built service as a process: its settings, what it prints, what it keeps when it is killed, and how it ends. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SseReader } from "./definitions/sse.ts";
import { writeOneFile } from "./live/one-file.ts";

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "temperc-run-"));
  await writeOneFile(
    `import { runService } from "./runtime-lib/run-service.ts";
     import { parcelService } from "./test/definitions/parcel.ts";
     await runService(parcelService(), "r1");`,
    folder,
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Started {
  readonly child: ChildProcess;
  readonly address: string;
  readonly operatorKey: string | undefined;
}

function launch(settings: Readonly<Record<string, string>>): ChildProcess {
  const env = { PATH: process.env.PATH ?? "", PORT: "0", TEMPERC_STORE: join(folder, "store.db"), ...settings };
  return spawn(process.execPath, [join(folder, "service.mjs")], { env, cwd: folder });
}

async function start(settings: Readonly<Record<string, string>> = {}): Promise<Started> {
  const child = launch(settings);
  let printed = "";
  child.stdout?.on("data", (chunk) => {
    printed += String(chunk);
  });
  for (let waits = 0; !printed.includes("listens on") && child.exitCode === null && waits < 1_000; waits += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  const address = /listens on (\S+) \(revision r1/.exec(printed)?.[1] ?? "";
  return { child, address, operatorKey: /operator key, shown this once: (tk_\S+)/.exec(printed)?.[1] };
}

/** The exit code and what was printed to standard error. */
function ended(child: ChildProcess): Promise<readonly [number | null, string]> {
  let printed = "";
  child.stderr?.on("data", (chunk) => {
    printed += String(chunk);
  });
  return new Promise((resolve) => child.once("close", (code) => resolve([code, printed.trim()])));
}

async function post(
  url: string,
  key: string,
  body: object,
): Promise<{ readonly status: number; readonly body: string }> {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const reply = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: reply.status, body: await reply.text() };
}

describe("a built service", () => {
  test("prints its operator key once, keeps what it acknowledged through a kill, and ends on SIGTERM", async () => {
    const first = await start();
    const made = await post(new URL("/api/keys", first.address).href, first.operatorKey ?? "", {
      principal: 'Customer::"alice"',
    });
    const key = String(JSON.parse(made.body).secret);
    expect((await post(`${first.address}/Parcels`, key, { Id: "1", Owner: "alice" })).status).toBe(201);
    expect((await post(`${first.address}/Parcels('1')/AddItem`, key, {})).status).toBe(200);
    const killed = ended(first.child);
    first.child.kill("SIGKILL");
    await killed;

    const second = await start();
    expect(second.operatorKey).toBeUndefined();
    const reply = await fetch(`${second.address}/Parcels('1')`, { headers: { authorization: `Bearer ${key}` } });
    expect(await reply.json()).toMatchObject({ Id: "1", Items: 1 });
    const closed = ended(second.child);
    second.child.kill("SIGTERM");
    expect(await closed).toEqual([0, ""]);
  });

  test("says at /readyz that it ends, answers what is under way, ends its streams, and then ends", async () => {
    const store = join(folder, "drained.db");
    const {
      child,
      address,
      operatorKey = "",
    } = await start({
      TEMPERC_STORE: store,
      TEMPERC_LIMITS: "drainMs=1000",
      TEMPERC_METRICS: "open",
    });
    const stream = new SseReader(`${address}/$events`, { authorization: `Bearer ${operatorKey}` });
    await stream.until(({ body }) => body !== "");
    const ready = async () => (await fetch(new URL("/readyz", address))).status;
    expect(await ready()).toBe(200);
    expect(await (await fetch(new URL("/metrics", address))).text()).toContain("temperc_actors 0");
    const closed = ended(child);
    child.kill("SIGTERM");
    while ((await ready()) === 200) await new Promise((resolve) => setTimeout(resolve, 10));
    expect((await post(`${address}/Parcels`, operatorKey, { Id: "1", Owner: "operator" })).status).toBe(201);
    await stream.until(({ isEnded }) => isEnded);
    expect(stream.told.at(-1)).toMatchObject({ name: "end", data: { reason: "the service is closing" } });
    expect(await closed).toEqual([0, ""]);
  });

  test("says what is wrong when it cannot start", async () => {
    const busy = createServer();
    const port = await new Promise<number>((resolve) => {
      busy.listen(0, "127.0.0.1", () => {
        const address = busy.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
    expect(await ended(launch({ PORT: String(port) }))).toEqual([
      1,
      `port ${port} on 127.0.0.1 is in use: set PORT to another one`,
    ]);
    busy.close();
    expect(await ended(launch({ PORT: "http" }))).toEqual([2, 'PORT is "http": a number from 0 to 65535']);
    const wrong = {
      TEMPERC_LIMITS: "pages=1",
      TEMPERC_JWT_ISSUERS: "[]",
      TEMPERC_TRUSTED_PROXIES: "proxy",
      TEMPERC_LOG_LEVEL: "loud",
    };
    for (const [name, value] of Object.entries(wrong)) {
      const [code, message] = await ended(launch({ [name]: value }));
      expect([name, code, message.split("\n").length]).toEqual([name, 2, 1]);
    }
    const below = join(folder, "service.mjs/store.db");
    const [code, message] = await ended(launch({ TEMPERC_STORE: below }));
    expect([code, message.split(":")[0]]).toEqual([1, `cannot serve from ${below}`]);
  });
});
