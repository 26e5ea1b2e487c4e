/** Binds annotations with constant values, wherever they stand, so that `$metadata` can publish them again. */

import type { Annotation } from "../ir/schema.ts";
import { type CsdlElement, childrenOf, type Located } from "../parse/csdl.ts";
import { attribute, localName } from "./contract-document.ts";
import type { ContractScope } from "./contract-types.ts";

/** All annotations of the document in order, those inside elements and those of `<Annotations Target="…">`. */
export function bindAnnotations(scope: ContractScope): readonly Annotation[] {
  const found = scope.document.schemas.flatMap((schema) => annotationsIn(schema, targetOfSchema(scope), scope));
  const seen = new Set<string>();
  return found.filter((annotation) => {
    const identity = JSON.stringify([annotation.target, annotation.term, annotation.qualifier ?? ""]);
    if (!seen.has(identity)) return seen.add(identity);
    const problem = `stands twice on "${annotation.target}"`;
    scope.report("bind/csdl-annotation-value", annotation.span, { term: annotation.term, problem });
    return false;
  });
}

function targetOfSchema(scope: ContractScope): string {
  return scope.document.namespace.text;
}

function annotationsIn(element: CsdlElement, target: string, scope: ContractScope): readonly Annotation[] {
  return element.children.flatMap((child) => {
    if (child.kind === "Annotation") return bindAnnotation(child, target, undefined, scope) ?? [];
    if (child.kind === "Annotations") return bindBlock(child, scope);
    const inner = targetOf(child, target, element.kind === "Schema" ? "." : "/");
    return inner === undefined ? [] : annotationsIn(child, inner, scope);
  });
}

/** The path of an element as an annotation's target (CSDL 4.01, 14.2.2); an operation's carries the type it is bound to. */
function targetOf(element: CsdlElement, outer: string, separator: string): string | undefined {
  const name = element.attributes.get("Name")?.text;
  if (name === undefined) return undefined;
  const path = `${outer}${separator}${name}`;
  if (element.kind !== "Action" && element.kind !== "Function") return path;
  const bound = element.attributes.get("IsBound")?.text === "true";
  const types = childrenOf(element, "Parameter").map((parameter) => attribute(parameter, "Type").text);
  if (element.kind === "Action") return `${path}(${bound ? (types[0] ?? "") : ""})`;
  return `${path}(${types.join(",")})`;
}

function bindBlock(block: CsdlElement, scope: ContractScope): readonly Annotation[] {
  const written = attribute(block, "Target");
  const target = canonicalTarget(written.text, scope);
  if (target === undefined) {
    scope.report("bind/csdl-annotation-target", written.span, { target: written.text });
    return [];
  }
  const qualifier = block.attributes.get("Qualifier");
  return childrenOf(block, "Annotation").flatMap((child) => bindAnnotation(child, target, qualifier, scope) ?? []);
}

/** The target with the namespace instead of an alias, if the document declares it. */
function canonicalTarget(written: string, scope: ContractScope): string | undefined {
  const [head = "", ...segments] = written.split("/");
  const local = localName(head.replace(/\(.*$/, ""), scope.document);
  if (local === undefined) return undefined;
  const parents = scope.document.schemas.flatMap((schema) => schema.children);
  const overload = head.includes("(") ? head.slice(head.indexOf("(")) : "";
  const named = parents.filter((element) => element.attributes.get("Name")?.text === local);
  const owner = named.find((element) => overload === "" || targetOf(element, "", "")?.endsWith(overload));
  const base = owner === undefined ? undefined : targetOf(owner, scope.document.namespace.text, ".");
  if (owner === undefined || base === undefined) return undefined;
  if (segments.length === 0) return base;
  const [member, ...deeper] = segments;
  const found = owner.children.some((child) => child.attributes.get("Name")?.text === member);
  return found && deeper.length === 0 ? `${base}/${member}` : undefined;
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
