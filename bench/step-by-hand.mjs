/** The ceiling of `step`: what a careful person would write by hand for the measured transitions of Order, checks included. */

const noRule = { kind: "refused", reason: "no-rule-here", detail: "" };
const guardFalse = { kind: "refused", reason: "guard-false", detail: "" };
const badParameter = { kind: "refused", reason: "bad-parameter", detail: "" };

/** One literal with fixed key order keeps one hidden class. */
function order(status, itemCount, pickedCount, hasAddress, isPaid, trackingNumber, cancelReason) {
  return {
    status,
    ItemCount: itemCount,
    PickedCount: pickedCount,
    HasAddress: hasAddress,
    IsPaid: isPaid,
    TrackingNumber: trackingNumber,
    CancelReason: cancelReason,
  };
}

function moved(after, rule) {
  return { kind: "moved", after, rule };
}

function to(s, status, rule) {
  const after = order(status, s.ItemCount, s.PickedCount, s.HasAddress, s.IsPaid, s.TrackingNumber, s.CancelReason);
  return moved(after, rule);
}

export function stepByHand(s, action, params) {
  switch (action) {
    case "AddItem":
      if (s.status !== "Draft") return noRule;
      if (!(s.ItemCount < 20)) return guardFalse;
      return moved(
        order(s.status, s.ItemCount + 1, s.PickedCount, s.HasAddress, s.IsPaid, s.TrackingNumber, s.CancelReason),
        0,
      );
    case "RemoveItem":
      if (s.status !== "Draft") return noRule;
      if (!(s.ItemCount > 0)) return guardFalse;
      return moved(
        order(s.status, s.ItemCount - 1, s.PickedCount, s.HasAddress, s.IsPaid, s.TrackingNumber, s.CancelReason),
        1,
      );
    case "SetAddress":
      if (s.status !== "Draft" && s.status !== "Submitted") return noRule;
      return moved(order(s.status, s.ItemCount, s.PickedCount, true, s.IsPaid, s.TrackingNumber, s.CancelReason), 2);
    case "SubmitOrder":
      if (s.status !== "Draft") return noRule;
      if (!(s.ItemCount > 0 && s.HasAddress)) return guardFalse;
      return to(s, "Submitted", 3);
    case "RequestPayment":
      return s.status === "Submitted" ? to(s, "PaymentPending", 4) : noRule;
    case "ConfirmPayment":
      if (s.status !== "PaymentPending") return noRule;
      return moved(order("Paid", s.ItemCount, s.PickedCount, s.HasAddress, true, s.TrackingNumber, s.CancelReason), 5);
    case "StartPicking":
      return s.status === "Paid" ? to(s, "Picking", 7) : noRule;
    case "PickItem":
      if (s.status !== "Picking") return noRule;
      if (!(s.PickedCount < s.ItemCount)) return guardFalse;
      return moved(
        order(s.status, s.ItemCount, s.PickedCount + 1, s.HasAddress, s.IsPaid, s.TrackingNumber, s.CancelReason),
        8,
      );
    case "Pack":
      if (s.status !== "Picking") return noRule;
      if (!(s.PickedCount === s.ItemCount)) return guardFalse;
      return to(s, "Packed", 9);
    case "ShipOrder": {
      if (s.status !== "Packed") return noRule;
      const tracking = params.TrackingNumber;
      if (typeof tracking !== "string") return badParameter;
      if (tracking === "") return guardFalse;
      return moved(order("Shipped", s.ItemCount, s.PickedCount, s.HasAddress, s.IsPaid, tracking, s.CancelReason), 10);
    }
    case "ConfirmDelivery":
      return s.status === "Shipped" ? to(s, "Delivered", 11) : noRule;
    default:
      return noRule;
  }
}
