/** Holds what `Temper.Vocab` says about entity types and actions to what their automata are: states, moves, and the property to shard by. */

import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { Action, Automaton, Rule } from "../ir/automaton.ts";
import { type CsdlElement, childrenOf, type Located } from "../parse/csdl.ts";
import type { Annotated } from "./contract-annotations.ts";
import { lineage, memberNamed, memberNames } from "./contract-declared.ts";
import { attribute } from "./contract-document.ts";
import { type ContractScope, resolveType } from "./contract-types.ts";

interface Subject {
  readonly automaton: Automaton;
  /** What the annotation is on, as messages call it. */
  readonly what: string;
  readonly scope: ContractScope;
}

/** Reports `bind/annotated-status` and `bind/annotated-otherwise`. A term counts by its full name or by its last two parts. */
export function checkVocabulary(
  annotations: readonly Annotated[],
  automata: ReadonlyMap<string, Automaton>,
  scope: ContractScope,
): void {
  const subjects = subjectsOf(automata, scope);
  for (const annotation of annotations) {
    const subject = subjects.get(annotation.target);
    if (subject !== undefined) checkAnnotation(annotation, subject);
  }
}

interface Target extends Subject {
  readonly action?: Action;
  readonly element: CsdlElement;
}

/** The entity types of automata and the actions that are bound to them, by their target paths. */
function subjectsOf(automata: ReadonlyMap<string, Automaton>, scope: ContractScope): ReadonlyMap<string, Target> {
  const subjects = new Map<string, Target>();
  for (const { kind, namespace, name, element } of scope.declared.all) {
    const owner =
      kind === "EntityType" ? scope.served.get(element) : kind === "Action" ? ownerOf(element, scope) : undefined;
    const automaton = automata.get(owner ?? "");
    if (automaton === undefined) continue;
    const action = kind === "Action" ? automaton.actions.find((each) => each.name === name) : undefined;
    if (kind === "Action" && action === undefined) continue;
    const target = `${namespace}.${name}${kind === "Action" ? scope.overload(element) : ""}`;
    subjects.set(target, { automaton, what: name, scope, element, ...(action && { action }) });
  }
  return subjects;
}

function ownerOf(action: CsdlElement, scope: ContractScope): string | undefined {
  const [first] = childrenOf(action, "Parameter");
  if (first === undefined || action.attributes.get("IsBound")?.text !== "true") return undefined;
  const type = resolveType(attribute(first, "Type"), scope);
  return type?.kind === "entity" ? type.name : undefined;
}

function checkAnnotation({ term, element }: Annotated, target: Target): void {
  const { automaton, action } = target;
  const rules = automaton.rules.filter((rule) => rule.action === action?.name);
  switch (vocabularyTerm(term)) {
    case "StateMachine.States":
      if (action === undefined)
        checkStates(
          element,
          automaton.statuses.map(({ name }) => name),
          target,
        );
      return;
    case "StateMachine.InitialState":
      if (action === undefined) checkState(element, [automaton.initial], target);
      return;
    case "StateMachine.ValidFromStates":
      if (action !== undefined) checkStates(element, [...new Set(rules.flatMap(({ from }) => from))], target);
      return;
    case "StateMachine.TargetState":
      if (action !== undefined) checkState(element, [...new Set(rules.flatMap(targetsOf))], target);
      return;
    case "ShardKey":
      if (action === undefined) checkProperty(element, target);
      return;
  }
}

/** Where a rule leads: one that stays leads to where it starts. */
function targetsOf({ from, to }: Rule): readonly string[] {
  return to.kind === "stay" ? from : [to.name];
}

/** `StateMachine.States` of `Temper.Vocab.StateMachine.States`, whatever stands before it. */
function vocabularyTerm(term: string): string {
  return /(?:^|\.)(StateMachine\.\w+|ShardKey)$/.exec(term)?.[1] ?? "";
}

/** A list of statuses that must be the automaton's, all of them and no others. */
function checkStates(annotation: CsdlElement, wanted: readonly string[], subject: Subject): void {
  const [collection] = childrenOf(annotation, "Collection");
  if (collection === undefined) {
    refuseValue(annotation, "takes a collection of strings", subject);
    return;
  }
  const listed = childrenOf(collection, "String").map(({ text }) => text);
  const known = listed.filter((each) => isStatus(each, subject));
  const lacking = wanted.filter((status) => !listed.some(({ text }) => text === status));
  const extra = known.filter(({ text }) => !wanted.includes(text));
  for (const each of extra) reportOtherwise(each, `"${each.text}"`, wanted, subject);
  if (lacking.length > 0)
    reportOtherwise(attribute(annotation, "Term"), lists(listed.map(({ text }) => text)), wanted, subject);
}

/** One status, which must be among the automaton's. */
function checkState(annotation: CsdlElement, wanted: readonly string[], subject: Subject): void {
  const value = textOf(annotation);
  if (value === undefined) {
    refuseValue(annotation, "takes a string", subject);
    return;
  }
  if (isStatus(value, subject) && !wanted.includes(value.text))
    reportOtherwise(value, `"${value.text}"`, wanted, subject);
}

function checkProperty(annotation: CsdlElement, { scope, what, element }: Target): void {
  const value = textOf(annotation) ?? annotation.attributes.get("PropertyPath");
  const declaration = scope.declared.byElement.get(element);
  if (value === undefined || declaration === undefined) return;
  const line = lineage(declaration, scope.document, scope.declared);
  if (memberNamed(line, value.text, scope.declared)?.kind === "Property") return;
  const facts = { entity: what, property: value.text };
  scope.report("bind/csdl-unknown-property", value.span, facts, {
    hint: didYouMean(value.text, memberNames(line, "Property")),
  });
}

function textOf(annotation: CsdlElement): Located | undefined {
  return annotation.attributes.get("String") ?? childrenOf(annotation, "String")[0]?.text;
}

function isStatus(written: Located, { automaton, scope }: Subject): boolean {
  const names = automaton.statuses.map(({ name }) => name);
  if (names.includes(written.text)) return true;
  const notes = [{ message: "the statuses are declared here", span: automaton.span }];
  const facts = { status: written.text, automaton: automaton.name };
  scope.report("bind/annotated-status", written.span, facts, { hint: didYouMean(written.text, names), notes });
  return false;
}

function reportOtherwise(
  at: Located,
  says: string,
  wanted: readonly string[],
  { automaton, what, scope }: Subject,
): void {
  const notes = [{ message: "the automaton is here", span: automaton.span }];
  const facts = { what, says, automaton: automaton.name, has: lists(wanted) };
  scope.report("bind/annotated-otherwise", at.span, facts, { notes });
}

function lists(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.map((name) => `"${name}"`).join(", ");
}

function refuseValue(annotation: CsdlElement, problem: string, { scope }: Subject): void {
  const term = attribute(annotation, "Term");
  scope.report("bind/csdl-annotation-value", term.span, { term: term.text, problem });
}
