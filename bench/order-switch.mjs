/** Order as a careful person would write it by hand: one switch, guards, new snapshots, reasons for a refusal. */

const moved = (after, rule) => ({ kind: "moved", after, rule });
const refused = (reason, detail) => ({ kind: "refused", reason, detail });
const noRule = (before, action) => refused("no-rule-here", `${action} in ${before.status}`);

/** The same outcomes as the emitted step gives, parameters checked likewise. */
export function stepByHand(before, action, params) {
  switch (action) {
    case "AddItem":
      if (before.status !== "Draft") return noRule(before, action);
      if (typeof params.ProductId !== "string") return refused("bad-parameter", "ProductId");
      if (!(before.ItemCount < 20)) return refused("guard-false", "ItemCount < 20");
      return moved({ ...before, ItemCount: before.ItemCount + 1 }, 0);
    case "RemoveItem":
      if (before.status !== "Draft") return noRule(before, action);
      if (typeof params.ProductId !== "string") return refused("bad-parameter", "ProductId");
      if (!(before.ItemCount > 0)) return refused("guard-false", "ItemCount > 0");
      return moved({ ...before, ItemCount: before.ItemCount - 1 }, 1);
    case "SetAddress":
      if (before.status !== "Draft" && before.status !== "Submitted") return noRule(before, action);
      if (typeof params.AddressId !== "string") return refused("bad-parameter", "AddressId");
      return moved({ ...before, HasAddress: true }, 2);
    case "SubmitOrder":
      if (before.status !== "Draft") return noRule(before, action);
      if (!(before.ItemCount > 0)) return refused("guard-false", "ItemCount > 0");
      if (!before.HasAddress) return refused("guard-false", "HasAddress");
      return moved({ ...before, status: "Submitted" }, 3);
    case "RequestPayment":
      return before.status === "Submitted" ? moved({ ...before, status: "PaymentPending" }, 4) : noRule(before, action);
    case "ConfirmPayment":
      if (before.status !== "PaymentPending") return noRule(before, action);
      if (typeof params.PaymentId !== "string") return refused("bad-parameter", "PaymentId");
      return moved({ ...before, status: "Paid", IsPaid: true }, 5);
    case "FailPayment":
      return before.status === "PaymentPending" ? moved({ ...before, status: "Submitted" }, 6) : noRule(before, action);
    default:
      return stepAfterPayment(before, action, params);
  }
}

function stepAfterPayment(before, action, params) {
  switch (action) {
    case "StartPicking":
      return before.status === "Paid" ? moved({ ...before, status: "Picking" }, 7) : noRule(before, action);
    case "PickItem":
      if (before.status !== "Picking") return noRule(before, action);
      if (!(before.PickedCount < before.ItemCount)) return refused("guard-false", "PickedCount < ItemCount");
      return moved({ ...before, PickedCount: before.PickedCount + 1 }, 8);
    case "Pack":
      if (before.status !== "Picking") return noRule(before, action);
      if (before.PickedCount !== before.ItemCount) return refused("guard-false", "PickedCount == ItemCount");
      return moved({ ...before, status: "Packed" }, 9);
    case "ShipOrder":
      if (before.status !== "Packed") return noRule(before, action);
      if (typeof params.TrackingNumber !== "string") return refused("bad-parameter", "TrackingNumber");
      if (params.TrackingNumber === "") return refused("guard-false", "params.TrackingNumber != ''");
      return moved({ ...before, status: "Shipped", TrackingNumber: params.TrackingNumber }, 10);
    case "ConfirmDelivery":
      return before.status === "Shipped" ? moved({ ...before, status: "Delivered" }, 11) : noRule(before, action);
    case "CancelOrder":
      return stepCancel(before, action, params);
    case "RequestReturn":
      return before.status === "Delivered"
        ? moved({ ...before, status: "ReturnRequested" }, 13)
        : noRule(before, action);
    case "ReceiveReturn":
      return before.status === "ReturnRequested"
        ? moved({ ...before, status: "Returned" }, 14)
        : noRule(before, action);
    case "RefundOrder":
      return before.status === "Returned"
        ? moved({ ...before, status: "Refunded", IsPaid: false }, 15)
        : noRule(before, action);
    default:
      return refused("unknown-action", action);
  }
}

function stepCancel(before, action, params) {
  if (!["Draft", "Submitted", "PaymentPending"].includes(before.status)) return noRule(before, action);
  if (typeof params.CancelReason !== "string") return refused("bad-parameter", "CancelReason");
  return moved({ ...before, status: "Cancelled", CancelReason: params.CancelReason }, 12);
}
