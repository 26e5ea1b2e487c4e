/** What waits for one entity shares a commit, and is answered as if each had been served by itself. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { parcelService } from "../../test/definitions/parcel.ts";
import { stillClock } from "../../test/definitions/still-clock.ts";
import { cedarAuthorizer } from "../adapters/cedar/authorizer.ts";
import { openLibsqlStore } from "../adapters/libsql/store.ts";
import { uuidv7Ids } from "../adapters/process/system.ts";
import type { Store } from "../ports/index.ts";
import type { CallContext, Failed, Write, Written } from "./call.ts";
import { Service } from "./service.ts";

let store: Store;
let service: Service;
let sizes: number[] = [];

function open(): Promise<Service> {
  const clock = stillClock(() => 0);
  const limits = { sharedCommitMax: 5 };
  return Service.open(parcelService(), "r1", { store, authorizer: cedarAuthorizer, clock, ids: uuidv7Ids, limits });
}

beforeEach(async () => {
  store = await openLibsqlStore({ path: ":memory:", onGroupCommit: (size) => sizes.push(size) });
  service = await open();
  await write({ kind: "create", values: { Owner: "alice" } });
  sizes = [];
});

afterEach(async () => {
  await service.close();
  await store.close();
});

function caller(id: string): CallContext {
  return { principal: { type: "Customer", id, tenant: "t", roles: [] }, tenant: "t", correlationId: "c" };
}

const alice = caller("alice");
const parcel = { entityType: "Parcel", entityId: "1" };
type More = Partial<Pick<Write, "expectedSequences" | "idempotency"> & { readonly as: CallContext }>;

function write(change: Write["change"], { as = alice, ...more }: More = {}): Promise<Written | Failed> {
  return service.write(as, { ...parcel, change, ...more });
}

function act(action: string, more: More = {}): Promise<Written | Failed> {
  return write({ kind: "action", action, params: {} }, more);
}

/** The code of a failure, or the sequence of what was written. */
function brief(reply: Written | Failed): unknown {
  return reply.kind === "failed" ? reply.code : reply.sequence;
}

test("refusals stand among it, each decided on what the one before leaves", async () => {
  const replies = await Promise.all([
    act("AddItem"),
    act("AddItem"),
    act("AddItem", { expectedSequences: [1] }),
    act("NoSuchAction"),
    write({ kind: "patch", values: { Note: "fragile" } }),
    act("AddItem", { as: caller("bob") }),
    act("AddItem"),
    act("AddItem", { idempotency: { key: "k", requestHash: "h" } }),
    act("AddItem"),
  ]);
  const [stale, unknown, foreign] = ["PreconditionFailed", "UnknownAction", "NotFound"];
  expect(replies.map(brief)).toEqual([2, 3, stale, unknown, 4, foreign, 5, 6, 7]);
  const history = await store.events({ tenant: "t", ...parcel });
  expect(history.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  const values = { Items: 5, Note: "fragile" };
  expect(await service.read(alice, "Parcel", "1")).toMatchObject({ row: { values, sequence: 7 } });
  expect(sizes.length).toBeLessThan(6);
});

test("all of it is decided anew where another writer was faster", async () => {
  expect(brief(await act("AddItem"))).toBe(2);
  const other = await open();
  await other.write(alice, { ...parcel, change: { kind: "action", action: "AddItem", params: {} } });
  const expected = { expectedSequences: [3] };
  const replies = await Promise.all([act("AddItem", expected), act("AddItem", expected), act("AddItem")]);
  expect(replies.map(brief)).toEqual([4, "PreconditionFailed", 5]);
  await other.close();
});

test("refusals alone are held to what is stored", async () => {
  expect(brief(await act("AddItem"))).toBe(2);
  const other = await open();
  await other.write(alice, { ...parcel, change: { kind: "action", action: "AddItem", params: {} } });
  const unseen = { expectedSequences: [3] };
  const replies = await Promise.all([act("AddItem", unseen), act("AddItem", unseen)]);
  expect(replies.map(brief)).toEqual([4, "PreconditionFailed"]);
  await other.close();
});
