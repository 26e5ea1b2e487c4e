/** Binds actions and functions: a bound action is an action of the entity's automaton, and both must say the same. */

import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { Action, Automaton, Param } from "../ir/automaton.ts";
import type { Facets, Operation, OperationParameter, PrimitiveType, TypeRef } from "../ir/schema.ts";
import { type CsdlElement, childrenOf } from "../parse/csdl.ts";
import { fullName } from "./contract-declared.ts";
import { attribute, declarations } from "./contract-document.ts";
import type { EntityDraft } from "./contract-entities.ts";
import { distinct, isUsableName } from "./contract-names.ts";
import { publishedType } from "./contract-ties.ts";
import { type ContractScope, propertyTypes, readFacets, resolveType, typeText } from "./contract-types.ts";
import { readBoolean } from "./contract-values.ts";

type Automata = ReadonlyMap<string, Automaton>;

/** An operation with what only its element tells. */
interface OperationDraft extends Operation {
  readonly element: CsdlElement;
}

export interface BoundOperations {
  readonly served: readonly Operation[];
}

/** All operations that are served, in file order. Overloads are told apart by what they are bound to, and functions by all their types. */
export function bindOperations(scope: ContractScope): readonly OperationDraft[] {
  const elements = [...declarations(scope.document, "Action"), ...declarations(scope.document, "Function")];
  reportOverloads(elements, scope);
  const bound = elements.flatMap((element) => bindOperation(element, scope) ?? []);
  const owners = new Set(bound.filter(({ kind }) => kind === "action").map((operation) => operation.boundTo ?? ""));
  const kept = new Set<Operation>(
    [...owners].flatMap((owner) => {
      const what = owner === "" ? "the unbound operation" : `the operation bound to "${owner}",`;
      const ofOwner = bound.filter((operation) => (operation.boundTo ?? "") === owner);
      return distinct(
        what,
        ofOwner.filter(({ kind }) => kind === "action"),
        scope.report,
      );
    }),
  );
  noteOverloads(bound, scope);
  return bound.filter((operation) => operation.kind === "function" || kept.has(operation));
}

/** Functions that are told apart by their parameters only. Those that an import names are noted there. */
function noteOverloads(bound: readonly OperationDraft[], { later }: ContractScope): void {
  const seen = new Set<string>();
  for (const { kind, boundTo, name, span } of bound) {
    if (kind === "action" || boundTo === undefined) continue;
    const identity = `${boundTo}.${name}`;
    if (seen.has(identity)) later(`another overload of the function "${name}" on "${boundTo}"`, span);
    seen.add(identity);
  }
}

/** Two overloads that no caller could tell apart (CSDL 4.01, 12.2 and 12.4). */
function reportOverloads(elements: readonly CsdlElement[], scope: ContractScope): void {
  const seen = new Map<string, CsdlElement>();
  for (const element of elements) {
    const declaration = scope.declared.byElement.get(element);
    if (declaration === undefined) continue;
    const identity = `${element.kind} ${fullName(declaration)}${scope.overload(element)}`;
    const first = seen.get(identity);
    if (first === undefined) {
      seen.set(identity, element);
      continue;
    }
    const notes = [{ message: "the first one is here", span: attribute(first, "Name").span }];
    const name = attribute(element, "Name");
    const what = `the overload ${scope.overload(element)} of`;
    if (element.kind === "Function" || !isBoundToServed(element, scope))
      scope.report("bind/csdl-duplicate-name", name.span, { what, name: name.text }, { notes });
  }
}

function isBoundToServed(element: CsdlElement, scope: ContractScope): boolean {
  const [first] = childrenOf(element, "Parameter");
  if (element.attributes.get("IsBound")?.text !== "true" || first === undefined) return true;
  return resolveType(attribute(first, "Type"), scope)?.kind === "entity";
}

