/** Binds the entity container: entity sets, singletons, and the imports of unbound operations. */

import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { DataContract, Entity, EntitySet, Operation, Singleton } from "../ir/schema.ts";
import { type CsdlElement, childrenOf, type Located } from "../parse/csdl.ts";
import { checkBindings } from "./contract-bindings.ts";
import { fullName, lookUp, namesOf } from "./contract-declared.ts";
import { attribute, declarations, namespaceHint, qualify } from "./contract-document.ts";
import { distinct, isUsableName } from "./contract-names.ts";
import type { ContractScope } from "./contract-types.ts";
import { readBoolean } from "./contract-values.ts";

export type Container = Pick<DataContract, "container" | "entitySets" | "singletons" | "imports">;

interface Contents {
  readonly entities: readonly Entity[];
  readonly operations: readonly Operation[];
}

/** The container; a document without one gets an empty one after reporting. */
export function bindContainer(contents: Contents, scope: ContractScope): Container {
  const [element, second] = declarations(scope.document, "EntityContainer");
  if (element === undefined) {
    const problem = "the CSDL has no EntityContainer, so nothing in it can be reached";
    scope.report("bind/csdl-container", scope.document.namespace.span, { problem });
    return { container: "Container", entitySets: [], singletons: [], imports: [] };
  }
  const name = attribute(element, "Name");
  isUsableName(name, scope);
  checkExtends(element, scope);
  if (second !== undefined) {
    const notes = [{ message: "the first one is here", span: name.span }];
    const problem = "a second EntityContainer: a service has one";
    scope.report("bind/csdl-container", attribute(second, "Name").span, { problem }, { notes });
  }
  const sets = childrenOf(element, "EntitySet").flatMap((each) => bindSet(each, contents, scope) ?? []);
  const elements = childrenOf(element, "Singleton");
  const singletons = elements.flatMap((each) => bindSingleton(each, contents, scope) ?? []);
  checkBindings(element, scope);
  const imports = bindImports(element, contents.operations, scope);
  const names = new Set<object>(distinct("in the container", [...sets, ...singletons, ...imports], scope.report));
  return {
    container: name.text,
    entitySets: sets.filter((set) => names.has(set)),
    singletons: singletons.filter((each) => names.has(each)),
    imports: imports.filter((each) => names.has(each)).map(({ span: _, ...published }) => published),
  };
}

/** A container that extends another has what that one has, which is not put together yet. */
function checkExtends(element: CsdlElement, scope: ContractScope): void {
  const base = element.attributes.get("Extends");
  if (base === undefined) return;
  const found = lookUp(base, scope.document, scope.declared);
  const isContainer = found.kind === "declared" && found.declaration.kind === "EntityContainer";
  const problem = `there is no container "${base.text}" to extend`;
  if (isContainer || found.kind === "foreign") scope.later(`Extends="${base.text}"`, base.nameSpan);
  else scope.report("bind/csdl-container", base.span, { problem });
}

function bindSet(element: CsdlElement, contents: Contents, scope: ContractScope): EntitySet | undefined {
  const name = attribute(element, "Name");
  const type = attribute(element, "EntityType");
  const usable = isUsableName(name, scope, element);
  const isListed = readBoolean(element.attributes.get("IncludeInServiceDocument"), true, scope.report);
  const entity = typeOf(type, "an entity set", scope);
  if (entity === undefined || !usable) return undefined;
  if (!contents.entities.some((each) => each.name === entity)) return undefined;
  return { name: name.text, entity, ...(!isListed && { isUnlisted: true }), span: name.span };
}

/** The served entity type of a set or singleton; undefined after reporting or noting. */
function typeOf(type: Located, what: string, scope: ContractScope): string | undefined {
  const found = lookUp(type, scope.document, scope.declared);
  if (found.kind === "foreign") {
    scope.later(`${what} of "${type.text}", a type of another document,`, type.span);
    return undefined;
  }
  if (found.kind === "unknown") {
    const types = namesOf(scope.declared, "EntityType");
    const hint = namespaceHint(type, scope.document) ?? didYouMean(type.text, types);
    const local = qualify(type, scope.document)?.name ?? "";
    if (!scope.document.dropped.has(local))
      scope.report("bind/csdl-unknown-type", type.span, { type: type.text }, { hint });
    return undefined;
  }
  if (found.declaration.kind === "EntityType") return scope.served.get(found.declaration.element);
  scope.report("bind/csdl-wrong-type", type.span, { what, type: type.text, expected: "it holds entities" });
  return undefined;
}

