/** The actions of the checkout in CAP: read the row, ask whether it may, write what changes, answer with the row. */
import cds from "@sap/cds";

/** By entity and action: from where, to where, under which condition, and what else changes. */
const rules = {
  Orders: {
    AddItem: {
      from: "Draft",
      when: ({ ItemCount }) => ItemCount < 20,
      set: ({ ItemCount }) => ({ ItemCount: ItemCount + 1 }),
    },
    SetAddress: { from: "Draft", set: () => ({ HasAddress: true }) },
    SubmitOrder: {
      from: "Draft",
      to: "Submitted",
      when: ({ ItemCount, HasAddress }) => ItemCount > 0 && HasAddress,
    },
    RequestPayment: { from: "Submitted", to: "PaymentPending" },
    ConfirmPayment: { from: "PaymentPending", to: "Paid", set: () => ({ IsPaid: true }) },
    StartPicking: { from: "Paid", to: "Picking" },
    PickItem: {
      from: "Picking",
      when: ({ PickedCount, ItemCount }) => PickedCount < ItemCount,
      set: ({ PickedCount }) => ({ PickedCount: PickedCount + 1 }),
    },
    Pack: { from: "Picking", to: "Packed", when: ({ PickedCount, ItemCount }) => PickedCount === ItemCount },
    ShipOrder: {
      from: "Packed",
      to: "Shipped",
      when: (_row, { TrackingNumber }) => TrackingNumber !== "",
      set: (_row, { TrackingNumber }) => ({ TrackingNumber }),
    },
  },
  Payments: {
    Authorize: {
      from: "Pending",
      to: "Authorized",
      when: (_row, { AuthorizationCode }) => AuthorizationCode !== "",
      set: (_row, { AuthorizationCode }) => ({ AuthorizationCode }),
    },
    Capture: { from: "Authorized", to: "Captured" },
  },
  Shipments: {
    PrintLabel: {
      from: "Created",
      to: "Labelled",
      when: (_row, { Carrier }) => ["DHL", "UPS", "Post"].includes(Carrier),
      set: (_row, { Carrier }) => ({ Carrier }),
    },
    Dispatch: { from: "Labelled", to: "InTransit" },
  },
};

export class Shop extends cds.ApplicationService {
  init() {
    for (const [entity, actions] of Object.entries(rules))
      for (const [name, rule] of Object.entries(actions)) this.on(name, entity, (request) => act(rule, request));
    return super.init();
  }
}

async function act({ from, to, when, set }, request) {
  const row = await SELECT.one.from(request.subject).forUpdate();
  if (row === null || row === undefined) return request.reject(404);
  if (row.Status !== from) return request.reject(409, `not in ${row.Status}`);
  if (when !== undefined && !when(row, request.data)) return request.reject(409, "the guard does not hold");
  const change = { ...(to && { Status: to }), ...set?.(row, request.data) };
  await UPDATE(request.subject).with(change);
  return { ...row, ...change };
}
