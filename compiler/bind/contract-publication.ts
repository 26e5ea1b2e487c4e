/** Makes the one document that `$metadata` is: all that the author's documents say, and what the automata add to it. */

import type { Span } from "../diagnostics/span.ts";
import type { Automaton } from "../ir/automaton.ts";
import { documentNames, mapNames } from "../ir/csdl-names.ts";
import type { CsdlNode } from "../ir/csdl-node.ts";
import type { DataContract, Entity, Operation, Property } from "../ir/schema.ts";
import type { CsdlElement } from "../parse/csdl.ts";
import { inheritedChildren, lineage } from "./contract-declared.ts";
import { attribute, type ContractDocument, qualify } from "./contract-document.ts";
import {
  actionNode,
  alternateKeysNode,
  containerNode,
  csdlNode,
  entityNode,
  enumNode,
  hintNode,
  hintTerm,
  propertyNode,
} from "./contract-nodes.ts";
import type { ContractScope } from "./contract-types.ts";
import {
  alternateKeysTerms,
  computedNodes,
  conformanceNodes,
  type HasTerm,
  withVocabularies,
} from "./contract-vocabularies.ts";
import { nodeOf } from "./csdl-node.ts";

interface Bound {
  readonly entities: readonly Entity[];
  readonly operations: readonly Operation[];
  readonly automata: ReadonlyMap<string, Automaton>;
  /** True where the documents put the term on the target, both by their full names. */
  readonly isAnnotated: (target: string, term: string) => boolean;
}

interface Adding extends Pick<Bound, "automata" | "isAnnotated"> {
  readonly scope: ContractScope;
  readonly entities: ReadonlyMap<string, Entity>;
  /** By the place of their names. */
  readonly operations: ReadonlyMap<Span, Operation>;
}

type Document = DataContract["document"];

/** The `Edmx` element. Several documents become one: references by their URI, schemas by their namespace, names in full. */
export function publishDocuments(scope: ContractScope, bound: Bound): Document {
  return whenAsked(() => documentOf(scope, bound));
}

/** The `Edmx` element of a contract that was made from automata alone. */
export function publishSynthesised(contract: Undocumented, automata: readonly Automaton[]): Document {
  return whenAsked(() => synthesisedDocument(contract, automata));
}

