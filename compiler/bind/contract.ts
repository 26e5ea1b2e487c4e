/** Binds the data contract: the CSDL documents and the automata become one contract, or the automata alone make one. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Automaton } from "../ir/automaton.ts";
import type { DataContract, Entity, EntitySet } from "../ir/schema.ts";
import { type CsdlElement, type CsdlSyntax, childrenOf, type Located } from "../parse/csdl.ts";
import { bindAnnotations, hintAnnotations } from "./contract-annotations.ts";
import { bindContainer } from "./contract-container.ts";
import { attribute, type ContractDocument, declarations, mergeDocuments } from "./contract-document.ts";
import { bindEntity, bindEnums, type EntityDraft } from "./contract-entities.ts";
import { checkAttributeNames, distinct, isUsableEntityName, reportNamesakes } from "./contract-names.ts";
import { bindNavigations } from "./contract-navigations.ts";
import { bindOperations, tieOperations } from "./contract-operations.ts";
import { synthesiseContract } from "./contract-synthesis.ts";
import { tieEntity } from "./contract-ties.ts";
import type { ContractScope } from "./contract-types.ts";

type Automata = ReadonlyMap<string, Automaton>;

/**
 * The contract of the program. Without any CSDL document it is made from the automata. What does not bind is reported
 * (`bind/…`) and left out; undefined when a type or property had to be, as policies would only be misjudged without it.
 */
export function bindContract(
  syntaxes: readonly CsdlSyntax[],
  automata: readonly Automaton[],
  programName: string,
  report: Report,
): DataContract | undefined {
  if (syntaxes.length === 0) return synthesiseContract(automata, programName, report);
  const document = mergeDocuments(syntaxes, report);
  if (document === undefined) return undefined;
  const { types, scope } = bindTypeNames(document, report);
  const byName: Automata = new Map(automata.map((automaton) => [automaton.name, automaton]));
  const drafts = types.flatMap((type) => bindDraft(type.element, byName, scope));
  const entities = bindEntities(drafts, scope);
  reportMissingEntities(automata, scope);
  const operations = tieOperations(bindOperations(scope), drafts, byName, scope);
  const container = bindContainer({ entities, operations }, scope);
  const containers = declarations(document, "EntityContainer").slice(0, 1);
  reportNamesakes([...types, ...scope.enums.values()], [...operations, ...containers.map(named)], report);
  if (containers.length > 0) reportUnreachable(entities, container.entitySets, report);
  const namespace = document.namespace.text;
  const annotations = bindAnnotations(scope);
  if (!isWhole(entities, scope)) return undefined;
  return {
    namespace,
    references: document.references,
    synthesised: false,
    ...container,
    entities: entities.map((entity) => withAutomaton(entity, byName)),
    enums: [...scope.enums.values()],
    operations,
    annotations: [...annotations, ...hintAnnotations(operations, automata, { namespace, annotations })],
  };
}

/** True where every type and property that the document declares was bound. */
function isWhole(entities: readonly Entity[], scope: ContractScope): boolean {
  const byName = new Map(entities.map((entity) => [entity.name, entity]));
  const enums = declarations(scope.document, "EnumType").map((element) => attribute(element, "Name").text);
  const types = declarations(scope.document, "EntityType");
  return scope.document.unavailable.size === 0 && enums.every((name) => scope.enums.has(name)) && types.every(isBound);

  function isBound(element: CsdlElement): boolean {
    const entity = byName.get(attribute(element, "Name").text);
    const names = new Set(entity?.properties.map((property) => property.name));
    const declared = childrenOf(element, "Property").map((property) => attribute(property, "Name").text);
    return entity !== undefined && declared.every((name) => names.has(name));
  }
}

function named(element: CsdlElement): { readonly name: string; readonly span: Located["span"] } {
  const { text, span } = attribute(element, "Name");
  return { name: text, span };
}

interface EntityTypeName {
  readonly name: string;
  readonly element: CsdlElement;
  readonly span: Located["span"];
}

/** Entity types and enums share one set of names, so both are known before any of their contents is bound. */
function bindTypeNames(document: ContractDocument, report: Report) {
  const named = declarations(document, "EntityType").flatMap((element): readonly EntityTypeName[] => {
    const name = attribute(element, "Name");
    return isUsableEntityName(name, report) ? [{ name: name.text, element, span: name.span }] : [];
  });
  const enums = bindEnums(document, report);
  const kept = new Set<object>(distinct("type", [...enums, ...named], report));
  const types = named.filter((type) => kept.has(type));
  const scope: ContractScope = {
    document,
    report,
    entityNames: new Set(types.map((type) => type.name)),
    enums: new Map(enums.filter((each) => kept.has(each)).map((each) => [each.name, each])),
  };
  return { types, scope };
}

function bindDraft(element: CsdlElement, automata: Automata, scope: ContractScope): readonly EntityDraft[] {
  const draft = bindEntity(element, scope);
  if (draft === undefined) return [];
  const automaton = automata.get(draft.name);
  return [automaton === undefined ? draft : tieEntity(draft, automaton, scope)];
}

function bindEntities(drafts: readonly EntityDraft[], scope: ContractScope): readonly Entity[] {
  const byName = new Map(drafts.map((draft) => [draft.name, draft]));
  return drafts.map((draft) => {
    const navigations = bindNavigations(draft, byName, scope);
    const members = distinct("property", [...draft.properties, ...navigations], scope.report);
    const kept = new Set<object>(members);
    checkAttributeNames(draft.name, draft.key, draft.properties, scope.report);
    return {
      name: draft.name,
      key: draft.key,
      properties: draft.properties.filter((property) => kept.has(property)),
      navigations: navigations.filter((navigation) => kept.has(navigation)),
      span: draft.span,
    };
  });
}

function withAutomaton(entity: Entity, automata: Automata): Entity {
  const automaton = automata.get(entity.name);
  return automaton === undefined ? entity : { ...entity, automaton: automaton.name };
}

function reportMissingEntities(automata: readonly Automaton[], scope: ContractScope): void {
  const known = new Set([...scope.entityNames, ...scope.document.unavailable]);
  for (const automaton of automata.filter((each) => !known.has(each.name))) {
    const notes = [{ message: "the CSDL is here", span: scope.document.namespace.span }];
    const hint = `add <EntityType Name="${automaton.name}">`;
    scope.report("bind/automaton-without-entity", automaton.span, { automaton: automaton.name }, { hint, notes });
  }
}

function reportUnreachable(entities: readonly Entity[], sets: readonly EntitySet[], report: Report): void {
  const held = new Set(sets.map((set) => set.entity));
  for (const entity of entities.filter((each) => !held.has(each.name))) {
    report("bind/entity-without-set", entity.span, { entity: entity.name });
  }
}
