/** What is looked up together: each its own answer, its own failure, and nothing that was true before it was asked for. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { StoreUnavailable } from "../../ports/index.ts";
import { type Connection, connect, inTransaction, scalar } from "./connection.ts";
import { GroupRead } from "./group-read.ts";

let connection: Connection;
let reads: GroupRead;

beforeEach(() => {
  connection = connect({ path: ":memory:" }).writing;
  connection.exec("CREATE TABLE kept (n INTEGER)");
  reads = new GroupRead(connection);
});

afterEach(() => connection.close());

const count = () => scalar(connection, "SELECT count(*) FROM kept");

function unavailable(): never {
  throw Object.assign(new Error("disk I/O error"), { code: "SQLITE_IOERR_READ" });
}

test("a failure is the caller's whose it is, and the others are answered", async () => {
  const [one, failing, other] = await Promise.allSettled([
    reads.read(count),
    reads.read(unavailable),
    reads.read(count),
  ]);
  expect([one, other]).toEqual(Array(2).fill({ status: "fulfilled", value: 0 }));
  expect(failing).toMatchObject({ status: "rejected", reason: expect.any(StoreUnavailable) });
  expect(connection.inTransaction).toBe(false);
});

test("what is committed between the question and the answer is seen", async () => {
  const answers = Promise.all([reads.read(count), reads.read(count)]);
  inTransaction(connection, () => connection.exec("INSERT INTO kept VALUES (1)"));
  expect(await answers).toEqual([1, 1]);
});

test("what still waits is read before the connection is closed", async () => {
  const answers = Promise.all([reads.read(count), reads.read(count)]);
  reads.drain();
  connection.exec("INSERT INTO kept VALUES (1)");
  expect(await answers).toEqual([0, 0]);
});
