/** The Cedar authorizer's decisions, and that what it lets be listed is exactly what it lets be read. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CedarValue, EntityTypeDescriptor, PropertyDescriptor, Values } from "../../kernel/index.ts";
import type { Authorizer, AuthorizerFactory, Decision, Principal } from "../../ports/index.ts";
import { openLibsqlStore } from "../libsql/store.ts";
import { cedarAuthorizerThatLearns, cedarWasmAuthorizer } from "./wasm-authorizer.ts";

function property(name: string, type: PropertyDescriptor["type"], more: Partial<PropertyDescriptor> = {}) {
  return { name, type, collection: false, nullable: false, role: "field", ...more } as const;
}

const parcel: EntityTypeDescriptor = {
  name: "Parcel",
  key: "Id",
  properties: [
    property("Id", "Edm.String", { role: "key" }),
    property("Owner", "Edm.String"),
    property("Note", "Edm.String", { nullable: true }),
    property("Weight", "Edm.Int32", { nullable: true }),
    property("Price", "Edm.Decimal", { nullable: true, scale: 2 }),
    property("Fragile", "Edm.Boolean", { nullable: true }),
    property("Status", "enum", { role: "status", members: ["Open", "Sent"] }),
  ],
  navigations: [],
  statusProperty: "Status",
};

/** As the compiler emits it: null is absent, decimals are Cedar's. */
function attributes(values: Values): Readonly<Record<string, CedarValue>> {
  const found: Record<string, CedarValue> = {};
  for (const [name, value] of Object.entries({ ...values, status: values.Status ?? null })) {
    if (value === null) continue;
    found[name] = name === "Price" ? { __extn: { fn: "decimal", arg: Number(value).toFixed(2) } } : value;
  }
  return found;
}

/** Asks Cedar itself each time. */
function authorizer(...texts: readonly string[]): Authorizer {
  return made(cedarAuthorizerThatLearns(Number.POSITIVE_INFINITY), texts);
}

function made(factory: AuthorizerFactory, texts: readonly string[]): Authorizer {
  const policies = texts.map((text, index) => ({ id: `p${index}`, text }));
  return factory({ policies, schema: "", resources: { Parcel: attributes, Customer: attributes } }, [parcel]);
}

const alice: Principal = { type: "Customer", id: "alice", tenant: "t", roles: ["vip"] };
const row: Values = { Id: "1", Owner: "alice", Note: null, Weight: 3, Price: 1.5, Fragile: null, Status: "Open" };

interface Asked {
  readonly values?: Values;
  readonly context?: Values;
  readonly principal?: Principal;
}

function decide(from: Authorizer, action: string, asked: Asked = {}): Decision {
  const { values = row, context = {}, principal = alice } = asked;
  const resource = { id: String(values.Id), values };
  return from.authorize({ principal, entityType: "Parcel", action, resource, context });
}

describe("a decision", () => {
  test("is a denial where no policy speaks", () => {
    expect(decide(authorizer(), "read")).toEqual({ allowed: false, reasons: [], errors: [] });
    expect(decide(authorizer('permit(principal, action == Action::"Parcel::list", resource);'), "read").allowed).toBe(
      false,
    );
  });

  test("permits by the qualified name and by the bare name of an action", () => {
    expect(decide(authorizer('permit(principal, action in Action::"Parcel::Send", resource);'), "Send").allowed).toBe(
      true,
    );
    expect(decide(authorizer('permit(principal, action in [Action::"Send"], resource);'), "Send").allowed).toBe(true);
    expect(decide(authorizer('permit(principal, action == Action::"Send", resource);'), "Send").allowed).toBe(false);
  });

  test("sees the caller's kind, roles and tenant, the parameters, the status and the entity's id", () => {
    const policies = authorizer(`permit(principal, action, resource) when {
      principal.kind == "customer" && principal.roles.contains("vip") && principal.tenant == resource.tenant &&
      context.Weight == 4 && resource.status == "Open" && resource.id == "1" && resource.Price.lessThan(decimal("2.0"))
    };`);
    expect(decide(policies, "Send", { context: { Weight: 4, Ratio: 0.5, Nothing: null } }).allowed).toBe(true);
    expect(decide(policies, "Send", { context: { Weight: 5 } }).allowed).toBe(false);
  });

  test("names the policy that forbids", () => {
    const policies = authorizer("permit(principal, action, resource);", "forbid(principal, action, resource);");
    expect(decide(policies, "Send")).toEqual({ allowed: false, reasons: ["p1"], errors: [] });
  });

  test("is a denial where a policy fails, although another permits", () => {
    const policies = authorizer(
      "permit(principal, action, resource);",
      'forbid(principal, action, resource) when { resource.Note == "secret" };',
    );
    const decision = decide(policies, "Send");
    expect(decision.allowed).toBe(false);
    expect(decision.errors[0]).toMatch(/^p1: .*Note/);
    expect(decide(policies, "Send", { values: { ...row, Note: "plain" } }).allowed).toBe(true);
  });

  test("knows the caller in its own entity with the attributes of both", () => {
    const policies = authorizer(
      'permit(principal, action, resource) when { principal == resource && resource.Owner == "alice" && resource.roles.contains("vip") };',
    );
    const ask = (id: string) =>
      policies.authorize({
        principal: alice,
        entityType: "Customer",
        action: "read",
        resource: { id, values: row },
        context: {},
      });
    expect([ask("alice").allowed, ask("bob").allowed]).toEqual([true, false]);
  });

  test("cannot be made of a policy that does not parse", () => {
    expect(() => authorizer("permit(principal, action);")).toThrow(/policy p0 does not parse/);
  });
});

