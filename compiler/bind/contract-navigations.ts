/** Binds navigation properties: where they lead, which property there leads back, and which properties must agree. */

import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { Navigation } from "../ir/schema.ts";
import { type CsdlElement, childrenOf, type Located } from "../parse/csdl.ts";
import { inheritedChildren, lineage, lookUp, memberNamed, memberNames } from "./contract-declared.ts";
import { attribute } from "./contract-document.ts";
import type { EntityDraft } from "./contract-entities.ts";
import { leadsToEntities } from "./contract-model.ts";
import { isUsableName } from "./contract-names.ts";
import { type ContractScope, innerType, resolveType, typeText } from "./contract-types.ts";
import { readBoolean } from "./contract-values.ts";

type Drafts = ReadonlyMap<CsdlElement, EntityDraft>;

/** The navigation properties of one entity type, inherited ones included; `drafts` are all that were bound, by element. */
export function bindNavigations(draft: EntityDraft, drafts: Drafts, scope: ContractScope): readonly Navigation[] {
  const byName = new Map([...drafts.values()].map((each) => [each.name, each]));
  return inheritedChildren(draft.line, "NavigationProperty").flatMap((element) => {
    const binder = { element, draft, drafts: byName, scope };
    return bindNavigation(binder) ?? [];
  });
}

interface Binding {
  readonly element: CsdlElement;
  readonly draft: EntityDraft;
  readonly drafts: ReadonlyMap<string, EntityDraft>;
  readonly scope: ContractScope;
}

function bindNavigation(binding: Binding): Navigation | undefined {
  const { element, scope } = binding;
  const name = attribute(element, "Name");
  const type = attribute(element, "Type");
  const usable = isUsableName(name, scope, element);
  const resolved = resolveType(type, scope);
  if (resolved === undefined) return undefined;
  if (!leadsToEntities(type, scope)) {
    const facts = { what: "a navigation property", type: type.text, expected: "it leads to an entity type" };
    scope.report("bind/csdl-wrong-type", type.span, facts);
    return undefined;
  }
  if (resolved.kind === "later") scope.later(`a navigation property to ${resolved.text}`, type.span, element);
  const single = resolved.kind === "collection" ? resolved.of : resolved;
  if (single.kind !== "entity" || !usable) return undefined;
  const partner = bindPartner(binding);
  const onDelete = bindOnDelete(element, scope);
  return {
    name: name.text,
    target: single.name,
    collection: resolved.kind === "collection",
    nullable: readBoolean(element.attributes.get("Nullable"), resolved.kind !== "collection", scope.report),
    ...(partner === undefined ? {} : { partner }),
    containsTarget: isContainment(element, scope),
    ...(onDelete === undefined ? {} : { onDelete }),
    constraints: bindConstraints(binding, single.name, resolved.kind === "collection"),
    span: name.span,
  };
}

/** A type that has an entity set has its entities there, and is contained nowhere yet. */
function isContainment(element: CsdlElement, scope: ContractScope): boolean {
  const written = element.attributes.get("ContainsTarget");
  if (!readBoolean(written, false, scope.report)) return false;
  const { text, span } = attribute(element, "Type");
  const target = lookUp({ text: innerType(text) ?? text, span }, scope.document, scope.declared);
  if (target.kind !== "declared" || scope.contained.has(target.declaration.element)) return true;
  scope.later(`ContainsTarget="true" to "${text}", which has an entity set,`, written?.nameSpan ?? element.span);
  return false;
}

/** The partner must exist, lead back here, and not name another partner itself (CSDL 4.01, 8.3). A path is not followed. */
function bindPartner({ element, draft, scope }: Binding): string | undefined {
  const { document, declared, report } = scope;
  const partner = element.attributes.get("Partner");
  const type = attribute(element, "Type");
  const target = lookUp({ text: innerType(type.text) ?? type.text, span: type.span }, document, declared);
  if (partner === undefined || target.kind !== "declared" || partner.text.includes("/")) return undefined;
  const there = lineage(target.declaration, document, declared);
  const found = memberNamed(there, partner.text, declared);
  if (found?.kind !== "NavigationProperty") {
    const facts = { entity: target.declaration.name, navigation: partner.text };
    report("bind/csdl-unknown-navigation", partner.span, facts, {
      hint: didYouMean(partner.text, memberNames(there, "NavigationProperty")),
    });
    return undefined;
  }
  const problem = partnerProblem(found, attribute(element, "Name").text, draft, scope);
  if (problem === undefined) return partner.text;
  const facts = { navigation: attribute(element, "Name").text, partner: partner.text, problem };
  const notes = [{ message: "it is declared here", span: attribute(found, "Name").span }];
  report("bind/csdl-partner", partner.span, facts, { notes });
  return undefined;
}