function bindOperation(element: CsdlElement, scope: ContractScope): OperationDraft | undefined {
  const name = attribute(element, "Name");
  const usable = isUsableName(name, scope, element);
  const kind = element.kind === "Action" ? "action" : "function";
  const isBound = readBoolean(element.attributes.get("IsBound"), false, scope.report);
  const [first, ...others] = childrenOf(element, "Parameter");
  checkPath(element, isBound ? first : undefined, scope);
  noteComposable(element, scope);
  const binding = isBound ? bindingOf(element, first, scope) : {};
  const elements = isBound || first === undefined ? others : [first, ...others];
  const parameters = elements.flatMap((parameter) => bindParameter(parameter, element.kind, scope) ?? []);
  const operation: Omit<OperationDraft, "boundTo" | "bindingParameter"> = {
    name: name.text,
    kind,
    parameters: distinctParameters(parameters, isBound ? first : undefined, scope),
    ...bindReturn(element, binding?.boundTo, scope),
    span: name.span,
    element,
  };
  if (binding === undefined || !usable) return undefined;
  if (binding.boundTo !== undefined && !isAtHome(element, scope)) return elsewhere({ ...operation, ...binding }, scope);
  return { ...operation, ...binding };
}

function isAtHome(element: CsdlElement, { declared, document }: ContractScope): boolean {
  return declared.byElement.get(element)?.namespace === document.namespace.text;
}

/** A bound operation is called by the namespace of its own, which URLs do not know yet. One of the served namespace goes before. */
function elsewhere(
  operation: OperationDraft,
  { declared, document, later }: ContractScope,
): OperationDraft | undefined {
  const namespace = declared.byElement.get(operation.element)?.namespace ?? "";
  later(`"${operation.name}", an operation of the namespace "${namespace}",`, operation.span);
  return declared.operations.has(`${document.namespace.text}.${operation.name}`) ? undefined : operation;
}

function noteComposable(element: CsdlElement, scope: ContractScope): void {
  const written = element.attributes.get("IsComposable");
  if (readBoolean(written, false, scope.report)) scope.later('IsComposable="true"', written?.nameSpan ?? element.span);
}

/** A path to where the returned entities are begins with the binding parameter (CSDL 4.01, 12.6). */
function checkPath(element: CsdlElement, binding: CsdlElement | undefined, { report }: ContractScope): void {
  const path = element.attributes.get("EntitySetPath");
  if (path === undefined) return;
  const operation = attribute(element, "Name").text;
  const wanted = binding && attribute(binding, "Name").text;
  if (wanted !== undefined && path.text.split("/")[0] === wanted) return;
  const problem =
    wanted === undefined
      ? "has an EntitySetPath, which only bound operations have"
      : `has an EntitySetPath that does not begin with its binding parameter "${wanted}"`;
  report("bind/csdl-operation", path.span, { operation, problem });
}

type BindingPoint = Pick<Operation, "boundTo" | "bindingParameter">;

/** The parameters with names of their own, which the binding parameter's is not one of. */
function distinctParameters(
  parameters: readonly OperationParameter[],
  binding: CsdlElement | undefined,
  { report }: ContractScope,
): readonly OperationParameter[] {
  if (binding === undefined) return distinct("parameter", parameters, report);
  const { text, span } = attribute(binding, "Name");
  const bound = { name: text, span };
  const kept = new Set<object>(distinct("parameter", [bound, ...parameters], report));
  return parameters.filter((parameter) => kept.has(parameter));
}

function bindingOf(
  element: CsdlElement,
  first: CsdlElement | undefined,
  scope: ContractScope,
): BindingPoint | undefined {
  const operation = attribute(element, "Name");
  if (first === undefined) {
    const problem = "is bound, but has no parameter to be bound by";
    scope.report("bind/csdl-operation", operation.span, { operation: operation.text, problem });
    return undefined;
  }
  const written = attribute(first, "Type");
  const type = resolveType(written, scope);
  if (type === undefined) return undefined;
  if (type.kind === "entity") return { boundTo: type.name, bindingParameter: attribute(first, "Name").text };
  scope.later(`an operation bound to ${written.text}`, written.span);
  return undefined;
}

