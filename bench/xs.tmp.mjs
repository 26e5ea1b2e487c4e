import { orderMachine, start, stepMachine } from "/work/main/bench/order-machine.mjs";

const s = start(orderMachine);
console.log(
  stepMachine(s, { type: "Pack" }) === undefined,
  stepMachine(s, { type: "AddItem" }) === undefined,
  stepMachine(s, { type: "AddItem", ProductId: "p" }).context,
);
const e = { type: "AddItem", ProductId: "p" };
for (let r = 0; r < 3; r++) {
  const t = process.hrtime.bigint();
  for (let i = 0; i < 100000; i++) stepMachine(s, e);
  console.log(Number(process.hrtime.bigint() - t) / 1e5);
}