function partnerProblem(
  found: CsdlElement,
  name: string,
  draft: EntityDraft,
  { document, declared }: ContractScope,
): string | undefined {
  const { text, span } = attribute(found, "Type");
  const single = innerType(text) ?? text;
  const leads = lookUp({ text: single, span }, document, declared);
  const leadsBack = leads.kind === "foreign" || (leads.kind === "declared" && draft.line.includes(leads.declaration));
  if (!leadsBack) return `it leads to "${single}", not back to "${draft.name}"`;
  const back = found.attributes.get("Partner");
  return back !== undefined && back.text !== name ? `its own partner is "${back.text}"` : undefined;
}

function bindOnDelete(element: CsdlElement, scope: ContractScope): Navigation["onDelete"] {
  const [first, second] = childrenOf(element, "OnDelete");
  if (second !== undefined) {
    scope.report("bind/csdl-duplicate-name", second.span, { what: "the element", name: "OnDelete" });
  }
  if (first === undefined) return undefined;
  const action = attribute(first, "Action");
  for (const known of ["Cascade", "None", "SetNull", "SetDefault"] as const) if (known === action.text) return known;
  const expected = "one of Cascade, None, SetNull, SetDefault";
  scope.report("bind/csdl-value", action.span, { value: action.text, expected });
  return undefined;
}

function bindConstraints(binding: Binding, target: string, collection: boolean): Navigation["constraints"] {
  const elements = childrenOf(binding.element, "ReferentialConstraint");
  const [first] = elements;
  if (first === undefined) return [];
  if (collection) {
    report(first, "stands on a collection; it belongs on the side that leads to one entity");
    return [];
  }
  return elements.flatMap((element) => bindConstraint(element) ?? []);

  function bindConstraint(element: CsdlElement): Navigation["constraints"][number] | undefined {
    const paths = [attribute(element, "Property"), attribute(element, "ReferencedProperty")];
    const path = paths.find(({ text }) => text.includes("/"));
    if (path !== undefined) {
      binding.scope.later("a referential constraint along a path", path.span);
      return undefined;
    }
    const here = findProperty(binding.draft, attribute(element, "Property"), binding.scope);
    const there = findProperty(binding.drafts.get(target), attribute(element, "ReferencedProperty"), binding.scope);
    if (here === undefined || there === undefined) return undefined;
    const namespace = binding.scope.document.namespace.text;
    const [from, to] = [typeText(here.type, namespace), typeText(there.type, namespace)];
    if (from === to) return { property: here.name, referencedProperty: there.name };
    report(element, `ties "${here.name}" of type ${from} to "${there.name}" of type ${to}`);
    return undefined;
  }

  function report(element: CsdlElement, problem: string): void {
    const navigation = attribute(binding.element, "Name").text;
    binding.scope.report("bind/csdl-constraint", attribute(element, "Property").span, { navigation, problem });
  }
}

/** The property of that name; undefined after reporting, or when the entity type or the property was itself refused. */
function findProperty(draft: EntityDraft | undefined, name: Located, scope: ContractScope) {
  if (draft === undefined) return undefined;
  const found = draft.properties.find((property) => property.name === name.text);
  if (found !== undefined) return found;
  if (memberNamed(draft.line, name.text, scope.declared)?.kind === "Property") return undefined;
  const hint = didYouMean(name.text, memberNames(draft.line, "Property"));
  scope.report("bind/csdl-unknown-property", name.span, { entity: draft.name, property: name.text }, { hint });
  return undefined;
}
