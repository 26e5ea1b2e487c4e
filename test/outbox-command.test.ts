/** `temperc outbox` on a real store: what is listed, for people and for programs, and what retrying and dropping do. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tenantStore } from "../cli/plane/tenant-store.ts";
import { Workshop } from "./definitions/open-workshop.ts";
import { fillTrigger, workshop } from "./definitions/workshop.ts";
import { command } from "./live/command.ts";
import { freshFolder } from "./live/temperc.ts";

const folder = freshFolder();
const path = join(folder.path, "workshop.db");
const definition = workshop({ triggers: [fillTrigger()] });
const place = ["--store", path, "--tenant", "t"];

beforeAll(async () => {
  const shop = new Workshop(path);
  await shop.open(definition);
  await shop.create("Job", "1", { Peer: "no\u001bwhere" });
  await shop.act("Job", "1", "Ask");
  await shop.act("Job", "1", "Ask");
  await shop.act("Job", "1", "Snooze");
  await shop.quiet();
  await shop.close();
});

afterAll(() => folder.remove());

async function keys(): Promise<readonly string[]> {
  const { out } = await command(["outbox", "list", "--json", ...place]);
  const { entries }: { entries: readonly { readonly entry: { readonly key: string } }[] } = JSON.parse(out);
  return entries.map(({ entry }) => entry.key);
}

test("the outbox is listed, retried and dropped from", async () => {
  const listed = await command(["outbox", "list", ...place]);
  expect(listed.exitCode, listed.err).toBe(0);
  expect(listed.out.split("\n")[0]).toMatch(
    /^\S+:0 {2}Fill Shelf "no\\u001bwhere", asked by Job "1" \(fill\), attempts 1: NotFound: there is no Shelf /,
  );
  expect(listed.out).not.toContain("\u001b");
  const timers = await command(["outbox", "list", "--state", "timer", ...place]);
  expect(timers.out).toContain(
    'Wake Job "1", asked by Job "1" (schedule: Wake), attempts 0, due 2026-01-01T00:01:00.000Z',
  );

  const [first = "", second = ""] = await keys();
  expect((await command(["outbox", "drop", first, ...place])).out).toBe(`dropped ${first}\n`);
  const retried = await command(["outbox", "retry", second, "--json", ...place]);
  expect(JSON.parse(retried.out)).toEqual({ ok: true, key: second });
  expect(await keys()).toEqual([]);
  const again = await command(["outbox", "retry", second, ...place]);
  expect([again.exitCode, again.err]).toEqual([
    1,
    `error: there is no dead letter ${second}\n  hint: temperc outbox list shows the keys\n`,
  ]);
});

test("a tenant with a program of its own has its own", async () => {
  mkdirSync(`${path}.tenants`);
  const shop = new Workshop(tenantStore(path, "t"));
  await shop.open(definition);
  await shop.create("Job", "own", { Peer: "nowhere" });
  await shop.act("Job", "own", "Ask");
  await shop.quiet();
  await shop.close();
  expect((await command(["outbox", "list", ...place])).out).toContain('asked by Job "own"');
});

test("a mistake in the command line is said", async () => {
  expect(await command(["outbox", "list"])).toMatchObject({ exitCode: 2 });
  expect((await command(["outbox", "list", "--state", "lost", ...place])).err).toContain(
    "one of dead, queued, timer, done",
  );
  expect(await command(["outbox", "list", "--store", join(folder.path, "none.db")])).toMatchObject({ exitCode: 1 });
});
