/** The requests of a checkout over three entities: what is created beforehand, and the 13 actions that are measured. */

const customerId = "bench";

/** The entities that one checkout needs, made before the clock starts. */
export function preparation(n, keys) {
  const create = (path, key, body) => ({ method: "POST", path, key, body });
  const owner = { OrderId: `o-${n}`, CustomerId: customerId };
  return [
    create("/tdata/Orders", keys.customer, { Id: `o-${n}`, CustomerId: customerId }),
    create("/tdata/Payments", keys.customer, { Id: `p-${n}`, ...owner, Amount: 12.5 }),
    create("/tdata/Shipments", keys.agent, { Id: `s-${n}`, ...owner }),
  ];
}

/** Thirteen actions, in the order a shop would do them. */
export function checkout(n, keys) {
  const act = (entity, action, key, body = {}) => ({
    method: "POST",
    path: `/tdata/${entity}/${action}`,
    key,
    body,
  });
  const { customer, agent } = keys;
  const [order, payment, shipment] = [`Orders('o-${n}')`, `Payments('p-${n}')`, `Shipments('s-${n}')`];
  return [
    act(order, "AddItem", customer, { ProductId: "p-1" }),
    act(order, "SetAddress", customer, { AddressId: "a-1" }),
    act(order, "SubmitOrder", customer),
    act(order, "RequestPayment", customer),
    act(payment, "Authorize", customer, { AuthorizationCode: "A-77" }),
    act(payment, "Capture", customer),
    act(order, "ConfirmPayment", customer, { PaymentId: `p-${n}` }),
    act(order, "StartPicking", agent),
    act(order, "PickItem", agent),
    act(order, "Pack", agent),
    act(shipment, "PrintLabel", agent, { Carrier: "DHL" }),
    act(shipment, "Dispatch", agent),
    act(order, "ShipOrder", agent, { TrackingNumber: `T-${n}` }),
  ];
}

export const principals = {
  customer: { principal: `Customer::"${customerId}"` },
  agent: { principal: 'Agent::"warehouse"', roles: ["fulfilment"] },
};