describe("a permit that is asked for often", () => {
  test("is Cedar's own decision, for policies of every shape and callers of every kind", () => {
    const rows = sampleRows();
    let permitted = 0;
    fc.assert(
      fc.property(fc.array(policyText, { minLength: 1, maxLength: 4 }), callers, (texts, principal) => {
        const asked = authorizer(...texts);
        const learnt = made(cedarAuthorizerThatLearns(0), texts);
        for (const values of rows) {
          const decision = decide(asked, "Send", { values, context: { Weight: 1 }, principal });
          permitted += decision.allowed ? 1 : 0;
          expect(sorted(decide(learnt, "Send", { values, context: { Weight: 1 }, principal }))).toEqual(
            sorted(decision),
          );
        }
      }),
      { numRuns: 60, seed: 3 },
    );
    expect(permitted).toBeGreaterThan(500);
  });

  test("is learnt by caller, roles included", () => {
    const texts = ['permit(principal, action, resource) when { principal.roles.contains("vip") };'];
    const policies = made(cedarWasmAuthorizer, texts);
    const plain = { ...alice, roles: [] };
    const decisions = Array.from({ length: 50 }, () => [
      decide(policies, "Send").allowed,
      decide(policies, "Send", { principal: plain }).allowed,
    ]);
    expect(decisions).toEqual(Array.from({ length: 50 }, () => [true, false]));
  });
});

const callers = fc.constantFrom<Principal>(
  alice,
  { ...alice, id: "bob", roles: [] },
  { type: "Parcel", id: "r3", tenant: "t", roles: ["vip"] },
);

function sorted(decision: Decision): Decision {
  return { ...decision, reasons: [...decision.reasons].sort(), errors: [...decision.errors].sort() };
}

describe("what may be listed", () => {
  const permit = (condition: string): string => `permit(principal, action, resource) when { ${condition} };`;

  test("is none, all, some, or not to be said in a query", () => {
    expect(authorizer().readable(alice, "Parcel")).toEqual({ kind: "none", forbids: [] });
    expect(authorizer(permit("true")).readable(alice, "Parcel")).toEqual({ kind: "all" });
    expect(authorizer(permit("resource.Owner == principal.id")).readable(alice, "Parcel")).toEqual({
      kind: "where",
      filter: {
        kind: "compare",
        operator: "eq",
        left: { kind: "property", property: "Owner" },
        right: { kind: "literal", value: "alice" },
      },
    });
    expect(authorizer(permit("resource.Weight + 1 < 5")).readable(alice, "Parcel")).toEqual({
      kind: "inexpressible",
      policies: ["p0"],
      within: { kind: "constant", value: true },
    });
  });

  test("needs both verbs", () => {
    expect(authorizer('permit(principal, action in Action::"list", resource);').readable(alice, "Parcel").kind).toBe(
      "none",
    );
    expect(authorizer('permit(principal, action in Action::"read", resource);').readable(alice, "Parcel").kind).toBe(
      "none",
    );
  });

  test("is exactly what may be read, for policies of every shape that a query can say", async () => {
    const store = await openLibsqlStore({ path: ":memory:" });
    await store.prepare([parcel]);
    const rows = sampleRows();
    for (const values of rows) await store.append(creation(values));
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(policyText, { minLength: 1, maxLength: 4 }), async (texts) => {
        const policies = authorizer(...texts);
        const readable = policies.readable(alice, "Parcel");
        const allowed = rows
          .filter((values) => decide(policies, "read", { values }).allowed)
          .map((values) => values.Id);
        if (readable.kind === "inexpressible") return;
        if (readable.kind === "where") compared += 1;
        const filter =
          readable.kind === "where" ? readable.filter : ({ kind: "constant", value: readable.kind === "all" } as const);
        const page = await store.query({
          tenant: "t",
          entityType: parcel,
          restriction: filter,
          orderBy: [],
          top: 1_000,
          skip: 0,
          count: false,
        });
        expect(page.rows.map((each) => each.values.Id).sort()).toEqual(allowed.sort());
      }),
      { numRuns: 120, seed: 7 },
    );
    expect(compared).toBeGreaterThan(40);
    await store.close();
  });
});

