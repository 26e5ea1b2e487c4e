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
  const act = (set, id, action, key, body = {}) => ({
    method: "POST",
    path: `/tdata/${set}('${id}-${n}')/${action}`,
    key,
    body,
  });
  const { customer, agent } = keys;
  return [
    act("Orders", "o", "AddItem", customer, { ProductId: "p-1" }),
    act("Orders", "o", "SetAddress", customer, { AddressId: "a-1" }),
    act("Orders", "o", "SubmitOrder", customer),
    act("Orders", "o", "RequestPayment", customer),
    act("Payments", "p", "Authorize", customer, { AuthorizationCode: "A-77" }),
    act("Payments", "p", "Capture", customer),
    act("Orders", "o", "ConfirmPayment", customer, { PaymentId: `p-${n}` }),
    act("Orders", "o", "StartPicking", agent),
    act("Orders", "o", "PickItem", agent),
    act("Orders", "o", "Pack", agent),
    act("Shipments", "s", "PrintLabel", agent, { Carrier: "DHL" }),
    act("Shipments", "s", "Dispatch", agent),
    act("Orders", "o", "ShipOrder", agent, { TrackingNumber: `T-${n}` }),
  ];
}

export const principals = {
  customer: { principal: `Customer::"${customerId}"` },
  agent: { principal: 'Agent::"warehouse"', roles: ["fulfilment"] },
};
