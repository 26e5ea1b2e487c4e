/** A customer's standing order, placed from plain code: the generated `Order` class, no HTTP. */
import type { CallContext, Calls, Failed } from "@temperc/runtime";
import { Order, type OrderEntity } from "./generated/index.js";

export interface StandingOrder {
  readonly id: string;
  readonly customer: string;
  readonly address: string;
  readonly products: readonly string[];
}

/** Fills a basket and hands it over, as its customer: what policies and guards refuse over HTTP, they refuse here. */
export async function placeStandingOrder(service: Calls, standing: StandingOrder): Promise<OrderEntity | Failed> {
  const order = await Order.create(service, asCustomer(standing), { Id: standing.id, CustomerId: standing.customer });
  if (order.kind === "failed") return order;
  for (const product of standing.products) {
    const added = await order.AddItem({ ProductId: product });
    if (added.kind === "failed") return added;
  }
  const addressed = await order.SetAddress({ AddressId: standing.address });
  if (addressed.kind === "failed") return addressed;
  const submitted = await order.SubmitOrder();
  return submitted.kind === "failed" ? submitted : submitted.entity;
}

function asCustomer({ id, customer }: StandingOrder): CallContext {
  const principal = { type: "Customer", id: customer, tenant: "default", roles: [] };
  return { principal, tenant: "default", correlationId: `standing-order-${id}` };
}
