/** Checks annotations wherever they stand: that their targets and terms exist, that none stands twice, and what they say. */

import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { CsdlElement, Located } from "../parse/csdl.ts";
import { fullName, namesOf } from "./contract-declared.ts";
import { attribute, namespaceHint, qualify } from "./contract-document.ts";
import { checkExpression, checkValue } from "./contract-expressions.ts";
import { canonicalType } from "./contract-overloads.ts";
import { canonicalTarget } from "./contract-targets.ts";
import type { ContractScope } from "./contract-types.ts";

/** An annotation with what it is on and its term, both by their full names. */
export interface Annotated {
  readonly target: string;
  readonly term: string;
  readonly element: CsdlElement;
}

/** Looks at all annotations of all documents (CSDL 4.01, 14). Reports `bind/csdl-annotation-…` and `bind/csdl-unknown-term`. */
export function bindAnnotations(scope: ContractScope): readonly Annotated[] {
  const found: Annotated[] = [];
  const places = new Map<string, Located>();
  for (const { root, path } of scope.document.syntaxes) walk(root, path);
  return found;

  function walk(element: CsdlElement, path: string, around?: Around): void {
    const target = element.kind === "Annotations" ? targetOf(element) : path;
    if (element.kind === "Annotations" && target === undefined) return;
    const qualifier = element.kind === "Annotations" ? element.attributes.get("Qualifier") : undefined;
    element.children.forEach((child, index) => {
      if (child.kind === "Annotation") annotation(child, target ?? path, { element, qualifier });
      else walk(child, pathOf(child, { element, path: target ?? path, index }, scope), around);
      if (around !== undefined) checkExpression(child, around.term, scope);
    });
  }

  function targetOf(block: CsdlElement): string | undefined {
    const written = attribute(block, "Target");
    const target = canonicalTarget(written, scope);
    if (target !== undefined) return target;
    const name = { text: written.text.split(/[/(]/)[0] ?? "", span: written.span };
    const form = "write Namespace.Type, Namespace.Type/Member, or Namespace.Action(Namespace.Type) for one overload";
    const hint = namespaceHint(name, scope.document) ?? form;
    scope.report("bind/csdl-annotation-target", written.span, { target: written.text }, { hint });
    return undefined;
  }

  function annotation(element: CsdlElement, target: string, on: Holder): void {
    const term = attribute(element, "Term");
    const name = canonicalType(term, scope.document);
    const qualifier = (element.attributes.get("Qualifier") ?? on.qualifier)?.text ?? "";
    checkTerm(term, scope);
    const identity = `${target}\n${name}\n${qualifier}`;
    const first = places.get(identity);
    if (first === undefined) places.set(identity, term);
    else reportTwice(term, first, target);
    found.push({ target, term: name, element });
    checkValue(element, term, scope);
    walk(element, `${target}/@${name}#${qualifier}`, { term });
  }

  function reportTwice(term: Located, first: Located, target: string): void {
    const isNamed = !/[@\n<]/.test(target);
    const problem = isNamed ? `stands twice on "${target}"` : "stands twice here";
    const notes = [{ message: "the first one is here", span: first.span }];
    scope.report("bind/csdl-annotation-value", term.span, { term: term.text, problem }, { notes });
  }
}

/** The annotation that an expression belongs to. */
interface Around {
  readonly term: Located;
}

interface Holder {
  readonly element: CsdlElement;
  readonly qualifier: Located | undefined;
}

interface Place {
  readonly element: CsdlElement;
  readonly path: string;
  readonly index: number;
}

/** The path of an element as an annotation's target (CSDL 4.01, 14.2.2); what has no name is told apart by its number. */
function pathOf(child: CsdlElement, { element, path, index }: Place, { overload }: ContractScope): string {
  if (child.kind === "Schema") return attribute(child, "Namespace").text;
  if (child.kind === "ReturnType") return `${path}/$ReturnType`;
  const name = child.attributes.get("Name")?.text;
  if (name === undefined) return `${path}/<${child.kind} ${index}>`;
  if (element.kind !== "Schema") return `${path}/${name}`;
  const isOperation = child.kind === "Action" || child.kind === "Function";
  return `${path}.${name}${isOperation ? overload(child) : ""}`;
}

/** A term of a namespace that the folder declares must be there; terms from elsewhere cannot be looked up. */
function checkTerm(term: Located, { document, declared, report }: ContractScope): void {
  const name = qualify(term, document);
  if (name === undefined || !document.declared.has(name.namespace)) return;
  if (declared.byName.get(fullName(name))?.kind === "Term") return;
  const hint = didYouMean(term.text, namesOf(declared, "Term"));
  report("bind/csdl-unknown-term", term.span, { term: term.text }, { hint });
}