/** Every combination of a few values, nulls among them. */
function sampleRows(): readonly Values[] {
  const rows: Values[] = [];
  for (const Owner of ["alice", "bob"])
    for (const Note of [null, "", "a%b", "ab"])
      for (const Weight of [null, 0, 3])
        for (const Price of [null, 1.5])
          for (const Fragile of [null, true, false])
            rows.push({
              Id: `r${rows.length}`,
              Owner,
              Note,
              Weight,
              Price,
              Fragile,
              Status: rows.length % 2 === 0 ? "Open" : "Sent",
            });
  return rows;
}

function creation(values: Values) {
  const entityId = String(values.Id);
  const event = {
    tenant: "t",
    entityType: "Parcel",
    entityId,
    sequence: 1,
    eventId: entityId,
    kind: "created",
    action: "created",
  } as const;
  const origin = {
    specHash: "r",
    principal: "p",
    correlationId: "c",
    outputs: [],
    causationId: null,
    idempotencyKey: null,
    sessionId: null,
    intent: null,
    at: "2026-01-01T00:00:00.000Z",
  };
  return { event: { ...event, ...origin, params: {}, from: null, to: "Open", delta: values }, row: values };
}

const atom = fc.constantFrom(
  "resource.Owner == principal.id",
  'resource.Owner != "bob"',
  'resource.Note == "ab"',
  'resource.Note != ""',
  'resource.Note like "a%*"',
  'resource.Note like "*b"',
  'resource.Note like "*%*"',
  "resource has Note",
  "resource has Nope",
  "resource.Nope == 1",
  "resource.Weight < 3",
  "3 <= resource.Weight",
  "resource.Weight == 3",
  "resource.Fragile",
  "resource.Fragile == false",
  '["Open", "Lost"].contains(resource.status)',
  "[0, 3].contains(resource.Weight)",
  'resource.Price.greaterThan(decimal("1.499"))',
  'resource.Price == decimal("1.5")',
  'resource == Parcel::"r3"',
  'resource in Parcel::"r4"',
  "resource is Parcel",
  "resource is Customer",
  'principal.roles.contains("vip")',
  'principal.id == "bob"',
  "resource.Owner == resource.Note",
  "principal == resource",
  "principal has Owner",
  'principal.Owner == "alice"',
  "resource has roles",
  'resource.kind == "parcel"',
  "context.Weight == 1",
  "context has Weight",
  "true",
);

const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    atom,
    tie("condition").map((one) => `!(${one})`),
    fc.tuple(tie("condition"), tie("condition")).map(([one, two]) => `(${one} && ${two})`),
    fc.tuple(tie("condition"), tie("condition")).map(([one, two]) => `(${one} || ${two})`),
    fc
      .tuple(tie("condition"), tie("condition"), tie("condition"))
      .map(([one, two, three]) => `(if ${one} then ${two} else ${three})`),
  ),
}));

const policyText = fc
  .tuple(fc.constantFrom("permit", "permit", "forbid"), fc.constantFrom("when", "unless"), condition)
  .map(([effect, clause, body]) => `${effect}(principal, action, resource) ${clause} { ${body} };`);
