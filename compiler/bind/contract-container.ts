/** Binds the entity container: entity sets with their navigation bindings, and the imports of unbound operations. */

import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { DataContract, Entity, EntitySet, Operation } from "../ir/schema.ts";
import { type CsdlElement, childrenOf, type Located } from "../parse/csdl.ts";
import { attribute, declarations, localName } from "./contract-document.ts";
import { distinct, isUsableName } from "./contract-names.ts";
import type { ContractScope } from "./contract-types.ts";

export type Container = Pick<DataContract, "container" | "entitySets" | "imports">;

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
    return { container: "Container", entitySets: [], imports: [] };
  }
  const name = attribute(element, "Name");
  isUsableName(name, scope.report);
  if (second !== undefined) {
    const notes = [{ message: "the first one is here", span: name.span }];
    const problem = "a second EntityContainer: a service has one";
    scope.report("bind/csdl-container", attribute(second, "Name").span, { problem }, { notes });
  }
  const sets = bindSets(element, contents, scope);
  const found = { sets, imports: bindImports(element, contents.operations, { sets, scope }) };
  const names = new Set(distinct("in the container", [...found.sets, ...found.imports], scope.report));
  const imports = found.imports.filter((each) => names.has(each));
  return {
    container: name.text,
    entitySets: found.sets.filter((set) => names.has(set)),
    imports: imports.map(({ span: _, ...published }) => published),
  };
}

function bindSets(container: CsdlElement, contents: Contents, scope: ContractScope): readonly EntitySet[] {
  const elements = childrenOf(container, "EntitySet");
  const sets = elements.flatMap((element) => {
    const set = bindSet(element, contents, scope);
    return set === undefined ? [] : [{ element, set }];
  });
  const byName = new Map(sets.map(({ set }) => [set.name, set]));
  return sets.map(({ element, set }) => ({ ...set, bindings: bindBindings(element, set) }));

  function bindBindings(element: CsdlElement, set: EntitySet): EntitySet["bindings"] {
    const entity = contents.entities.find((each) => each.name === set.entity);
    if (entity === undefined) return [];
    return childrenOf(element, "NavigationPropertyBinding").flatMap((each) => {
      return bindBinding({ element: each, entity, sets: byName, scope }) ?? [];
    });
  }
}

function bindSet(element: CsdlElement, contents: Contents, scope: ContractScope): EntitySet | undefined {
  const name = attribute(element, "Name");
  const type = attribute(element, "EntityType");
  const local = localName(type.text, scope.document);
  const usable = isUsableName(name, scope.report);
  if (local !== undefined && contents.entities.some((entity) => entity.name === local)) {
    return usable ? { name: name.text, entity: local, bindings: [], span: name.span } : undefined;
  }
  const refused = local !== undefined && (scope.entityNames.has(local) || scope.document.unavailable.has(local));
  if (!refused) {
    const hint = didYouMean(
      type.text,
      contents.entities.map((each) => `${scope.document.namespace.text}.${each.name}`),
    );
    scope.report("bind/csdl-unknown-type", type.span, { type: type.text }, { hint });
  }
  return undefined;
}

interface Binding {
  readonly element: CsdlElement;
  readonly entity: Entity;
  readonly sets: ReadonlyMap<string, EntitySet>;
  readonly scope: ContractScope;
}

function bindBinding({ element, entity, sets, scope }: Binding): EntitySet["bindings"][number] | undefined {
  const path = attribute(element, "Path");
  const target = attribute(element, "Target");
  if (path.text.includes("/") || target.text.includes("/")) {
    const construct = "a navigation binding with a path of several segments";
    scope.report("bind/csdl-not-available-yet", (path.text.includes("/") ? path : target).span, { construct });
    return undefined;
  }
  const navigation = entity.navigations.find((each) => each.name === path.text);
  const set = sets.get(target.text);
  if (navigation === undefined) reportPath(path, entity, scope);
  if (set === undefined) reportSet(target, [...sets.values()], scope);
  if (navigation === undefined || set === undefined) return undefined;
  if (navigation.target === set.entity) return { path: path.text, target: set.name };
  const facts = { path: path.text, set: set.name, holds: set.entity, wanted: navigation.target };
  scope.report("bind/csdl-binding-type", target.span, facts);
  return undefined;
}

function reportPath(path: Located, entity: Entity, scope: ContractScope): void {
  const hint = didYouMean(
    path.text,
    entity.navigations.map((each) => each.name),
  );
  scope.report("bind/csdl-unknown-navigation", path.span, { entity: entity.name, navigation: path.text }, { hint });
}

type Import = DataContract["imports"][number] & { readonly span: Located["span"] };

interface Importing {
  readonly sets: readonly EntitySet[];
  readonly scope: ContractScope;
}

function bindImports(
  container: CsdlElement,
  operations: readonly Operation[],
  importing: Importing,
): readonly Import[] {
  const elements = container.children.filter(
    (child) => child.kind === "FunctionImport" || child.kind === "ActionImport",
  );
  return elements.flatMap((element) => bindImport(element, operations, importing) ?? []);
}

function bindImport(
  element: CsdlElement,
  operations: readonly Operation[],
  { sets, scope }: Importing,
): Import | undefined {
  const kind = element.kind === "ActionImport" ? "action" : "function";
  const name = attribute(element, "Name");
  const written = attribute(element, kind === "action" ? "Action" : "Function");
  const entitySet = element.attributes.get("EntitySet");
  if (!isUsableName(name, scope.report)) return undefined;
  if (entitySet !== undefined && !sets.some((set) => set.name === entitySet.text)) reportSet(entitySet, sets, scope);
  const local = localName(written.text, scope.document);
  const unbound = operations.filter((each) => each.kind === kind && each.boundTo === undefined);
  const operation = unbound.find((each) => each.name === local)?.name;
  if (operation !== undefined) {
    const imported = { name: name.text, operation, kind, span: name.span } as const;
    return entitySet === undefined ? imported : { ...imported, entitySet: entitySet.text };
  }
  const names = unbound.map((each) => `${scope.document.namespace.text}.${each.name}`);
  const hint = didYouMean(written.text, names);
  scope.report("bind/csdl-unknown-operation", written.span, { kind, operation: written.text }, { hint });
  return undefined;
}

function reportSet(written: Located, sets: readonly EntitySet[], scope: ContractScope): void {
  const hint = didYouMean(
    written.text,
    sets.map((set) => set.name),
  );
  scope.report("bind/csdl-unknown-set", written.span, { set: written.text }, { hint });
}