function whenAsked(make: () => CsdlNode): Document {
  let made: CsdlNode | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function documentOf(scope: ContractScope, bound: Bound): CsdlNode {
  const { document } = scope;
  const adding: Adding = {
    ...bound,
    scope,
    entities: new Map(bound.entities.map((entity) => [entity.name, entity])),
    operations: new Map(bound.operations.map((operation) => [operation.span, operation])),
  };
  const roots = document.syntaxes.map(({ root, path }) => {
    const node = nodeOf(root, (element, plain) => additions(element, plain, adding));
    return document.syntaxes.length === 1 ? node : inFull(node, path, document);
  });
  return withAliases(withVocabularies(merged(roots), roots.length === 1 ? "short" : "full"));
}

type Undocumented = Omit<DataContract, "document">;

function synthesisedDocument(contract: Undocumented, automata: readonly Automaton[]): CsdlNode {
  const { namespace, enums, entities, operations } = contract;
  const span = entities[0]?.span ?? { file: "", start: 0, end: 0 };
  const byName = new Map(automata.map((automaton) => [automaton.name, automaton]));
  const schema = csdlNode("Schema", {
    attributes: { Namespace: namespace },
    children: [
      ...enums.map(enumNode),
      ...entities.map((entity) => synthesisedEntity(entity, namespace, byName.get(entity.name))),
      ...operations.map((each) => withLast(actionNode(each, namespace), hintNodes(each, byName))),
      withLast(containerNode(contract, namespace, span), conformanceNodes(span, nowhere)),
    ],
    span,
  });
  const services = csdlNode("DataServices", { children: [schema], span });
  const edmx = csdlNode("Edmx", { attributes: { Version: "4.01" }, children: [services], span });
  return withAliases(withVocabularies(edmx, "short"));
}

const nowhere: HasTerm = () => false;

function synthesisedEntity(entity: Entity, namespace: string, automaton: Automaton | undefined): CsdlNode {
  const node = entityNode(entity, namespace);
  const byName = new Map(entity.properties.map((property) => [property.name, property]));
  const children = node.children.map((child) => {
    const property = byName.get(child.attributes.Name ?? "");
    return property === undefined ? child : withLast(child, computedNodes(property, child.span, nowhere));
  });
  return withLast({ ...node, children }, keyNodes(automaton));
}

/** The element with what its automaton adds to it or knows better. */
function additions(element: CsdlElement, node: CsdlNode, adding: Adding): CsdlNode {
  if (element.kind === "EntityType") return publishEntity(element, node, adding);
  if (element.kind === "Action") return publishAction(element, node, adding);
  if (element.kind === "EntityContainer") return publishContainer(element, node, adding);
  return node;
}

function publishContainer(element: CsdlElement, node: CsdlNode, { scope, isAnnotated }: Adding): CsdlNode {
  const declaration = scope.declared.byElement.get(element);
  const target = `${declaration?.namespace}.${declaration?.name}`;
  return withLast(
    node,
    conformanceNodes(node.span, (term) => isAnnotated(target, term)),
  );
}

function publishEntity(
  element: CsdlElement,
  node: CsdlNode,
  { scope, entities, automata, isAnnotated }: Adding,
): CsdlNode {
  const entity = entities.get(scope.served.get(element) ?? "");
  const automaton = automata.get(entity?.automaton ?? "");
  const declaration = scope.declared.byElement.get(element);
  if (entity === undefined || automaton === undefined || declaration === undefined) return node;
  const line = lineage(declaration, scope.document, scope.declared);
  const declared = new Set(inheritedChildren(line, "Property").map((each) => attribute(each, "Name").text));
  const { properties, key } = entity;
  const added = properties.filter(
    ({ name, isHidden }) => !declared.has(name) && name !== key && isHidden !== true && !name.includes("/"),
  );
  const byName = new Map(properties.map((property) => [property.name, property]));
  const target = `${declaration.namespace}.${declaration.name}`;
  const computed = (property: Property, child: CsdlNode) =>
    withLast(
      child,
      computedNodes(property, child.span, (term) => isAnnotated(`${target}/${property.name}`, term)),
    );
  const own = node.children.map((child) => {
    const property = byName.get(child.attributes.Name ?? "");
    const isOurs = child.kind === "Property" && (property?.role === "status" || property?.role === "variable");
    return isOurs && property !== undefined ? computed(property, withNullable(child, property.nullable)) : child;
  });
  const nodes = added.map((each) => computed(each, propertyNode(each, scope.document.namespace.text)));
  const isKeyed = alternateKeysTerms.some((term) => isAnnotated(target, term));
  return withLast({ ...node, children: insertProperties(own, nodes) }, isKeyed ? [] : keyNodes(automaton));
}

/** Behind the last property, or the key where there is none. */
function insertProperties(children: readonly CsdlNode[], added: readonly CsdlNode[]): readonly CsdlNode[] {
  const last = children.findLastIndex(({ kind }) => kind === "Property" || kind === "Key");
  return [...children.slice(0, last + 1), ...added, ...children.slice(last + 1)];
}

function publishAction(
  element: CsdlElement,
  node: CsdlNode,
  { scope, operations, automata, isAnnotated }: Adding,
): CsdlNode {
  const operation = operations.get(attribute(element, "Name").span);
  const declaration = scope.declared.byElement.get(element);
  if (operation?.boundTo === undefined || declaration === undefined) return node;
  const children = node.children.map((child) => {
    const parameter = operation.parameters.find((each) => each.name === child.attributes.Name);
    return child.kind === "Parameter" && parameter ? withNullable(child, parameter.nullable) : child;
  });
  const target = `${declaration.namespace}.${declaration.name}${scope.overload(element)}`;
  return withLast({ ...node, children }, isAnnotated(target, hintTerm) ? [] : hintNodes(operation, automata));
}

function hintNodes(operation: Operation, automata: ReadonlyMap<string, Automaton>): readonly CsdlNode[] {
  const actions = automata.get(operation.boundTo ?? "")?.actions ?? [];
  const action = actions.find(({ name }) => name === operation.name);
  return action?.hint === undefined ? [] : [hintNode(action.hint, action.span)];
}

function keyNodes(automaton: Automaton | undefined): readonly CsdlNode[] {
  const [first] = automaton?.keys ?? [];
  return automaton === undefined || first === undefined ? [] : [alternateKeysNode(automaton.keys, first.span)];
}

function withLast(node: CsdlNode, added: readonly CsdlNode[]): CsdlNode {
  return added.length === 0 ? node : { ...node, children: [...node.children, ...added] };
}

/** Collections say by themselves that they are not null. */
function withNullable(node: CsdlNode, nullable: boolean): CsdlNode {
  const { Nullable: written, ...others } = node.attributes;
  const isCollection = node.attributes.Type?.startsWith("Collection(") === true;
  if (isCollection || (written ?? "true") === String(nullable)) return node;
  const { Name: name, Type: type, ...facets } = others;
  return csdlNode(node.kind, {
    ...node,
    attributes: { Name: name, Type: type, ...(nullable ? {} : { Nullable: "false" }), ...facets },
  });
}

function merged(roots: readonly CsdlNode[]): CsdlNode {
  const [first = csdlNode("Edmx", { span: { file: "", start: 0, end: 0 } })] = roots;
  if (roots.length === 1) return first;
  const references = roots.flatMap(({ children }) => children.filter(({ kind }) => kind === "Reference"));
  const services = roots.flatMap(({ children }) => children.filter(({ kind }) => kind === "DataServices"));
  const schemas = services.flatMap(({ children }) => children);
  const all = (nodes: readonly CsdlNode[], name: string) => joined(nodes, (node) => node.attributes[name] ?? "");
  const children = [
    ...all(references, "Uri"),
    csdlNode("DataServices", { children: all(schemas, "Namespace"), span: first.span }),
  ];
  return csdlNode("Edmx", { attributes: { Version: "4.01" }, children, span: first.span });
}

/** One node of each identity, with the children of all; of two that include the same, the first counts. */
function joined(nodes: readonly CsdlNode[], identity: (node: CsdlNode) => string): readonly CsdlNode[] {
  const byIdentity = new Map<string, CsdlNode>();
  for (const node of nodes) {
    const before = byIdentity.get(identity(node));
    const known = new Set((before?.children ?? []).filter(({ kind }) => kind === "Include").map(described));
    const children = [...(before?.children ?? []), ...node.children.filter((child) => !known.has(described(child)))];
    byIdentity.set(identity(node), { ...(before ?? node), children });
  }
  return [...byIdentity.values()];
}

function described({ kind, attributes }: CsdlNode): string {
  return JSON.stringify([kind, attributes]);
}

/** The document with every name in full and no alias: what one document calls so another may call otherwise. */
function inFull(node: CsdlNode, path: string, document: ContractDocument): CsdlNode {
  const span: Span = { file: path, start: 0, end: 0 };
  const full = mapNames(node, (text) => {
    const qualified = qualify({ text, span }, document);
    return qualified === undefined ? text : `${qualified.namespace}.${qualified.name}`;
  });
  return withoutAliases(full);
}

function withoutAliases(node: CsdlNode): CsdlNode {
  const children = node.children.map(withoutAliases);
  if (node.kind !== "Schema" && node.kind !== "Include") return { ...node, children };
  const { Alias: _, ...attributes } = node.attributes;
  return { ...node, attributes, children };
}

/** Names with the aliases that the document has, as it must not mix them with names in full. */
function withAliases(edmx: CsdlNode): CsdlNode {
  const { short, aliases } = documentNames(edmx);
  return aliases === 0 ? edmx : mapNames(edmx, short);
}
