/** Checks the paths of a container: navigation property bindings, and the sets that imports name. */

import { didYouMean } from "../diagnostics/did-you-mean.ts";
import { type CsdlElement, childrenOf, type Located } from "../parse/csdl.ts";
import { type Declaration, lineage, lookUp, memberNamed, memberNames } from "./contract-declared.ts";
import { attribute, namespaceHint, qualify } from "./contract-document.ts";
import { type ContractScope, innerType } from "./contract-types.ts";

/** Reports bindings and imports that lead nowhere. What another document declares cannot be followed and is let be. */
export function checkBindings(container: CsdlElement, scope: ContractScope): void {
  const all = [...childrenOf(container, "EntitySet"), ...childrenOf(container, "Singleton")];
  const holders = new Map(all.map((each) => [attribute(each, "Name").text, each]));
  const checker = { holders, container, scope };
  for (const holder of all)
    for (const binding of childrenOf(holder, "NavigationPropertyBinding")) checkBinding(binding, holder, checker);
  for (const each of container.children) {
    const set = each.attributes.get("EntitySet");
    if (each.kind.endsWith("Import") && set !== undefined) targetOf(set, checker);
  }
}

interface Checker {
  /** Sets and singletons by name. */
  readonly holders: ReadonlyMap<string, CsdlElement>;
  readonly container: CsdlElement;
  readonly scope: ContractScope;
}

function checkBinding(binding: CsdlElement, holder: CsdlElement, checker: Checker): void {
  const { scope } = checker;
  const path = attribute(binding, "Path");
  const type = typeOf(holder, scope);
  const wanted = type && followPath(path, type, scope);
  const written = attribute(binding, "Target");
  const target = targetOf(written, checker);
  const held = target && typeOf(target, scope);
  if (wanted === undefined || held === undefined || target === undefined) return;
  const line = (each: Declaration) => lineage(each, scope.document, scope.declared);
  if (line(held).includes(wanted) || line(wanted).includes(held)) return;
  const facts = { path: path.text, set: attribute(target, "Name").text, holds: held.name, wanted: wanted.name };
  scope.report("bind/csdl-binding-type", written.span, facts);
}

/** The entity type of a set or singleton, if it is declared here. */
function typeOf(holder: CsdlElement, { document, declared }: ContractScope): Declaration | undefined {
  const name = attribute(holder, holder.kind === "EntitySet" ? "EntityType" : "Type");
  return declaredType(name, { document, declared });
}

function declaredType(
  name: Located,
  { document, declared }: Pick<ContractScope, "document" | "declared">,
): Declaration | undefined {
  const found = lookUp({ text: innerType(name.text) ?? name.text, span: name.span }, document, declared);
  return found.kind === "declared" ? found.declaration : undefined;
}

/** The type that a path of complex and navigation properties and type casts ends at; undefined after reporting. */
function followPath(path: Located, from: Declaration, scope: ContractScope): Declaration | undefined {
  let at: Declaration | undefined = from;
  for (const segment of path.text.split("/")) {
    if (at === undefined) return undefined;
    const line: readonly Declaration[] = lineage(at, scope.document, scope.declared);
    const cast: Declaration | undefined = segment.includes(".")
      ? declaredType({ text: segment, span: path.span }, scope)
      : undefined;
    const member = memberNamed(line, segment, scope.declared);
    if (member === undefined && cast === undefined)
      return segment.includes(".") ? undefined : report(segment, at, line);
    at = member === undefined ? cast : declaredType(attribute(member, "Type"), scope);
  }
  return at;

  function report(segment: string, entity: Declaration, line: readonly Declaration[]): undefined {
    const facts = { entity: entity.name, navigation: segment };
    scope.report("bind/csdl-unknown-navigation", path.span, facts, {
      hint: didYouMean(segment, memberNames(line, "NavigationProperty")),
    });
  }
}

/** The set or singleton of this container that a target names; undefined after reporting, or where it lies elsewhere. */
function targetOf(written: Located, { holders, container, scope }: Checker): CsdlElement | undefined {
  const [first = "", second] = written.text.split("/");
  const isQualified = first.includes(".");
  const owner = isQualified ? qualify({ text: first, span: written.span }, scope.document) : undefined;
  const own = scope.declared.byElement.get(container);
  const isOwn = owner === undefined || (owner.namespace === own?.namespace && owner.name === own.name);
  if (!isOwn) return elsewhere({ text: first, span: written.span });
  const name = isQualified ? second : first;
  const found = holders.get(name ?? "");
  if (found !== undefined) return found;
  const hint = didYouMean(name ?? "", holders.keys());
  if (!container.attributes.has("Extends") && !scope.document.dropped.has(name ?? ""))
    scope.report("bind/csdl-unknown-set", written.span, { set: name ?? written.text }, { hint });
  return undefined;

  function elsewhere(prefix: Located): undefined {
    if (lookUp(prefix, scope.document, scope.declared).kind === "unknown")
      scope.report(
        "bind/csdl-unknown-set",
        written.span,
        { set: written.text },
        { hint: namespaceHint(prefix, scope.document) },
      );
  }
}
