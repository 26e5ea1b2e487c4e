/** The shop's compiled policies: what a caller may list is what it may read, and what is learnt of permits is what Cedar says. */
import {
  type Authorizer,
  cedarAuthorizer,
  cedarWasmAuthorizer,
  type Decision,
  type EntityTypeDescriptor,
  initialOf,
  openMemoryStore,
  type Principal,
  type ServiceDefinition,
  type Value,
  type Values,
} from "@temperc/runtime";
import { beforeAll, expect, test } from "vitest";
import { shopService } from "./definitions/shop.ts";

const callers: readonly Principal[] = [
  { type: "Customer", id: "alice", tenant: "default", roles: [] },
  { type: "Customer", id: "bob", tenant: "default", roles: ["fulfilment"] },
  { type: "Agent", id: "alice", tenant: "default", roles: [] },
  { type: "Agent", id: "warehouse", tenant: "default", roles: ["fulfilment"] },
  { type: "Admin", id: "operator", tenant: "default", roles: ["operator"] },
];

let shop: ServiceDefinition;

beforeAll(async () => {
  shop = await shopService();
});

/** Cedar itself. */
function authorizer(): Authorizer {
  return cedarWasmAuthorizer(shop.authorization, shop.entityTypes);
}

/** Entities of alice, bob and nobody, in every status of their type. */
function samples(type: EntityTypeDescriptor): readonly Values[] {
  const statuses = type.automaton?.statuses ?? [""];
  return ["alice", "bob", "nobody"].flatMap((owner) => statuses.map((status) => sample(type, owner, status)));
}

function sample(type: EntityTypeDescriptor, owner: string, status: string): Values {
  const values: Record<string, Value> = {};
  for (const property of type.properties) values[property.name] = initialOf(type, property);
  values[type.key] = type.name === "Customer" ? owner : `${owner}-${status}`;
  if (Object.hasOwn(values, "CustomerId")) values.CustomerId = owner;
  if (type.statusProperty !== undefined) values[type.statusProperty] = status;
  return values;
}

function ask(
  of: Authorizer,
  principal: Principal,
  question: { type: EntityTypeDescriptor; action: string; values: Values },
) {
  const { type, action, values } = question;
  const resource = { id: String(values[type.key]), values };
  return of.authorize({ principal, entityType: type.name, action, resource, context: {} });
}

test("a customer or an agent lists exactly what it may read", async () => {
  const sizes = new Map<string, number>();
  for (const type of shop.entityTypes) {
    const rows = samples(type);
    const store = openMemoryStore();
    await store.prepare([type]);
    for (const row of rows) await store.append({ event: created(type, row), row });
    for (const principal of callers) {
      const of = authorizer();
      const readable = of.readable(principal, type.name);
      if (readable.kind === "inexpressible") throw new Error(`${type.name} cannot be listed`);
      const restriction =
        readable.kind === "where" ? readable.filter : ({ kind: "constant", value: readable.kind === "all" } as const);
      const query = {
        tenant: "default",
        entityType: type,
        orderBy: [],
        top: 1_000,
        skip: 0,
        count: false,
        restriction,
      };
      const listed = (await store.query(query)).rows.map((row) => row.values[type.key]).sort();
      const read = rows.filter((values) => ask(of, principal, { type, action: "read", values }).allowed);
      expect(listed).toEqual(read.map((values) => values[type.key]).sort());
      sizes.set(`${principal.type} ${principal.id} ${type.name}`, listed.length);
    }
  }
  expect(sizes.get("Customer alice Order")).toBe(12);
  expect(sizes.get("Customer alice Customer")).toBe(1);
  expect(sizes.get("Agent warehouse Order")).toBe(36);
  expect(sizes.get("Agent alice Order")).toBe(0);
  expect(sizes.get("Admin operator Order")).toBe(0);
});

test("the compiled policies decide as Cedar itself, on every entity and for every action", () => {
  const [compiled, itself] = [cedarAuthorizer(shop.authorization, shop.entityTypes), authorizer()];
  const ends = { allowed: 0, denied: 0 };
  for (const type of shop.entityTypes) {
    const rows = samples(type).filter((_, index) => index % 4 === 0);
    const actions = [
      "create",
      "read",
      "list",
      "update",
      "delete",
      ...(type.automaton?.actions ?? []).map(({ name }) => name),
    ];
    for (const principal of callers)
      for (const action of actions)
        for (const values of rows) {
          const decision = ask(compiled, principal, { type, action, values });
          expect(decision).toEqual(ask(itself, principal, { type, action, values }));
          ends[decision.allowed ? "allowed" : "denied"] += 1;
        }
  }
  expect(Math.min(ends.allowed, ends.denied)).toBeGreaterThan(100);
});

test("a permit that is asked for often stays Cedar's own decision", () => {
  let permitted = 0;
  for (const type of shop.entityTypes.filter(({ name }) => ["Order", "Address"].includes(name))) {
    const rows = samples(type).filter((_, index) => index % 3 === 0);
    const actions = ["create", "update", "delete", ...(type.automaton?.actions ?? []).map(({ name }) => name)];
    for (const principal of callers.slice(0, 4)) {
      const often = authorizer();
      for (const action of actions) {
        for (let times = 0; times < learntAfter; times += 1) {
          ask(often, principal, { type, action, values: rows[0] ?? {} });
        }
        const learnt = rows.map((values) => ask(often, principal, { type, action, values }));
        expect(learnt).toEqual(rows.map(firstAnswer(principal, type, action)));
        permitted += learnt.filter(({ allowed }) => allowed).length;
      }
    }
  }
  expect(permitted).toBeGreaterThan(60);
});

/** More often than a permit is asked for before it is learnt. */
const learntAfter = 25;
/** Answers by an authorizer that is asked too rarely to learn. */
function firstAnswer(principal: Principal, type: EntityTypeDescriptor, action: string): (values: Values) => Decision {
  const asked = authorizer();
  return (values) => ask(asked, principal, { type, action, values });
}

function created(type: EntityTypeDescriptor, row: Values) {
  const entityId = String(row[type.key]);
  const event = { tenant: "default", entityType: type.name, entityId, sequence: 1, eventId: entityId } as const;
  const what = { kind: "created", action: "created", params: {}, from: null, to: null, delta: row } as const;
  const origin = {
    specHash: "r",
    principal: "p",
    correlationId: "c",
    causationId: null,
    idempotencyKey: null,
    sessionId: null,
    intent: null,
    outputs: [],
  };
  return { ...event, ...what, ...origin, at: "2026-01-01T00:00:00.000Z" };
}
