/** Binds actions and functions: a bound action is an action of the entity's automaton, and both must say the same. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { Action, Automaton, Param } from "../ir/automaton.ts";
import type { Facets, Operation, OperationParameter, TypeRef } from "../ir/schema.ts";
import { type CsdlElement, childrenOf } from "../parse/csdl.ts";
import { attribute, declarations } from "./contract-document.ts";
import type { EntityDraft } from "./contract-entities.ts";
import { distinct, isUsableName } from "./contract-names.ts";
import { publishedType } from "./contract-ties.ts";
import { type ContractScope, readFacets, resolveType, typeText } from "./contract-types.ts";
import { readBoolean } from "./contract-values.ts";

type Automata = ReadonlyMap<string, Automaton>;

/** All operations in file order. Overloads are told apart by the entity type they are bound to. */
export function bindOperations(scope: ContractScope): readonly Operation[] {
  const elements = [...declarations(scope.document, "Action"), ...declarations(scope.document, "Function")];
  const bound = elements.flatMap((element) => bindOperation(element, scope) ?? []);
  const owners = new Set(bound.map((operation) => operation.boundTo ?? ""));
  return [...owners].flatMap((owner) => {
    const what = owner === "" ? "the unbound operation" : `the operation bound to "${owner}",`;
    const ofOwner = bound.filter((operation) => (operation.boundTo ?? "") === owner);
    return distinct(what, ofOwner, scope.report);
  });
}

function bindOperation(element: CsdlElement, scope: ContractScope): Operation | undefined {
  const name = attribute(element, "Name");
  if (!isUsableName(name, scope.report)) return undefined;
  const kind = element.kind === "Action" ? "action" : "function";
  const isBound = readBoolean(element.attributes.get("IsBound"), false, scope.report);
  const [first, ...others] = childrenOf(element, "Parameter");
  const binding = isBound ? bindingOf(element, first, scope) : {};
  if (binding === undefined) return undefined;
  const elements = isBound || first === undefined ? others : [first, ...others];
  const parameters = elements.flatMap((parameter) => bindParameter(parameter, scope) ?? []);
  return {
    name: name.text,
    kind,
    ...binding,
    parameters: distinctParameters(parameters, isBound ? first : undefined, scope.report),
    ...bindReturn(element, binding.boundTo, scope),
    span: name.span,
  };
}

type BindingPoint = Pick<Operation, "boundTo" | "bindingParameter">;

/** The parameters with names of their own, which the binding parameter's is not one of. */
function distinctParameters(
  parameters: readonly OperationParameter[],
  binding: CsdlElement | undefined,
  report: Report,
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
  const construct = `an operation bound to ${typeText(type, scope.document.namespace.text)}`;
  scope.report("bind/csdl-not-available-yet", written.span, { construct }, { hint: "bind it to one entity type" });
  return undefined;
}

function bindParameter(element: CsdlElement, scope: ContractScope): OperationParameter | undefined {
  const name = attribute(element, "Name");
  const written = attribute(element, "Type");
  const type = isUsableName(name, scope.report) ? resolveType(written, scope) : undefined;
  if (type === undefined) return undefined;
  const single = type.kind === "collection" ? type.of : type;
  if (single.kind === "primitive")
    return { name: name.text, type, ...readFacets(element, type, scope), span: name.span };
  const construct = `a parameter of type ${typeText(type, scope.document.namespace.text)}`;
  scope.report("bind/csdl-not-available-yet", written.span, { construct });
  return undefined;
}

interface Returns {
  readonly returns?: TypeRef;
  readonly returnFacets?: Facets & { readonly nullable: boolean };
}

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
  if (element.kind === "Action" && boundTo !== undefined && !(returns.kind === "entity" && returns.name === boundTo)) {
    const construct = "a bound action that returns anything but its own entity";
    scope.report("bind/csdl-not-available-yet", written.span, { construct });
  }
  return { returns, returnFacets: readFacets(first, returns, scope) };
}

/** Compares the bound actions of each entity type with its automaton's and takes over what the automaton knows better. */
export function tieOperations(
  operations: readonly Operation[],
  drafts: readonly EntityDraft[],
  automata: Automata,
  scope: ContractScope,
): readonly Operation[] {
  const tied = operations.map((operation) => {
    if (operation.kind === "function" || operation.boundTo === undefined) return operation;
    const automaton = automata.get(operation.boundTo);
    return automaton === undefined ? operation : tieAction(operation, automaton, scope);
  });
  for (const draft of drafts) {
    const actions = operations.filter((operation) => operation.kind === "action" && operation.boundTo === draft.name);
    const automaton = automata.get(draft.name);
    if (automaton !== undefined) reportUnpublished(automaton, actions, draft, scope);
    else reportUnowned(actions, draft, scope);
  }
  return tied;
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

function tieAction(operation: Operation, automaton: Automaton, scope: ContractScope): Operation {
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
  return { ...operation, parameters: tieParameters(operation, action, scope) };
}

function tieParameters(operation: Operation, action: Action, scope: ContractScope): readonly OperationParameter[] {
  const names = operation.parameters.map((parameter) => parameter.name);
  for (const param of action.params.filter((each) => !names.includes(each.name))) {
    const notes = [{ message: "the automaton's parameter is here", span: param.span }];
    const facts = { action: operation.name, parameter: param.name };
    scope.report("bind/parameter-not-in-csdl", operation.span, facts, { notes });
  }
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
