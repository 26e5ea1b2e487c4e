/** `step`: one accepted transition of Order, emitted, beside a hand-written switch and beside XState's pure transition. */

import { loadExample } from "./load-example.mjs";
import { summary } from "./measure.mjs";
import { orderMachine, start, stepMachine } from "./order-machine.mjs";
import { stepByHand } from "./order-switch.mjs";

const rounds = 9;
const warmUpMs = 400;
const roundMs = 250;

/** An order's whole life: every call is accepted, from the first item to the refund. */
const life = [
  ["AddItem", { ProductId: "p-1" }],
  ["AddItem", { ProductId: "p-2" }],
  ["SetAddress", { AddressId: "a-1" }],
  ["SubmitOrder", {}],
  ["RequestPayment", {}],
  ["ConfirmPayment", { PaymentId: "pay-1" }],
  ["StartPicking", {}],
  ["PickItem", {}],
  ["PickItem", {}],
  ["Pack", {}],
  ["ShipOrder", { TrackingNumber: "T-1" }],
  ["ConfirmDelivery", {}],
  ["RequestReturn", {}],
  ["ReceiveReturn", {}],
  ["RefundOrder", {}],
];

export async function benchStep(progress) {
  const order = (await loadExample("ecommerce")).entityTypes.find((type) => type.name === "Order").automaton;
  const contenders = [
    contender("emitted step", order.initial, ({ before, action, params }) => order.step(before, action, params).after),
    contender(
      "hand-written switch",
      order.initial,
      ({ before, action, params }) => stepByHand(before, action, params).after,
    ),
    contender("XState v5 transition", start(orderMachine), ({ before, event }) => stepMachine(before, event)),
  ];
  agree(contenders);
  for (const each of contenders) each.run(warmUpMs);
  for (let round = 1; round <= rounds; round++) {
    progress(`round ${round} of ${rounds}`);
    for (const each of contenders) each.nanoseconds.push(each.run(roundMs));
  }
  const [emitted, byHand, xstate] = contenders.map((each) => ({ name: each.name, ...summary(each.nanoseconds) }));
  return {
    columns: ["accepted transition of Order", "ns", "spread %", "transitions/s", "× hand-written"],
    rows: [emitted, byHand, xstate].map((each) => [
      each.name,
      each.median,
      each.spreadPercent,
      1e9 / each.median,
      each.median / byHand.median,
    ]),
    conclusions: [
      `emitted / hand-written: ${(emitted.median / byHand.median).toFixed(2)} (to reach: at most 3)`,
      `XState / emitted: ${(xstate.median / emitted.median).toFixed(1)} (to reach: at least 50)`,
    ],
    figures: { emitted, byHand, xstate },
  };
}

/** The calls of one life, each with the state before it; what a call is given is made beforehand, for each contender in its form. */
function contender(name, initial, next) {
  const calls = [];
  let state = initial;
  for (const [action, params] of life) {
    const call = { before: state, action, params, event: { type: action, ...params } };
    calls.push(call);
    state = next(call);
    if (state === undefined) throw new Error(`${name} refuses ${action}`);
  }
  return { name, last: state, nanoseconds: [], run: (ms) => nanosecondsPerCall(calls, next, ms) };
}

/** Calls over and over for that long, and keeps every result alive so that none is optimised away. */
function nanosecondsPerCall(calls, next, ms) {
  const kept = new Array(calls.length);
  const started = process.hrtime.bigint();
  const until = started + BigInt(ms) * 1_000_000n;
  let lives = 0;
  let now = started;
  while (now < until) {
    for (let repeat = 0; repeat < 100; repeat++) {
      for (let index = 0; index < calls.length; index++) {
        kept[index] = next(calls[index]);
      }
    }
    lives += 100;
    now = process.hrtime.bigint();
  }
  if (kept.includes(undefined)) throw new Error("a call was refused");
  return Number(now - started) / (lives * calls.length);
}

/** All contenders must end the life in the same status with the same variables, or they do not do the same work. */
function agree(contenders) {
  const [first, ...others] = contenders.map(({ name, last }) => ({ name, text: JSON.stringify(plain(last)) }));
  for (const other of others) {
    if (other.text !== first.text)
      throw new Error(`${other.name} ends in ${other.text}, ${first.name} in ${first.text}`);
  }
}

function plain(state) {
  const values = "context" in state ? { status: state.value, ...state.context } : state;
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}
