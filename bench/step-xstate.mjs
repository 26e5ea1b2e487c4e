/** The baseline of `step`: the same part of Order as an XState v5 machine, driven by its pure `transition`. */
import { assign, initialTransition, setup, transition } from "xstate";

const machine = setup({
  guards: {
    hasRoom: ({ context }) => context.ItemCount < 20,
    hasItems: ({ context }) => context.ItemCount > 0,
    canSubmit: ({ context }) => context.ItemCount > 0 && context.HasAddress,
    canPick: ({ context }) => context.PickedCount < context.ItemCount,
    allPicked: ({ context }) => context.PickedCount === context.ItemCount,
    isTracked: ({ event }) => event.TrackingNumber !== "",
  },
  actions: {
    addItem: assign({ ItemCount: ({ context }) => context.ItemCount + 1 }),
    removeItem: assign({ ItemCount: ({ context }) => context.ItemCount - 1 }),
    setAddress: assign({ HasAddress: true }),
    pay: assign({ IsPaid: true }),
    pickItem: assign({ PickedCount: ({ context }) => context.PickedCount + 1 }),
    track: assign({ TrackingNumber: ({ event }) => event.TrackingNumber }),
  },
}).createMachine({
  initial: "Draft",
  context: { ItemCount: 0, PickedCount: 0, HasAddress: false, IsPaid: false, TrackingNumber: "", CancelReason: "" },
  states: {
    Draft: {
      on: {
        AddItem: { guard: "hasRoom", actions: "addItem" },
        RemoveItem: { guard: "hasItems", actions: "removeItem" },
        SetAddress: { actions: "setAddress" },
        SubmitOrder: { guard: "canSubmit", target: "Submitted" },
      },
    },
    Submitted: { on: { SetAddress: { actions: "setAddress" }, RequestPayment: "PaymentPending" } },
    PaymentPending: { on: { ConfirmPayment: { target: "Paid", actions: "pay" }, FailPayment: "Submitted" } },
    Paid: { on: { StartPicking: "Picking" } },
    Picking: {
      on: { PickItem: { guard: "canPick", actions: "pickItem" }, Pack: { guard: "allPicked", target: "Packed" } },
    },
    Packed: { on: { ShipOrder: { guard: "isTracked", target: "Shipped", actions: "track" } } },
    Shipped: { on: { ConfirmDelivery: "Delivered" } },
    Delivered: {},
  },
});

const [initial] = initialTransition(machine);

/** Runs the script from the initial state; returns the status it ends in. */
export function runXState(script) {
  let state = initial;
  for (const event of script) [state] = transition(machine, state, event);
  return state.value;
}