function bindParameter(
  element: CsdlElement,
  kind: CsdlElement["kind"],
  scope: ContractScope,
): OperationParameter | undefined {
  const name = attribute(element, "Name");
  const written = attribute(element, "Type");
  const usable = isUsableName(name, scope, element);
  const type = resolveType(written, scope);
  if (type === undefined) return undefined;
  const facets = readFacets(element, type, scope);
  const single = type.kind === "collection" ? type.of : type;
  if (type.kind !== "later" && single.kind === "primitive" && isTaken(type, single.name, kind))
    return usable ? { name: name.text, type, ...facets, span: name.span } : undefined;
  scope.later(`a parameter of the type ${written.text}`, written.span);
  return undefined;
}

/** Functions take single values, and actions texts in collections. */
function isTaken(type: TypeRef, name: PrimitiveType, kind: CsdlElement["kind"]): boolean {
  if (propertyTypes.has(name)) return false;
  return type.kind !== "collection" || (kind === "Action" && textual.has(name));
}

const textual: ReadonlySet<PrimitiveType> = new Set(["Edm.String", "Edm.Guid", "Edm.Date", "Edm.DateTimeOffset"]);

function isPropertyType(type: TypeRef): boolean {
  const single = type.kind === "collection" ? type.of : type;
  return single.kind === "primitive" && propertyTypes.has(single.name);
}

type Returns = Pick<Operation, "returns" | "returnFacets">;

function bindReturn(element: CsdlElement, boundTo: string | undefined, scope: ContractScope): Returns {
  const name = attribute(element, "Name");
  const [first, second] = childrenOf(element, "ReturnType");
  if (second !== undefined) {
    scope.report("bind/csdl-duplicate-name", second.span, { what: "the element", name: "ReturnType" });
  }
  if (first === undefined) {
    const problem = "is a function without a ReturnType";
    if (element.kind === "Function") scope.report("bind/csdl-operation", name.span, { operation: name.text, problem });
    return {};
  }
  const written = attribute(first, "Type");
  const returns = resolveType(written, scope);
  if (returns === undefined) return {};
  const returnFacets: Facets & { nullable: boolean } = readFacets(first, returns, scope);
  if (returns.kind === "later" || isPropertyType(returns)) {
    scope.later(`a result of ${returns.kind === "later" ? returns.text : `the type ${written.text}`}`, written.span);
    return {};
  }
  if (element.kind === "Action" && boundTo !== undefined && !(returns.kind === "entity" && returns.name === boundTo)) {
    scope.later("a bound action that returns anything but its own entity", written.span);
  }
  return { returns, returnFacets };
}

/** Compares the bound actions of each entity type with its automaton's and takes over what the automaton knows better. */
export function tieOperations(
  operations: readonly OperationDraft[],
  drafts: readonly EntityDraft[],
  automata: Automata,
  scope: ContractScope,
): BoundOperations {
  const served = operations.map((operation) => {
    const { element: _, ...plain } = operation;
    if (operation.kind === "function" || operation.boundTo === undefined) return plain;
    const automaton = automata.get(operation.boundTo);
    return automaton === undefined ? plain : tieAction(operation, automaton, scope);
  });
  for (const draft of drafts) {
    const actions = operations.filter((operation) => operation.kind === "action" && operation.boundTo === draft.name);
    const automaton = automata.get(draft.name);
    if (automaton !== undefined) reportUnpublished(automaton, actions, draft, scope);
    else reportUnowned(actions, draft, scope);
  }
  return { served };
}

