/** A disk that is really full: a small file system of its own under the store, where mounting one is permitted. */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openLibsqlStore } from "@temperc/runtime";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serveParcels } from "./definitions/served-parcels.ts";
import { freshFolder } from "./live/temperc.ts";

const folder = freshFolder();
const disk = join(folder.path, "disk");
const ballast = join(disk, "ballast");
mkdirSync(disk);
const isMounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", disk]).status === 0;

beforeAll(() => {
  if (isMounted) writeFileSync(ballast, Buffer.alloc(2_000_000));
});

afterAll(() => {
  // Lazily: libSQL lets go of its files when its statements are collected.
  if (isMounted) spawnSync("umount", ["-l", disk]);
  folder.remove();
});

test.skipIf(!isMounted)(
  "a full disk ends writes with 503; reads go on, and once there is room writes do, with nothing lost",
  { timeout: 60_000 },
  async () => {
    const path = join(disk, "parcels.db");
    const served = await serveParcels({ store: await openLibsqlStore({ path }) });
    const headers = { authorization: `Bearer ${served.keys.alice}` };
    const create = (n: number) =>
      served.app.inject({ method: "POST", url: "/tdata/Parcels", headers, payload: { Id: `p-${n}`, Owner: "alice" } });
    const count = async () => (await served.app.inject({ url: "/tdata/Parcels/$count", headers })).body;
    let written = 0;
    let refused = await create(0);
    for (; refused.statusCode === 201; written += 1) refused = await create(written + 1);
    expect([refused.statusCode, refused.json().error.code]).toEqual([503, "StoreUnavailable"]);
    expect(refused.headers["retry-after"]).toBe("1");
    expect(written).toBeGreaterThan(10);
    expect(await count()).toBe(String(written));
    rmSync(ballast);
    expect((await create(written)).statusCode).toBe(201);
    expect(await count()).toBe(String(written + 1));
    await served.close();
    const again = await serveParcels({ store: await openLibsqlStore({ path }) });
    const reply = await again.app.inject({
      url: "/tdata/Parcels/$count",
      headers: { authorization: `Bearer ${again.keys.alice}` },
    });
    expect(reply.body).toBe(String(written + 1));
    await again.close();
  },
);
