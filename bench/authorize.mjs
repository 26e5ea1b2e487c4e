/** `authorize`: one decision by fifty policies, compiled, beside Cedar's own WebAssembly build with the same policies preparsed. */

import { createRequire } from "node:module";
import { cedarAuthorizer, cedarWasmAuthorizer } from "@temperc/runtime";
import { loadExample } from "./load-example.mjs";
import { summary } from "./measure.mjs";

const policies = 50;
const rounds = 7;
const roundMs = 200;

const cedar = createRequire(import.meta.url)("@cedar-policy/cedar-wasm/nodejs");

export async function benchAuthorize(progress) {
  const asUsual = await contendersFor("of eight actions and of all", actionsOf);
  const worst = await contendersFor("all of this one action", () => 'action == Action::"Order::CancelOrder"');
  const contenders = [...asUsual, ...worst];
  for (const each of contenders) each.run(roundMs);
  for (let round = 1; round <= rounds; round++) {
    progress(`round ${round} of ${rounds}`);
    for (const each of contenders) each.nanoseconds.push(each.run(roundMs));
  }
  const figures = contenders.map((each) => ({
    name: each.name,
    policies: each.policies,
    ...summary(each.nanoseconds),
  }));
  const [own, stateful, , ownWorst, statefulWorst] = figures;
  return {
    columns: [`decision by ${policies} policies`, "policies", "ns", "spread %", "decisions/s"],
    rows: figures.map((each) => [each.name, each.policies, each.median, each.spreadPercent, 1e9 / each.median]),
    conclusions: [
      `statefulIsAuthorized / compiled: ${(stateful.median / own.median).toFixed(0)} (to reach: at least 100)`,
      `the same where all policies speak about one action: ${(statefulWorst.median / ownWorst.median).toFixed(0)}`,
    ],
    figures,
  };
}

async function contendersFor(name, actionOf) {
  const { authorization, entityTypes } = await loadExample("ecommerce", [policyFile(actionOf)]);
  const compiled = cedarAuthorizer(authorization, entityTypes);
  const itself = cedarWasmAuthorizer(authorization, entityTypes);
  const calls = requests();
  const preparsed = preparse(authorization, calls, name);
  agree(calls, compiled, itself, preparsed);
  return [
    contender("compiled, as the service asks it", calls, (call) => compiled.authorize(call)),
    contender("statefulIsAuthorized, entities made before", preparsed, (call) => cedar.statefulIsAuthorized(call)),
    contender("cedar-wasm, as the service asks it", calls, (call) => itself.authorize(call)),
  ].map((each) => ({ ...each, policies: name }));
}

const actions = ["CancelOrder", "AddItem", "SubmitOrder", "Pack", "ShipOrder", "RefundOrder", "read", "update"];

/** One in five speaks about every action, the others about one each. */
function actionsOf(index) {
  return index % 5 === 0 ? "action" : `action == Action::"Order::${actions[index % actions.length]}"`;
}

/** Fifty policies of orders: by owner, role, status and parameter, one in ten of them forbidding. */
function policyFile(actionOf) {
  const texts = Array.from({ length: policies }, (_, index) => {
    const effect = index % 10 === 9 ? "forbid" : "permit";
    const scope = `principal${index % 3 === 0 ? " is Customer" : ""}, ${actionOf(index)}, resource is Order`;
    return `@id("bench${index}") ${effect}(${scope}) when { ${conditions[index % conditions.length](index)} };`;
  });
  return { path: "policies/shop.cedar", bytes: Buffer.from(texts.join("\n")) };
}

const conditions = [
  () => "resource.CustomerId == principal.id",
  (index) => `principal.roles.contains("role${index}")`,
  (index) => `resource.status == "Draft" && principal.id == "user${index}"`,
  (index) => `["Paid", "Shipped", "Refunded${index}"].contains(resource.status)`,
  (index) => `principal.id like "robot${index}*" || resource.id like "*-${index}-*"`,
  (index) => `principal.kind == "admin${index}" && principal.tenant == "default"`,
  (index) => `principal.tenant == "tenant${index}" && !(resource.status == "Draft")`,
];

/** Allowed by the owner's policies, denied to a stranger, and a caller with some roles. */
function requests() {
  const values = { Id: "o-1", CustomerId: "alice", Status: "Draft", Total: 12.5, Currency: "EUR" };
  return [
    { type: "Customer", id: "alice", roles: [] },
    { type: "Customer", id: "mallory", roles: [] },
    { type: "Agent", id: "packer", roles: ["role8", "role15"] },
  ].map((principal) => ({
    principal: { ...principal, tenant: "default" },
    entityType: "Order",
    action: "CancelOrder",
    resource: { id: "o-1", values },
    context: { Reason: "changed my mind" },
  }));
}

/** The calls that Cedar is asked with, so that only what it does itself is measured. */
function preparse({ policies: texts, resources }, calls, name) {
  const staticPolicies = Object.fromEntries(texts.map(({ id, text }) => [id, text]));
  const parsed = cedar.preparsePolicySet(name, { staticPolicies });
  if (parsed.type === "failure") throw new Error(parsed.errors[0].message);
  return calls.map(({ principal, resource, context }) => {
    const { type, id, tenant, roles } = principal;
    const action = { type: "Action", id: "Order::CancelOrder" };
    const own = { ...resources.Order(resource.values), id: resource.id, tenant };
    return {
      principal: { type, id },
      action,
      resource: { type: "Order", id: resource.id },
      context,
      preparsedPolicySetId: name,
      entities: [
        { uid: { type, id }, attrs: { id, kind: type.toLowerCase(), tenant, roles }, parents: [] },
        { uid: { type: "Order", id: resource.id }, attrs: own, parents: [] },
        { uid: action, attrs: {}, parents: [{ type: "Action", id: "CancelOrder" }] },
      ],
    };
  });
}

/** All three must decide alike for the same reasons, or they do not do the same work. */
function agree(calls, compiled, itself, preparsed) {
  const answers = calls.map((call, index) => {
    const { decision, diagnostics } = cedar.statefulIsAuthorized(preparsed[index]).response;
    const own = compiled.authorize(call);
    const other = itself.authorize(call);
    return [
      [decision === "allow", diagnostics.reason],
      [own.allowed, own.reasons],
      [other.allowed, other.reasons],
    ].map(([allowed, reasons]) => JSON.stringify([allowed, [...reasons].sort()]));
  });
  for (const [first, ...others] of answers) {
    for (const other of others) if (other !== first) throw new Error(`${first} is not ${other}`);
  }
  if (new Set(answers.flat()).size < 3) throw new Error("the requests are to end differently");
}

function contender(name, calls, decide) {
  return { name, nanoseconds: [], run: (ms) => nanosecondsPerCall(calls, decide, ms) };
}

/** Calls over and over for that long, and keeps every result alive so that none is optimised away. */
function nanosecondsPerCall(calls, decide, ms) {
  const kept = new Array(calls.length);
  const started = process.hrtime.bigint();
  const until = started + BigInt(ms) * 1_000_000n;
  let done = 0;
  let now = started;
  while (now < until) {
    for (let repeat = 0; repeat < 10; repeat++) {
      for (let index = 0; index < calls.length; index++) kept[index] = decide(calls[index]);
    }
    done += 10 * calls.length;
    now = process.hrtime.bigint();
  }
  if (kept.includes(undefined)) throw new Error("a call was not decided");
  return Number(now - started) / done;
}
