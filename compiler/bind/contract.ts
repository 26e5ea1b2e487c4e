/** Binds the data contract: the CSDL documents and the automata become one contract, or the automata alone make one. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Automaton } from "../ir/automaton.ts";
import type { DataContract, Entity, EntitySet } from "../ir/schema.ts";
import type { CsdlElement, CsdlSyntax, Located } from "../parse/csdl.ts";
import { bindAnnotations } from "./contract-annotations.ts";
import { bindContainer } from "./contract-container.ts";
import { attribute, type ContractDocument, declarations, mergeDocuments } from "./contract-document.ts";
import { bindEntity, bindEnums, type EntityDraft } from "./contract-entities.ts";
import { checkAttributeNames, distinct, isUsableEntityName } from "./contract-names.ts";
import { bindNavigations } from "./contract-navigations.ts";
import { bindOperations, tieOperations } from "./contract-operations.ts";
import { synthesiseContract } from "./contract-synthesis.ts";
import { tieEntity } from "./contract-ties.ts";
import type { ContractScope } from "./contract-types.ts";

type Automata = ReadonlyMap<string, Automaton>;

/**
 * The contract of the program. Without any CSDL document it is made from the automata. What does not bind is reported
 * (`bind/…`) and left out; undefined when there is nothing to bind to at all.
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
  reportUnreachable(entities, container.entitySets, report);
  return {
    namespace: document.namespace.text,
    references: document.references,
    synthesised: false,
    ...container,
    entities: entities.map((entity) => withAutomaton(entity, byName)),
    enums: [...scope.enums.values()],
    operations,
    annotations: bindAnnotations(scope),
  };
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
  for (const automaton of automata.filter((each) => !scope.entityNames.has(each.name))) {
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
