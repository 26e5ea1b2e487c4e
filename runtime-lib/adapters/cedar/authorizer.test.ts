/** Compiled decisions beside policies that are not compiled, and beside a shadow that compares them. */
import { expect, test } from "vitest";
import {
  type AuthorizationBindings,
  cedarEqual,
  cedarGet,
  deciding,
  forbid,
  type PolicyText,
  permit,
  resourceAttributes,
} from "../../kernel/index.ts";
import type { AuthorizationRequest, Authorizer } from "../../ports/index.ts";
import { cedarAuthorizer } from "./authorizer.ts";
import { type AuthorizerDifference, chosenAuthorizer, differenceText } from "./shadow.ts";

const owner = {
  id: "owner",
  text: "permit(principal, action, resource) when { resource.Owner == principal.id };",
};
const closed = { id: "closed", text: 'forbid(principal, action, resource) when { resource.Note == "closed" };' };
const decisions = {
  "Parcel::Send": deciding(
    permit("owner", ({ principal, resource, entities }) =>
      cedarEqual(cedarGet(resource, "Owner", entities), cedarGet(principal, "id", entities)),
    ),
    forbid("closed", ({ resource, entities }) => cedarGet(resource, "Note", entities) === "closed"),
  ),
};

function bindings(policies: readonly PolicyText[], leftToCedar: readonly string[] = []): AuthorizationBindings {
  const resources = {
    Parcel: resourceAttributes([
      { attribute: "Owner", property: "Owner" },
      { attribute: "Note", property: "Note" },
    ]),
  };
  return { policies, schema: "", resources, compiled: { policies: [owner, closed], leftToCedar, decisions } };
}

function asking(Owner: string, Note: string | null, action = "Send"): AuthorizationRequest {
  const principal = { type: "Customer", id: "alice", tenant: "t", roles: [] };
  return { principal, entityType: "Parcel", action, resource: { id: "1", values: { Owner, Note } }, context: {} };
}

const ask = (of: Authorizer, request: AuthorizationRequest) => of.authorize(request);

test("what is compiled decides: reasons are named, forbid wins, and a policy that fails denies and says why", () => {
  const own = cedarAuthorizer(bindings([owner, closed]), []);
  expect(ask(own, asking("alice", "open"))).toEqual({ allowed: true, reasons: ["owner"], errors: [] });
  expect(ask(own, asking("alice", "closed"))).toEqual({ allowed: false, reasons: ["closed"], errors: [] });
  expect(ask(own, asking("bob", "open"))).toEqual({ allowed: false, reasons: [], errors: [] });
  expect(ask(own, asking("alice", null))).toEqual({
    allowed: false,
    reasons: ["owner"],
    errors: ['closed: `Parcel::"1"` does not have the attribute `Note`'],
  });
});

test("an action that has no compiled decision is asked of Cedar", () => {
  const own = cedarAuthorizer(bindings([owner, closed]), []);
  expect(ask(own, asking("alice", "open", "Later"))).toEqual({ allowed: true, reasons: ["owner"], errors: [] });
});

test("a policy that came later and is not compiled is part of the same decision", () => {
  const guest = { id: "guest", text: 'permit(principal == Customer::"alice", action, resource);' };
  const stop = { id: "stop", text: "forbid(principal, action, resource) when { context has never || true };" };
  const wider = cedarAuthorizer(bindings([owner, closed, guest]), []);
  expect(ask(wider, asking("bob", "open"))).toEqual({ allowed: true, reasons: ["guest"], errors: [] });
  expect(ask(wider, asking("alice", "open")).reasons).toEqual(["owner", "guest"]);
  const stopped = cedarAuthorizer(bindings([owner, closed, guest, stop]), []);
  expect(ask(stopped, asking("alice", "open"))).toEqual({ allowed: false, reasons: ["stop"], errors: [] });
});

test("a compiled policy that was taken away or changed permits no more", () => {
  const away = cedarAuthorizer(bindings([closed]), []);
  expect(ask(away, asking("alice", "open"))).toEqual({ allowed: false, reasons: [], errors: [] });
  const changed = { id: "owner", text: 'permit(principal == Customer::"zoe", action, resource);' };
  const other = cedarAuthorizer(bindings([changed, closed]), []);
  expect(ask(other, asking("alice", "open"))).toEqual({ allowed: false, reasons: [], errors: [] });
});

test("a shadow compares one decision in so many, and where they differ alarms and gives the stricter", () => {
  const told: AuthorizerDifference[] = [];
  const wrong = { id: "closed", text: closed.text.replace("closed", "open") };
  const lying = { ...bindings([owner, wrong]), compiled: { policies: [owner, wrong], leftToCedar: [], decisions } };
  const choice = {
    engine: "compiled",
    shadowOneIn: 2,
    onDifference: (each: AuthorizerDifference) => told.push(each),
  } as const;
  const own = chosenAuthorizer(choice)(lying, []);
  const answers = [1, 2, 3, 4].map(() => ask(own, asking("alice", "open")).allowed);
  expect(answers).toEqual([true, false, true, false]);
  expect(told.map(differenceText)[1]).toBe(
    "compiled policies and Cedar disagree, the stricter was answered: " +
      '{"principal":"Customer alice","action":"Parcel::Send","id":"1",' +
      '"compiled":{"allowed":true,"reasons":["owner"],"errors":[]},"cedar":{"allowed":false,"reasons":["closed"],"errors":[]}}',
  );
  expect(told).toHaveLength(2);
});

test("the engine cedar-wasm leaves every decision to Cedar", () => {
  const choice = { engine: "cedar-wasm", onDifference: () => expect.fail("nothing is compared") } as const;
  const lying = { ...bindings([closed]), compiled: { policies: [], leftToCedar: [], decisions } };
  expect(ask(chosenAuthorizer(choice)(lying, []), asking("alice", "open")).allowed).toBe(false);
});
