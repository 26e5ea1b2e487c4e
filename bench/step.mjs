/** `step`: accepted transitions per second of the emitted Order, of a hand-written switch, and of XState, on one script. */
import { loadExample } from "./example.mjs";
import { median } from "./report.mjs";
import { stepByHand } from "./step-by-hand.mjs";
import { runXState } from "./step-xstate.mjs";

/** From the empty basket to the delivered parcel: every step is accepted, which each run checks. */
const script = [
  { type: "AddItem", ProductId: "p-1" },
  { type: "AddItem", ProductId: "p-2" },
  { type: "AddItem", ProductId: "p-3" },
  { type: "RemoveItem", ProductId: "p-3" },
  { type: "SetAddress", AddressId: "a-1" },
  { type: "SubmitOrder" },
  { type: "RequestPayment" },
  { type: "ConfirmPayment", PaymentId: "y-1" },
  { type: "StartPicking" },
  { type: "PickItem" },
  { type: "PickItem" },
  { type: "Pack" },
  { type: "ShipOrder", TrackingNumber: "T-1" },
  { type: "ConfirmDelivery" },
];

const rounds = 7;
const roundMs = 400;

/** Nanoseconds per transition, the median of several rounds after a warm-up round; `run` executes the script once. */
function nanosecondsPerTransition(run) {
  const samples = [];
  for (let round = 0; round <= rounds; round += 1) {
    const startedAt = performance.now();
    let transitions = 0;
    while (performance.now() - startedAt < roundMs) {
      for (let index = 0; index < 100; index += 1) {
        if (run() !== "Delivered") throw new Error("the script did not end in Delivered");
      }
      transitions += 100 * script.length;
    }
    if (round > 0) samples.push(((performance.now() - startedAt) * 1e6) / transitions);
  }
  return median(samples);
}

function runner(step, initial) {
  return () => {
    let snapshot = initial;
    for (const params of script) {
      const outcome = step(snapshot, params.type, params);
      if (outcome.kind !== "moved") throw new Error(`${params.type} was refused: ${outcome.reason}`);
      snapshot = outcome.after;
    }
    return snapshot.status;
  };
}

export async function measure(progress) {
  const service = await loadExample("ecommerce");
  const order = service.entityTypes.find((type) => type.name === "Order").automaton;
  const runs = [
    ["temperc, emitted step", runner(order.step, order.initial)],
    ["hand-written switch", runner(stepByHand, order.initial)],
    ["XState 5, pure transition", () => runXState(script)],
  ];
  const rows = runs.map(([what, run]) => {
    progress(`measuring ${what} …`);
    const nanoseconds = nanosecondsPerTransition(run);
    return { what, "ns/transition": nanoseconds, "transitions/s": 1e9 / nanoseconds };
  });
  const [emitted, byHand, xstate] = rows.map((row) => row["ns/transition"]);
  return {
    rows,
    remarks: [
      "",
      `emitted / hand-written: ${(emitted / byHand).toFixed(2)} × (wanted: at most 3)`,
      `XState / emitted: ${(xstate / emitted).toFixed(0)} × (wanted: at least 50)`,
    ],
  };
}
