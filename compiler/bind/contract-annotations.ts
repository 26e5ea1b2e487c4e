/** Binds annotations with constant values, wherever they stand, so that `$metadata` can publish them again. */

import type { Automaton } from "../ir/automaton.ts";
import type { Annotation, Operation } from "../ir/schema.ts";
import { type CsdlElement, childrenOf, type Located } from "../parse/csdl.ts";
import { attribute, localName } from "./contract-document.ts";
import type { ContractScope } from "./contract-types.ts";

/** All annotations of the document in order, those inside elements and those of `<Annotations Target="…">`. */
export function bindAnnotations(scope: ContractScope): readonly Annotation[] {
  const namespace = scope.document.namespace.text;
  const found = scope.document.schemas.flatMap((schema) => annotationsIn(schema, namespace, scope));
  const seen = new Set<string>();
  return found.filter((annotation) => {
    const identity = JSON.stringify([annotation.target, annotation.term, annotation.qualifier ?? ""]);
    if (!seen.has(identity)) return seen.add(identity);
    const problem = `stands twice on "${annotation.target}"`;
    scope.report("bind/csdl-annotation-value", annotation.span, { term: annotation.term, problem });
    return false;
  });
}

/** The term that publishes an action's `hint`. */
const hintTerm = "Temper.Vocab.Agent.Hint";

/** The hints of the automata as annotations of the actions that publish them, but where the document has one itself. */
export function hintAnnotations(
  operations: readonly Operation[],
  automata: readonly Automaton[],
  given: { readonly namespace: string; readonly annotations: readonly Annotation[] },
): readonly Annotation[] {
  const hinted = new Set(given.annotations.filter((each) => each.term === hintTerm).map((each) => each.target));
  const published = new Set(operations.map(({ boundTo, name }) => `${boundTo}.${name}`));
  return automata.flatMap((automaton) =>
    automaton.actions.flatMap((action) => {
      const target = `${given.namespace}.${action.name}(${given.namespace}.${automaton.name})`;
      const isPublished = published.has(`${automaton.name}.${action.name}`);
      if (action.hint === undefined || !isPublished || hinted.has(target)) return [];
      return [{ target, term: hintTerm, expression: "String", value: action.hint, span: action.span } as const];
    }),
  );
}

function annotationsIn(element: CsdlElement, target: string, scope: ContractScope): readonly Annotation[] {
  return element.children.flatMap((child) => {
    if (child.kind === "Annotation") return bindAnnotation(child, target, undefined, scope) ?? [];
    if (child.kind === "Annotations") return bindBlock(child, scope);
    const inner = targetOf(child, element.kind === "Schema" ? `${target}.` : `${target}/`, scope);
    return inner === undefined ? [] : annotationsIn(child, inner, scope);
  });
}

/** The path of an element as an annotation's target (CSDL 4.01, 14.2.2); an operation's carries the types of its overload. */
function targetOf(element: CsdlElement, outer: string, scope: ContractScope): string | undefined {
  const name = element.attributes.get("Name")?.text;
  return name === undefined ? undefined : `${outer}${name}${overloadOf(element, scope)}`;
}

function overloadOf(element: CsdlElement, scope: ContractScope): string {
  if (element.kind !== "Action" && element.kind !== "Function") return "";
  const types = childrenOf(element, "Parameter").map((each) => canonicalType(attribute(each, "Type").text, scope));
  if (element.kind === "Function") return `(${types.join(",")})`;
  return element.attributes.get("IsBound")?.text === "true" ? `(${types.slice(0, 1).join("")})` : "()";
}

/** A type's name with the namespace in place of an alias. */
function canonicalType(written: string, scope: ContractScope): string {
  const inner = /^Collection\((.*)\)$/.exec(written)?.[1];
  if (inner !== undefined) return `Collection(${canonicalType(inner, scope)})`;
  const local = localName(written, scope.document);
  return local === undefined ? written : `${scope.document.namespace.text}.${local}`;
}

function bindBlock(block: CsdlElement, scope: ContractScope): readonly Annotation[] {
  const written = attribute(block, "Target");
  const target = canonicalTarget(written.text, scope);
  if (target === undefined) {
    const hint = "write Namespace.Type, Namespace.Type/Member, or Namespace.Action(Namespace.Type) for one overload";
    scope.report("bind/csdl-annotation-target", written.span, { target: written.text }, { hint });
    return [];
  }
  const qualifier = block.attributes.get("Qualifier");
  return childrenOf(block, "Annotation").flatMap((child) => bindAnnotation(child, target, qualifier, scope) ?? []);
}

