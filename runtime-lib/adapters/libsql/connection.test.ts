/** A connection waits for the disk at each commit, but at those that need not last. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { connect, inTransactionUnsynced, scalar } from "./connection.ts";

test("a transaction that need not last changes nothing of how the next ones are kept, also where it fails", () => {
  const folder = mkdtempSync(join(tmpdir(), "temperc-connection-"));
  const { writing, reading } = connect({ path: join(folder, "store.db") });
  const settings = () => ["synchronous", "wal_autocheckpoint"].map((name) => scalar(writing, `PRAGMA ${name}`));
  const usual = settings();
  expect(usual).toEqual([2, 1000]);
  expect(inTransactionUnsynced(writing, settings)).toEqual([1, 0]);
  expect(settings()).toEqual(usual);
  const failing = (): never => {
    writing.exec("CREATE TABLE gone (n INTEGER)");
    throw new Error("on purpose");
  };
  expect(() => inTransactionUnsynced(writing, failing)).toThrow("on purpose");
  expect(settings()).toEqual(usual);
  expect(scalar(reading, "SELECT count(*) FROM sqlite_schema WHERE name = 'gone'")).toBe(0);
  reading.close();
  writing.close();
  rmSync(folder, { recursive: true, force: true });
});
