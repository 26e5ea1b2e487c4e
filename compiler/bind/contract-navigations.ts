/** Binds navigation properties: where they lead, which property there leads back, and which properties must agree. */

import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { Navigation } from "../ir/schema.ts";
import { type CsdlElement, childrenOf, type Located } from "../parse/csdl.ts";
import { attribute, localName } from "./contract-document.ts";
import type { EntityDraft } from "./contract-entities.ts";
import { isUsableName } from "./contract-names.ts";
import { type ContractScope, resolveType, typeText } from "./contract-types.ts";
import { readBoolean } from "./contract-values.ts";

type Drafts = ReadonlyMap<string, EntityDraft>;

/** The navigation properties of one entity type; `drafts` are all entity types that were bound, by name. */
export function bindNavigations(draft: EntityDraft, drafts: Drafts, scope: ContractScope): readonly Navigation[] {
  return childrenOf(draft.element, "NavigationProperty").flatMap((element) => {
    const binder = { element, draft, drafts, scope };
    return bindNavigation(binder) ?? [];
  });
}

interface Binding {
  readonly element: CsdlElement;
  readonly draft: EntityDraft;
  readonly drafts: Drafts;
  readonly scope: ContractScope;
}

function bindNavigation(binding: Binding): Navigation | undefined {
  const { element, scope } = binding;
  const name = attribute(element, "Name");
  const type = attribute(element, "Type");
  const resolved = isUsableName(name, scope.report) ? resolveType(type, scope) : undefined;
  if (resolved === undefined) return undefined;
  const single = resolved.kind === "collection" ? resolved.of : resolved;
  if (single.kind !== "entity") {
    const facts = { what: "a navigation property", type: type.text, expected: "it leads to an entity type" };
    scope.report("bind/csdl-wrong-type", type.span, facts);
    return undefined;
  }
  const partner = bindPartner(binding, single.name);
  const onDelete = bindOnDelete(element, scope);
  return {
    name: name.text,
    target: single.name,
    collection: resolved.kind === "collection",
    nullable: readBoolean(element.attributes.get("Nullable"), resolved.kind !== "collection", scope.report),
    ...(partner === undefined ? {} : { partner }),
    containsTarget: readBoolean(element.attributes.get("ContainsTarget"), false, scope.report),
    ...(onDelete === undefined ? {} : { onDelete }),
    constraints: bindConstraints(binding, single.name, resolved.kind === "collection"),
    span: name.span,
  };
}

/** The partner must exist, lead back here, and not name another partner itself (CSDL 4.01, 8.3). */
function bindPartner(binding: Binding, target: string): string | undefined {
  const { element, draft, drafts, scope } = binding;
  const partner = element.attributes.get("Partner");
  const there = drafts.get(target)?.element;
  if (partner === undefined || there === undefined) return undefined;
  const candidates = childrenOf(there, "NavigationProperty");
  const found = candidates.find((candidate) => attribute(candidate, "Name").text === partner.text);
  if (found === undefined) {
    const hint = didYouMean(
      partner.text,
      candidates.map((candidate) => attribute(candidate, "Name").text),
    );
    scope.report("bind/csdl-unknown-navigation", partner.span, { entity: target, navigation: partner.text }, { hint });
    return undefined;
  }
  const problem = partnerProblem(found, attribute(element, "Name").text, draft.name, scope);
  if (problem === undefined) return partner.text;
  const facts = { navigation: attribute(element, "Name").text, partner: partner.text, problem };
  const notes = [{ message: "it is declared here", span: attribute(found, "Name").span }];
  scope.report("bind/csdl-partner", partner.span, facts, { notes });
  return undefined;
}

function partnerProblem(found: CsdlElement, name: string, entity: string, scope: ContractScope): string | undefined {
  const type = attribute(found, "Type").text.replace(/^Collection\((.*)\)$/, "$1");
  if (localName(type, scope.document) !== entity) return `it leads to "${type}", not back to "${entity}"`;
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
  const declared = childrenOf(draft.element, "Property").map((property) => attribute(property, "Name").text);
  if (declared.includes(name.text)) return undefined;
  const hint = didYouMean(name.text, declared);
  scope.report("bind/csdl-unknown-property", name.span, { entity: draft.name, property: name.text }, { hint });
  return undefined;
}
