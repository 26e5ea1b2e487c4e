/** Binds the data contract: the CSDL documents and the automata become one contract, or the automata alone make one. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Automaton } from "../ir/automaton.ts";
import type { DataContract, Entity } from "../ir/schema.ts";
import type { CsdlElement, CsdlSyntax } from "../parse/csdl.ts";
import { bindAnnotations } from "./contract-annotations.ts";
import { bindContainer } from "./contract-container.ts";
import { withIdentities } from "./contract-containment.ts";
import { inheritedChildren } from "./contract-declared.ts";
import { attribute, declarations, mergeDocuments } from "./contract-document.ts";
import { type BoundProperties, bindEntity, bindProperties, type EntityDraft } from "./contract-entities.ts";
import { checkModel } from "./contract-model.ts";
import { checkAttributeNames, distinct } from "./contract-names.ts";
import { bindNavigations } from "./contract-navigations.ts";
import { bindOperations, tieOperations } from "./contract-operations.ts";
import { publishDocuments } from "./contract-publication.ts";
import { findServed, type ServedTypes } from "./contract-served.ts";
import { synthesiseContract } from "./contract-synthesis.ts";
import { tieEntity } from "./contract-ties.ts";
import type { ContractScope } from "./contract-types.ts";
import { checkVocabulary } from "./contract-vocabulary.ts";

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
  const document = mergeDocuments(syntaxes, automata, report);
  if (document === undefined) return undefined;
  const found = findServed(document, automata, report);
  const { scope } = found;
  const byName: Automata = new Map(automata.map((automaton) => [automaton.name, automaton]));
  checkModel(scope);
  const bound = bindProperties(scope);
  const drafts = bindDrafts(found, bound, byName);
  const entities = withIdentities(bindEntities(drafts, found), drafts);
  reportMissingEntities(automata, scope);
  const operations = tieOperations(bindOperations(scope), drafts, byName, scope);
  const container = bindContainer({ entities, operations: operations.served }, scope);
  if (declarations(document, "EntityContainer").length > 0) reportUnreachable(drafts, found);
  const annotations = bindAnnotations(scope);
  checkVocabulary(annotations, byName, scope);
  if (!isWhole(drafts, bound, found) || !areHeld(automata, drafts, scope)) return undefined;
  const annotated = new Set(annotations.map(({ target, term }) => `${target}\n${term}`));
  const isAnnotated = (target: string, term: string) => annotated.has(`${target}\n${term}`);
  const typed = entities.map((entity) => withAutomaton(entity, byName));
  return {
    namespace: document.namespace.text,
    synthesised: false,
    ...container,
    entities: typed,
    enums: [...scope.enums.values()],
    operations: operations.served,
    notServed: found.notServed(),
    document: publishDocuments(scope, {
      entities: typed,
      operations: operations.served,
      automata: byName,
      isAnnotated,
    }),
  };
}

/** The contents of the served types; what is not served in one that nobody can reach is nobody's loss. */
function bindDrafts(
  { types, addressed, scope }: ServedTypes,
  bound: BoundProperties,
  automata: Automata,
): readonly EntityDraft[] {
  const unnoted = { ...scope, later: () => undefined };
  return types.flatMap((type) => {
    const draft = bindEntity(type, bound, addressed.has(type.element) ? scope : unnoted);
    if (draft === undefined) return [];
    const automaton = automata.get(draft.name);
    return [automaton === undefined ? draft : tieEntity(draft, automaton, scope)];
  });
}

/** True where every property of the served types was bound or noted, and so was every enum. */
function isWhole(drafts: readonly EntityDraft[], bound: BoundProperties, found: ServedTypes): boolean {
  const { scope, types, unservedEnums } = found;
  const enums = declarations(scope.document, "EnumType").filter((element) => !unservedEnums.has(element));
  return (
    scope.document.dropped.size === 0 &&
    enums.every((element) => scope.enums.has(attribute(element, "Name").text)) &&
    drafts.length === types.length &&
    drafts.every(isBound)
  );

  function isBound({ line, properties }: EntityDraft): boolean {
    const names = new Set(properties.map((property) => property.name));
    const declared = inheritedChildren(line, "Property");
    return declared.every((element) => names.has(attribute(element, "Name").text) || isNoted(element));
  }

  function isNoted(element: CsdlElement): boolean {
    return (bound.get(element)?.notServed.length ?? 0) > 0;
  }
}

/** True where each automaton's entity type was bound, if it is there at all. */
function areHeld(automata: readonly Automaton[], drafts: readonly EntityDraft[], { document }: ContractScope): boolean {
  const bound = new Set(drafts.map(({ name }) => name));
  const declared = new Set(declarations(document, "EntityType").map((element) => attribute(element, "Name").text));
  return automata.every(({ name }) => bound.has(name) || !declared.has(name));
}

function bindEntities(drafts: readonly EntityDraft[], { scope, addressed }: ServedTypes): readonly Entity[] {
  const byElement = new Map(drafts.map((draft) => [draft.element, draft]));
  const unnoted = { ...scope, later: () => undefined };
  return drafts.map((draft) => {
    const navigations = bindNavigations(draft, byElement, addressed.has(draft.element) ? scope : unnoted);
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

function reportMissingEntities(automata: readonly Automaton[], { document, report }: ContractScope): void {
  const declared = declarations(document, "EntityType").map((element) => attribute(element, "Name").text);
  const known = new Set([...declared, ...document.dropped]);
  for (const automaton of automata.filter((each) => !known.has(each.name))) {
    const notes = [{ message: "the CSDL is here", span: document.namespace.span }];
    const hint = `add <EntityType Name="${automaton.name}">`;
    report("bind/automaton-without-entity", automaton.span, { automaton: automaton.name }, { hint, notes });
  }
}

function reportUnreachable(drafts: readonly EntityDraft[], { reached, scope }: ServedTypes): void {
  for (const { name, element, span } of drafts)
    if (!reached.has(element)) scope.report("bind/entity-without-set", span, { entity: name });
}
