/** What the tests of this stage share: a small automaton and its CSDL document. */

import { collect } from "../diagnostics/fixtures.ts";
import type { Action, Automaton } from "../ir/automaton.ts";
import { parseContract } from "../parse/csdl.ts";
import { bindContract } from "./contract.ts";

const span = { file: "door.ioa.toml", start: 0, end: 4 };

function action(name: string, kind: Action["kind"], params: readonly string[] = []): Action {
  const typed = params.map((param) => ({ name: param, type: "string", required: true, span }) as const);
  return { name, kind, params: typed, filled: [], constraints: [], span };
}

/** Open or closed; counts how often it was closed and remembers why. */
export const door: Automaton = {
  name: "Door",
  file: span.file,
  statuses: [
    { name: "Open", span },
    { name: "Closed", span },
  ],
  initial: "Open",
  terminal: [],
  indefinite: ["Open", "Closed"],
  strictParams: true,
  variables: [
    { name: "Closings", type: "counter", initial: 0, span },
    { name: "Why", type: "string", initial: "", span },
    { name: "Keys", type: "set", initial: [], span },
  ],
  actions: [action("Close", "input", ["Why"]), action("Slam", "internal"), action("Banged", "output")],
  rules: [],
  invariants: [],
  fieldInvariants: [],
  liveness: [],
  triggers: [],
  timeouts: [],
  keys: [],
  vectors: [],
  contextEntities: [],
  webhooks: [],
  workflows: [],
  span,
};

/** A whole document around the contents of its schema. */
export function edmx(schema: string, beside = ""): string {
  return `<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.01">${beside}
<edmx:DataServices><Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="House">
${schema}
</Schema></edmx:DataServices></edmx:Edmx>`;
}

/** The least that the door's CSDL says, in parts that a test can replace. */
export const doorParts = {
  entity:
    '<EntityType Name="Door"><Key><PropertyRef Name="Id"/></Key><Property Name="Id" Type="Edm.String" Nullable="false"/></EntityType>',
  action:
    '<Action Name="Close" IsBound="true"><Parameter Name="it" Type="House.Door"/><Parameter Name="Why" Type="Edm.String" Nullable="false"/></Action>',
  container: '<EntityContainer Name="Container"><EntitySet Name="Doors" EntityType="House.Door"/></EntityContainer>',
};

/** The door's document with some parts replaced and something added. */
export function doorDocument(parts: Partial<typeof doorParts> & { readonly more?: string } = {}): string {
  const { entity, action: bound, container } = { ...doorParts, ...parts };
  return edmx([entity, parts.more ?? "", bound, container].join("\n"));
}

/** The door's entity type with more in it. */
export function entityWith(members: string): string {
  return doorParts.entity.replace("</EntityType>", `${members}</EntityType>`);
}

/** The contract of a document, and what was told while binding it. */
export function bind(text: string, automata: readonly Automaton[] = [door]) {
  const { report, told } = collect({ "a.csdl.xml": text, "door.ioa.toml": "Door" });
  const syntax = parseContract({ path: "a.csdl.xml", text }, report);
  const contract = syntax === undefined ? undefined : bindContract([syntax], automata, "house", report);
  return { contract, told };
}
