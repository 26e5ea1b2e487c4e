/** The emitted classes in plain code: no HTTP, the real service on a real store, every call authorized. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CallContext, cedarAuthorizer, openLibsqlStore, Service, systemClock, uuidv7Ids } from "@temperc/runtime";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Order, service as shop } from "../../golden/ecommerce/expected/generated/index.js";

const folder = mkdtempSync(join(tmpdir(), "temperc-actor-"));
const closing: (() => Promise<void>)[] = [];
let service: Service;

beforeAll(async () => {
  const store = await openLibsqlStore({ path: join(folder, "shop.db") });
  service = await Service.open(shop, "test", {
    store,
    authorizer: cedarAuthorizer,
    clock: systemClock,
    ids: uuidv7Ids,
  });
  closing.push(
    () => service.close(),
    () => store.close(),
  );
});

afterAll(async () => {
  for (const close of closing) await close();
  rmSync(folder, { recursive: true, force: true });
});

function customer(id: string): CallContext {
  return { principal: { type: "Customer", id, tenant: "t", roles: [] }, tenant: "t", correlationId: "c" };
}

const alice = customer("alice");

test("an order is created, moved and read in its own types", async () => {
  const order = await Order.create(service, alice, { Id: "o-1", CustomerId: "alice", Total: 12.5 });
  if (order.kind === "failed") expect.fail(order.message);
  await order.AddItem({ ProductId: "p-1" });
  await order.SetAddress({ AddressId: "a-1" });
  const submitted = await order.SubmitOrder();
  if (submitted.kind === "failed") expect.fail(submitted.message);
  expect(submitted).toMatchObject({ kind: "done", sequence: 4, entity: { Status: "Submitted", ItemCount: 1 } });
  const noted = await order.patch({ Note: "ring twice" });
  expect(noted).toMatchObject({ kind: "done", entity: { Note: "ring twice", Currency: "EUR", Total: 12.5 } });
  expect(await Order.at(service, alice, "o-1").read()).toEqual(noted);
});

test("what is not possible, not there or not allowed is an answer that says so", async () => {
  const created = await Order.create(service, alice, { Id: "o-2", CustomerId: "alice" });
  if (created.kind === "failed") expect.fail(created.message);
  expect(await created.SubmitOrder()).toMatchObject({ kind: "failed", code: "GuardFailed" });
  expect(await created.ConfirmDelivery()).toMatchObject({ kind: "failed", code: "ActionNotAllowed" });
  expect(await created.StartPicking()).toMatchObject({ kind: "failed", code: "AuthorizationDenied" });
  expect(await Order.at(service, alice, "o-9").read()).toMatchObject({ kind: "failed", code: "NotFound" });
  expect(await Order.at(service, customer("bob"), "o-2").CancelOrder({ CancelReason: "envy" })).toMatchObject({
    kind: "failed",
    code: "NotFound",
  });
  expect(await Order.create(service, alice, { Id: "o-2", CustomerId: "alice" })).toMatchObject({
    kind: "failed",
    code: "EntityExists",
  });
});