function reportUnpublished(
  automaton: Automaton,
  published: readonly Operation[],
  draft: EntityDraft,
  scope: ContractScope,
): void {
  const names = new Set(published.map((operation) => operation.name));
  for (const action of automaton.actions) {
    if (action.kind !== "input" || names.has(action.name)) continue;
    const notes = [{ message: "its entity type is declared here", span: draft.span }];
    const hint = `add <Action Name="${action.name}" IsBound="true"> with a first parameter of this type`;
    scope.report("bind/action-not-in-csdl", action.span, { action: action.name, entity: draft.name }, { hint, notes });
  }
}

/** One report an entity type: its automaton may be missing for a reason that has been told already. */
function reportUnowned(actions: readonly Operation[], draft: EntityDraft, scope: ContractScope): void {
  const first = actions[0];
  if (first === undefined) return;
  const notes = [{ message: "its entity type is declared here", span: draft.span }];
  scope.report("bind/action-without-automaton", first.span, { action: first.name, entity: draft.name }, { notes });
}

function tieAction(draft: OperationDraft, automaton: Automaton, scope: ContractScope): Operation {
  const { element, ...operation } = draft;
  const action = automaton.actions.find((each) => each.name === operation.name);
  if (action === undefined) {
    const hint = didYouMean(
      operation.name,
      automaton.actions.map((each) => each.name),
    );
    const notes = [{ message: "the automaton is declared here", span: automaton.span }];
    const facts = { action: operation.name, automaton: automaton.name };
    scope.report("bind/action-not-in-automaton", operation.span, facts, { hint, notes });
    return operation;
  }
  if (action.kind !== "input") {
    const notes = [{ message: "it is declared here", span: action.span }];
    const facts = { action: action.name, automaton: automaton.name, kind: action.kind };
    const hint = 'write kind = "input", or remove the Action from the CSDL';
    scope.report("bind/action-not-callable", operation.span, facts, { hint, notes });
  }
  reportUnoffered(operation, element, action, scope);
  return { ...operation, parameters: tieParameters(operation, action, scope) };
}

function reportUnoffered(operation: Operation, element: CsdlElement, action: Action, scope: ContractScope): void {
  const names = childrenOf(element, "Parameter").map((parameter) => attribute(parameter, "Name").text);
  for (const param of action.params.filter((each) => !names.includes(each.name))) {
    const notes = [{ message: "the automaton's parameter is here", span: param.span }];
    const facts = { action: operation.name, parameter: param.name };
    scope.report("bind/parameter-not-in-csdl", operation.span, facts, { notes });
  }
}

function tieParameters(operation: Operation, action: Action, scope: ContractScope): readonly OperationParameter[] {
  return operation.parameters.map((parameter) => {
    const param = action.params.find((each) => each.name === parameter.name);
    if (param !== undefined) return tieParameter(operation, parameter, param, scope);
    const hint = didYouMean(
      parameter.name,
      action.params.map((each) => each.name),
    );
    const notes = [{ message: "the automaton's action is here", span: action.span }];
    const facts = { action: operation.name, parameter: parameter.name };
    scope.report("bind/parameter-not-in-automaton", parameter.span, facts, { hint, notes });
    return parameter;
  });
}

function tieParameter(
  operation: Operation,
  parameter: OperationParameter,
  param: Param,
  scope: ContractScope,
): OperationParameter {
  const namespace = scope.document.namespace.text;
  const [type, expected] = [typeText(parameter.type, namespace), typeText(publishedType(param.type), namespace)];
  const notes = [{ message: `the automaton's parameter of type ${param.type} is here`, span: param.span }];
  const facts = { action: operation.name, parameter: parameter.name };
  if (type !== expected) {
    scope.report("bind/parameter-type", parameter.span, { ...facts, type, expected }, { notes });
  } else if (parameter.nullable === param.required && parameter.type.kind !== "collection") {
    const hint = `write Nullable="${!param.required}"`;
    scope.report("bind/parameter-nullable", parameter.span, { ...facts, required: param.required }, { hint, notes });
  }
  return { ...parameter, nullable: !param.required };
}
