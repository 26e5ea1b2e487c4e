/** Order as a person who wants it fast would write it by hand: one switch, guards, reasons, and snapshots without a spread. */

const moved = (after, rule) => ({ kind: "moved", after, rule });
const refused = (reason, detail) => ({ kind: "refused", reason, detail });
/** A literal of one shape: V8 makes it several times faster than `{ ...before, status }`. */
const snapshot = (before, status, ItemCount, PickedCount) => ({
  status,
  ItemCount,
  PickedCount,
  HasAddress: before.HasAddress,
  IsPaid: before.IsPaid,
  TrackingNumber: before.TrackingNumber,
  CancelReason: before.CancelReason,
});
const at = (before, status) => snapshot(before, status, before.ItemCount, before.PickedCount);
const withFlags = (before, status, HasAddress, IsPaid) => ({
  status,
  ItemCount: before.ItemCount,
  PickedCount: before.PickedCount,
  HasAddress,
  IsPaid,
  TrackingNumber: before.TrackingNumber,
  CancelReason: before.CancelReason,
});
const withTexts = (before, status, TrackingNumber, CancelReason) => ({
  status,
  ItemCount: before.ItemCount,
  PickedCount: before.PickedCount,
  HasAddress: before.HasAddress,
  IsPaid: before.IsPaid,
  TrackingNumber,
  CancelReason,
});

const noRule = (before, action) => refused("no-rule-here", `${action} in ${before.status}`);

/** The same outcomes as the emitted step gives, parameters checked likewise. */
export function stepByHand(before, action, params) {
  switch (action) {
    case "AddItem":
      if (before.status !== "Draft") return noRule(before, action);
      if (typeof params.ProductId !== "string") return refused("bad-parameter", "ProductId");
      if (!(before.ItemCount < 20)) return refused("guard-false", "ItemCount < 20");
      return moved(snapshot(before, before.status, before.ItemCount + 1, before.PickedCount), 0);
    case "RemoveItem":
      if (before.status !== "Draft") return noRule(before, action);
      if (typeof params.ProductId !== "string") return refused("bad-parameter", "ProductId");
      if (!(before.ItemCount > 0)) return refused("guard-false", "ItemCount > 0");
      return moved(snapshot(before, before.status, before.ItemCount - 1, before.PickedCount), 1);
    case "SetAddress":
      if (before.status !== "Draft" && before.status !== "Submitted") return noRule(before, action);
      if (typeof params.AddressId !== "string") return refused("bad-parameter", "AddressId");
      return moved(withFlags(before, before.status, true, before.IsPaid), 2);
    case "SubmitOrder":
      if (before.status !== "Draft") return noRule(before, action);
      if (!(before.ItemCount > 0)) return refused("guard-false", "ItemCount > 0");
      if (!before.HasAddress) return refused("guard-false", "HasAddress");
      return moved(at(before, "Submitted"), 3);
    case "RequestPayment":
      return before.status === "Submitted" ? moved(at(before, "PaymentPending"), 4) : noRule(before, action);
    case "ConfirmPayment":
      if (before.status !== "PaymentPending") return noRule(before, action);
      if (typeof params.PaymentId !== "string") return refused("bad-parameter", "PaymentId");
      return moved(withFlags(before, "Paid", before.HasAddress, true), 5);
    case "FailPayment":
      return before.status === "PaymentPending" ? moved(at(before, "Submitted"), 6) : noRule(before, action);
    default:
      return stepAfterPayment(before, action, params);
  }
}

function stepAfterPayment(before, action, params) {
  switch (action) {
    case "StartPicking":
      return before.status === "Paid" ? moved(at(before, "Picking"), 7) : noRule(before, action);
    case "PickItem":
      if (before.status !== "Picking") return noRule(before, action);
      if (!(before.PickedCount < before.ItemCount)) return refused("guard-false", "PickedCount < ItemCount");
      return moved(snapshot(before, before.status, before.ItemCount, before.PickedCount + 1), 8);
    case "Pack":
      if (before.status !== "Picking") return noRule(before, action);
      if (before.PickedCount !== before.ItemCount) return refused("guard-false", "PickedCount == ItemCount");
      return moved(at(before, "Packed"), 9);
    case "ShipOrder":
      if (before.status !== "Packed") return noRule(before, action);
      if (typeof params.TrackingNumber !== "string") return refused("bad-parameter", "TrackingNumber");
      if (params.TrackingNumber === "") return refused("guard-false", "params.TrackingNumber != ''");
      return moved(withTexts(before, "Shipped", params.TrackingNumber, before.CancelReason), 10);
    case "ConfirmDelivery":
      return before.status === "Shipped" ? moved(at(before, "Delivered"), 11) : noRule(before, action);
    case "CancelOrder":
      return stepCancel(before, action, params);
    case "RequestReturn":
      return before.status === "Delivered" ? moved(at(before, "ReturnRequested"), 13) : noRule(before, action);
    case "ReceiveReturn":
      return before.status === "ReturnRequested" ? moved(at(before, "Returned"), 14) : noRule(before, action);
    case "RefundOrder":
      return before.status === "Returned"
        ? moved(withFlags(before, "Refunded", before.HasAddress, false), 15)
        : noRule(before, action);
    default:
      return refused("unknown-action", action);
  }
}

function stepCancel(before, action, params) {
  if (!["Draft", "Submitted", "PaymentPending"].includes(before.status)) return noRule(before, action);
  if (typeof params.CancelReason !== "string") return refused("bad-parameter", "CancelReason");
  return moved(withTexts(before, "Cancelled", before.TrackingNumber, params.CancelReason), 12);
}
