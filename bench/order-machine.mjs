/** Order as an XState v5 machine: the same statuses, guards and assignments, run by XState's pure `transition`. */
import { assign, initialTransition, setup, transition } from "xstate";

const parameter =
  (name) =>
  ({ event }) =>
    typeof event[name] === "string";
const to = (target) => ({ target });

const cancel = {
  target: "Cancelled",
  guard: parameter("CancelReason"),
  actions: assign({ CancelReason: ({ event }) => event.CancelReason }),
};
const setAddress = { guard: parameter("AddressId"), actions: assign({ HasAddress: true }) };

export const orderMachine = setup({}).createMachine({
  id: "Order",
  initial: "Draft",
  context: { ItemCount: 0, PickedCount: 0, HasAddress: false, IsPaid: false, TrackingNumber: "", CancelReason: "" },
  states: {
    Draft: {
      on: {
        AddItem: {
          guard: ({ context, event }) => typeof event.ProductId === "string" && context.ItemCount < 20,
          actions: assign({ ItemCount: ({ context }) => context.ItemCount + 1 }),
        },
        RemoveItem: {
          guard: ({ context, event }) => typeof event.ProductId === "string" && context.ItemCount > 0,
          actions: assign({ ItemCount: ({ context }) => context.ItemCount - 1 }),
        },
        SetAddress: setAddress,
        SubmitOrder: { target: "Submitted", guard: ({ context }) => context.ItemCount > 0 && context.HasAddress },
        CancelOrder: cancel,
      },
    },
    Submitted: { on: { SetAddress: setAddress, RequestPayment: to("PaymentPending"), CancelOrder: cancel } },
    PaymentPending: {
      on: {
        ConfirmPayment: { target: "Paid", guard: parameter("PaymentId"), actions: assign({ IsPaid: true }) },
        FailPayment: to("Submitted"),
        CancelOrder: cancel,
      },
    },
    Paid: { on: { StartPicking: to("Picking") } },
    Picking: {
      on: {
        PickItem: {
          guard: ({ context }) => context.PickedCount < context.ItemCount,
          actions: assign({ PickedCount: ({ context }) => context.PickedCount + 1 }),
        },
        Pack: { target: "Packed", guard: ({ context }) => context.PickedCount === context.ItemCount },
      },
    },
    Packed: {
      on: {
        ShipOrder: {
          target: "Shipped",
          guard: ({ event }) => typeof event.TrackingNumber === "string" && event.TrackingNumber !== "",
          actions: assign({ TrackingNumber: ({ event }) => event.TrackingNumber }),
        },
      },
    },
    Shipped: { on: { ConfirmDelivery: to("Delivered") } },
    Delivered: { on: { RequestReturn: to("ReturnRequested") } },
    ReturnRequested: { on: { ReceiveReturn: to("Returned") } },
    Returned: { on: { RefundOrder: { target: "Refunded", actions: assign({ IsPaid: false }) } } },
    Refunded: { type: "final" },
    Cancelled: { type: "final" },
  },
});

/** The machine's first state. */
export function start(machine) {
  return initialTransition(machine)[0];
}

/** One transition; undefined where XState stays as it was, which is its way to refuse. */
export function stepMachine(before, event) {
  const [after] = transition(orderMachine, before, event);
  return after === before ? undefined : after;
}
