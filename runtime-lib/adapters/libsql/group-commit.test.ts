/** What waits together is committed together, on another thread; each still succeeds or fails alone. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Connections, connect, scalar } from "./connection.ts";
import { GroupCommit } from "./group-commit.ts";

let folder: string;
let connections: Connections;
let commits: GroupCommit;
let sizes: number[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "temperc-commits-"));
  connections = connect({ path: join(folder, "store.db") });
  const { writing } = connections;
  writing.exec("PRAGMA foreign_keys = ON");
  writing.exec(
    "CREATE TABLE kept (n INTEGER PRIMARY KEY, parent INTEGER REFERENCES kept DEFERRABLE INITIALLY DEFERRED)",
  );
  sizes = [];
  commits = new GroupCommit(writing, { batchMax: 8, onGroupCommit: (size) => sizes.push(size) });
});

afterEach(() => {
  connections.reading.close();
  connections.writing.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A parent that is not there is found missing by the commit and not before it. */
const keep = (n: number, parent: number | null = null): Promise<number> =>
  commits.commit(() => connections.writing.prepare("INSERT INTO kept VALUES (?, ?)").run([n, parent]).changes);

const kept = (): number => scalar(connections.reading, "SELECT count(*) FROM kept");

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("what is being committed is not seen, and the process goes on meanwhile", async () => {
  // On a busy machine the other thread may be done before this one has a turn, but not each time.
  const attemptsMax = 50;
  let isSeenUnderWay = false;
  for (let attempt = 0; attempt < attemptsMax && !isSeenUnderWay; attempt += 1) {
    const before = attempt * 5;
    const all = Promise.all([1, 2, 3, 4, 5].map((n) => keep(before + n)));
    expect(kept()).toBe(before);
    await turn();
    const seen = kept();
    expect([before, before + 5]).toContain(seen);
    isSeenUnderWay = seen === before && sizes.length === attempt;
    await all;
    expect(kept()).toBe(before + 5);
  }
  expect(isSeenUnderWay).toBe(true);
  expect(sizes).toEqual(sizes.map(() => 5));
});

test("a commit that fails is tried one by one, and fails for those whose fault it is", async () => {
  const settled = await Promise.allSettled([keep(1), keep(2, 99), keep(3), keep(4, 1), keep(5)]);
  expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled", "fulfilled"]);
  expect(settled[1]).toMatchObject({ reason: { code: "SQLITE_CONSTRAINT_FOREIGNKEY" } });
  expect(kept()).toBe(4);
});

const insertKept = (rows: string): string => `INSERT INTO kept VALUES ${rows}`;

test("what a script can write is written by it, and by the work itself where the script fails", async () => {
  let worked = 0;
  const scripted = (n: number): Promise<string> => {
    const part = [{ row: `(${n}, NULL)`, rowsSql: insertKept }];
    const work = (): string => {
      worked += 1;
      return connections.writing.prepare("INSERT OR IGNORE INTO kept VALUES (?, NULL)").run([n]).changes > 0
        ? "by itself"
        : "was there";
    };
    return commits.commit(work, { part: () => part, answer: "by a script" });
  };
  expect(await Promise.all([1, 2, 3, 4].map(scripted))).toEqual(Array(4).fill("by a script"));
  expect(worked).toBe(0);
  expect(await Promise.all([4, 5, 6, 7].map(scripted))).toEqual(["was there", ...Array(3).fill("by itself")]);
  expect(kept()).toBe(7);
});

test("what comes while a commit is under way is committed after it", async () => {
  const first = Promise.all([1, 2, 3, 4].map((n) => keep(n)));
  await turn();
  const next = Promise.all([5, 6, 7, 8, 9, 10, 11, 12, 13].map((n) => keep(n)));
  await Promise.all([first, next]);
  expect(sizes).toEqual([4, 8, 1]);
});

test("work that wants the connection alone begins when all that waits is committed", async () => {
  const before = Promise.all([1, 2, 3, 4, 5].map((n) => keep(n)));
  await turn();
  const waiting = keep(6);
  const seen = commits.alone(() => scalar(connections.writing, "SELECT count(*) FROM kept"));
  const later = keep(7);
  expect(await seen).toBe(7);
  await Promise.all([before, waiting, later]);
  expect(kept()).toBe(7);
});

test("work that wants the connection alone gets it however many go on committing", async () => {
  connections.writing.exec("PRAGMA synchronous = OFF");
  const many = new GroupCommit(connections.writing, {});
  const writing = connections.writing.prepare("INSERT INTO kept VALUES (?, NULL)");
  let n = 0;
  let isOver = false;
  const client = async (): Promise<void> => {
    while (!isOver) {
      n += 1;
      const row = n;
      await many.commit(() => writing.run([row]).changes);
    }
  };
  const clients = Array.from({ length: 200 }, client);
  await turn();
  const others: number[] = [];
  const begun = n;
  await many.alone(() => others.push(n - begun));
  isOver = true;
  await Promise.all(clients);
  expect(others[0]).toBeLessThan(1_000);
});