/** The target with the namespace instead of an alias, if the document declares exactly one thing that it can mean. */
function canonicalTarget(written: string, scope: ContractScope): string | undefined {
  const match = /^([^()/]+)(\([^()]*(?:\([^()]*\)[^()]*)*\))?(?:\/([^/]+))?$/.exec(written);
  const [, qualified = "", overload, member] = match ?? [];
  const local = localName(qualified, scope.document);
  const namespace = scope.document.namespace.text;
  const wanted = overload === undefined ? undefined : canonicalOverload(overload, scope);
  const owners = scope.document.schemas
    .flatMap((schema) => schema.children)
    .filter((element) => local !== undefined && element.attributes.get("Name")?.text === local)
    .filter((element) => wanted === undefined || overloadOf(element, scope) === wanted);
  const [owner, another] = owners;
  if (owner === undefined || another !== undefined) return undefined;
  const base = targetOf(owner, `${namespace}.`, scope);
  if (member === undefined || base === undefined) return base;
  const declared = owner.children.some((child) => child.attributes.get("Name")?.text === member);
  return declared ? `${base}/${member}` : undefined;
}

function canonicalOverload(overload: string, scope: ContractScope): string {
  const types = overload
    .slice(1, -1)
    .split(",")
    .filter((type) => type !== "");
  return `(${types.map((type) => canonicalType(type, scope)).join(",")})`;
}

function bindAnnotation(
  element: CsdlElement,
  target: string,
  outerQualifier: Located | undefined,
  scope: ContractScope,
): Annotation | undefined {
  const term = attribute(element, "Term");
  const qualifier = (element.attributes.get("Qualifier") ?? outerQualifier)?.text;
  const values = [...valueAttributes(element), ...element.children.map((child) => ({ kind: child.kind, child }))];
  const [first, second] = values;
  if (second !== undefined) {
    scope.report("bind/csdl-annotation-value", term.span, { term: term.text, problem: "has more than one value" });
    return undefined;
  }
  const constant = first === undefined ? { expression: "Bool" as const, value: true } : readConstant(first, scope);
  if (constant === undefined) return undefined;
  const annotation = { target, term: ownTerm(term.text, scope), ...constant, span: term.span };
  return qualifier === undefined ? annotation : { ...annotation, qualifier };
}

/** A term of this document is named by the namespace; aliases of other documents stay, with their references. */
function ownTerm(term: string, scope: ContractScope): string {
  const local = localName(term, scope.document);
  return local === undefined ? term : `${scope.document.namespace.text}.${local}`;
}

type WrittenValue =
  | { readonly kind: string; readonly text: Located }
  | { readonly kind: string; readonly child: CsdlElement };

function valueAttributes(element: CsdlElement): readonly WrittenValue[] {
  return ["String", "Bool", "Int", "Float", "EnumMember"].flatMap((kind) => {
    const text = element.attributes.get(kind);
    return text === undefined ? [] : [{ kind, text }];
  });
}

type Constant = Pick<Annotation, "expression" | "value">;

function readConstant(written: WrittenValue, scope: ContractScope): Constant | undefined {
  if (written.kind === "Collection" && "child" in written) {
    return { expression: "Collection", value: childrenOf(written.child, "String").map((each) => each.text.text) };
  }
  const { text, span } = "child" in written ? written.child.text : written.text;
  const constant = parseConstant(written.kind, text.trim(), text);
  if (constant !== undefined) return constant;
  scope.report("bind/csdl-value", span, { value: text, expected: `a constant of the kind ${written.kind}` });
  return undefined;
}

function parseConstant(kind: string, trimmed: string, raw: string): Constant | undefined {
  if (kind === "String") return { expression: "String", value: raw };
  if (kind === "EnumMember") return trimmed === "" ? undefined : { expression: "EnumMember", value: trimmed };
  if (kind === "Bool" && (trimmed === "true" || trimmed === "false")) {
    return { expression: "Bool", value: trimmed === "true" };
  }
  const number = Number(trimmed);
  if (kind === "Int" && /^[+-]?[0-9]{1,16}$/.test(trimmed) && Number.isSafeInteger(number)) {
    return { expression: "Int", value: number };
  }
  const isFloat = /^[+-]?[0-9]{1,64}(\.[0-9]{1,64})?([eE][+-]?[0-9]{1,3})?$/.test(trimmed) && Number.isFinite(number);
  return kind === "Float" && isFloat ? { expression: "Float", value: number } : undefined;
}