/** Its name is the id of its entity, so the key has to be one text, or hidden. */
function bindSingleton(element: CsdlElement, contents: Contents, scope: ContractScope): Singleton | undefined {
  const name = attribute(element, "Name");
  const usable = isUsableName(name, scope, element);
  const nullable = readBoolean(element.attributes.get("Nullable"), false, scope.report);
  const type = typeOf(attribute(element, "Type"), "a singleton", scope);
  const entity = contents.entities.find((each) => each.name === type);
  if (entity === undefined || !usable) return undefined;
  if (!canBeNamed(entity, name.text)) {
    scope.later(`the Singleton "${name.text}", whose name cannot be the key of its type,`, name.span);
    return undefined;
  }
  return { name: name.text, entity: entity.name, nullable, span: name.span };
}

function canBeNamed({ identity, key, properties }: Entity, name: string): boolean {
  const property = properties.find((each) => each.name === key);
  if (identity !== undefined || property?.type.kind !== "primitive" || property.type.name !== "Edm.String")
    return false;
  return property.maxLength === undefined || name.length <= property.maxLength;
}

type Import = DataContract["imports"][number] & { readonly span: Located["span"] };

function bindImports(
  container: CsdlElement,
  operations: readonly Operation[],
  scope: ContractScope,
): readonly Import[] {
  const elements = container.children.filter(
    (child) => child.kind === "FunctionImport" || child.kind === "ActionImport",
  );
  return elements.flatMap((element) => bindImport(element, operations, scope) ?? []);
}

function bindImport(element: CsdlElement, operations: readonly Operation[], scope: ContractScope): Import | undefined {
  const kind = element.kind === "ActionImport" ? "action" : "function";
  const name = attribute(element, "Name");
  const written = attribute(element, kind === "action" ? "Action" : "Function");
  const entitySet = element.attributes.get("EntitySet");
  const usable = isUsableName(name, scope, element);
  const isListed = readBoolean(element.attributes.get("IncludeInServiceDocument"), false, scope.report);
  const overloads = unboundOverloads(written, kind, scope);
  if (overloads === "foreign") {
    scope.later(`an import of "${written.text}" from another document`, written.span);
    return undefined;
  }
  if (overloads.length === 0) return reportOperation(written, kind, scope);
  if (overloads.length > 1) scope.later(`an import of "${written.text}", which has overloads,`, written.span);
  const operation = operations.find(
    (each) => each.kind === kind && each.boundTo === undefined && overloads.some((span) => span === each.span),
  );
  if (operation === undefined || !usable) return undefined;
  return {
    name: name.text,
    operation: operation.name,
    kind,
    ...(entitySet !== undefined && { entitySet: entitySet.text }),
    ...(isListed && { isListed }),
    span: name.span,
  };
}

/** The places of the names of the unbound overloads that an import may mean. */
function unboundOverloads(
  written: Located,
  kind: "action" | "function",
  scope: ContractScope,
): readonly Located["span"][] | "foreign" {
  if (lookUp(written, scope.document, scope.declared).kind === "foreign") return "foreign";
  const qualified = qualify(written, scope.document);
  const all = qualified === undefined ? [] : (scope.declared.operations.get(fullName(qualified)) ?? []);
  const wanted = kind === "action" ? "Action" : "Function";
  const unbound = all.filter(
    ({ element }) => element.kind === wanted && element.attributes.get("IsBound")?.text !== "true",
  );
  return unbound.map(({ element }) => attribute(element, "Name").span);
}

function reportOperation(written: Located, kind: "action" | "function", scope: ContractScope): undefined {
  const names = namesOf(scope.declared, kind === "action" ? "Action" : "Function");
  const hint = namespaceHint(written, scope.document) ?? didYouMean(written.text, names);
  scope.report("bind/csdl-unknown-operation", written.span, { kind, operation: written.text }, { hint });
}
