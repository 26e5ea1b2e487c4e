/** Checks what holds of every declaration, served or not: base types, terms, type definitions, names and keys. */

import { didYouMean } from "../diagnostics/did-you-mean.ts";
import { type CsdlElement, childrenOf, type Located } from "../parse/csdl.ts";
import { basesMax, type Declaration, lineage, lookUp, namesOf } from "./contract-declared.ts";
import { attribute, namespaceHint } from "./contract-document.ts";
import { checkKey } from "./contract-keys.ts";
import { isUsableName } from "./contract-names.ts";
import { type ContractScope, innerType, resolveType } from "./contract-types.ts";
import { readBoolean } from "./contract-values.ts";

/** Reports what is wrong with types and terms, also with those that nothing serves. */
export function checkModel(scope: ContractScope): void {
  const unnoted = { ...scope, later: () => undefined };
  for (const declaration of scope.declared.all) checkDeclaration(declaration, unnoted);
}

function checkDeclaration(declaration: Declaration, scope: ContractScope): void {
  const { element } = declaration;
  switch (declaration.kind) {
    case "EntityType":
      checkStructure(declaration, scope);
      checkKey(declaration, scope);
      return;
    case "ComplexType":
      isUsableName(attribute(element, "Name"), scope);
      checkStructure(declaration, scope);
      return;
    case "TypeDefinition":
      isUsableName(attribute(element, "Name"), scope);
      checkDefinition(element, scope);
      return;
    case "Term":
      isUsableName(attribute(element, "Name"), scope);
      checkTerm(declaration, scope);
  }
}

function checkStructure(declaration: Declaration, scope: ContractScope): void {
  const { element } = declaration;
  for (const flag of ["Abstract", "OpenType", "HasStream"])
    readBoolean(element.attributes.get(flag), false, scope.report);
  checkBase(declaration, scope);
  const line = lineage(declaration, scope.document, scope.declared);
  const members = new Map<string, CsdlElement>();
  for (const base of line.slice(1).toReversed())
    for (const member of membersOf(base.element)) members.set(attribute(member, "Name").text, member);
  for (const member of membersOf(element)) {
    const name = attribute(member, "Name");
    const first = members.get(name.text);
    if (first === undefined) members.set(name.text, member);
    else reportMember(name, attribute(first, "Name"), scope);
  }
  if (declaration.kind === "ComplexType")
    for (const each of childrenOf(element, "NavigationProperty")) checkLeads(each, scope);
}

function membersOf(element: CsdlElement): readonly CsdlElement[] {
  return [...childrenOf(element, "Property"), ...childrenOf(element, "NavigationProperty")];
}

function reportMember(name: Located, first: Located, { report }: ContractScope): void {
  const notes = [{ message: "the first one is here", span: first.span }];
  report("bind/csdl-duplicate-name", name.span, { what: "property", name: name.text }, { notes });
}

/** A navigation property leads to entities, those of a complex type too. */
function checkLeads(element: CsdlElement, scope: ContractScope): void {
  isUsableName(attribute(element, "Name"), scope);
  const type = attribute(element, "Type");
  const resolved = resolveType(type, scope);
  if (resolved === undefined || leadsToEntities(type, scope)) return;
  const facts = { what: "a navigation property", type: type.text, expected: "it leads to an entity type" };
  scope.report("bind/csdl-wrong-type", type.span, facts);
}

/** True for an entity type, `Edm.EntityType`, and what another document declares. */
export function leadsToEntities(type: Located, { document, declared }: ContractScope): boolean {
  const name = innerType(type.text) ?? type.text;
  const found = lookUp({ text: name, span: type.span }, document, declared);
  if (found.kind === "declared") return found.declaration.kind === "EntityType";
  return found.kind === "foreign" || name === "Edm.EntityType";
}

/** A base type is of the same kind and does not lead back (CSDL 4.01, 6.2 and 9.2). */
function checkBase(declaration: Declaration, scope: ContractScope): void {
  const written = declaration.element.attributes.get("BaseType");
  if (written === undefined) return;
  const found = lookUp(written, scope.document, scope.declared);
  if (found.kind === "foreign") return;
  if (found.kind === "unknown") {
    const same = namesOf(scope.declared, declaration.kind);
    const hint = namespaceHint(written, scope.document) ?? didYouMean(written.text, same);
    scope.report("bind/csdl-unknown-type", written.span, { type: written.text }, { hint });
    return;
  }
  const { kind } = found.declaration;
  if (kind !== declaration.kind) refuse(`is ${described(kind)}, and its base is of the same kind`);
  const line = lineage(declaration, scope.document, scope.declared);
  if (line.length > basesMax) refuse(`has ${basesMax} types above it, and there may be no more`);
  const last = line.at(-1);
  const back = last && lookUp(attribute(last.element, "BaseType"), scope.document, scope.declared);
  if (back?.kind === "declared" && back.declaration === declaration) refuse("derives from it in turn");

  function refuse(problem: string): void {
    const facts = { type: declaration.name, base: written?.text ?? "", problem };
    scope.report("bind/csdl-base-type", (written ?? declaration.element).span, facts);
  }
}

function described(kind: string): string {
  const words: Readonly<Record<string, string>> = {
    EntityType: "an entity type",
    ComplexType: "a complex type",
    EnumType: "an enum type",
    TypeDefinition: "a type definition",
    Term: "a term",
    EntityContainer: "an entity container",
  };
  return words[kind] ?? kind;
}

const underlying =
  /^Edm\.(String|Boolean|Byte|SByte|Int16|Int32|Int64|Decimal|Double|Single|Guid|Date|DateTimeOffset|Binary|Duration|Stream|TimeOfDay|PrimitiveType|(Geography|Geometry)(Point|LineString|Polygon|MultiPoint|MultiLineString|MultiPolygon|Collection)?)$/;

function checkDefinition(element: CsdlElement, { report }: ContractScope): void {
  const type = attribute(element, "UnderlyingType");
  if (underlying.test(type.text)) return;
  const facts = { what: "a type definition", type: type.text, expected: "it stands for a primitive type" };
  report("bind/csdl-wrong-type", type.span, facts);
}

const modelElements: ReadonlySet<string> = new Set([
  ...["Action", "ActionImport", "Annotation", "Apply", "Cast", "Collection", "ComplexType", "EntityContainer"],
  ...["EntitySet", "EntityType", "EnumType", "Function", "FunctionImport", "If", "Include", "IsOf", "LabeledElement"],
  ...["Member", "NavigationProperty", "Null", "OnDelete", "Parameter", "Property", "PropertyValue", "Record"],
  ...["Reference", "ReferentialConstraint", "ReturnType", "Schema", "Singleton", "Term", "TypeDefinition", "UrlRef"],
]);

function checkTerm(declaration: Declaration, scope: ContractScope): void {
  const { element } = declaration;
  resolveType(attribute(element, "Type"), scope);
  readBoolean(element.attributes.get("Nullable"), true, scope.report);
  checkBaseTerm(declaration, scope);
  const written = element.attributes.get("AppliesTo");
  const wrong = (written?.text ?? "").split(/\s+/).find((word) => word !== "" && !modelElements.has(word));
  if (written === undefined || wrong === undefined) return;
  const expected = "an element of CSDL that annotations stand on";
  scope.report("bind/csdl-value", written.span, { value: wrong, expected }, { hint: didYouMean(wrong, modelElements) });
}

/** A base term is a term and does not lead back (CSDL 4.01, 14.1.1). */
function checkBaseTerm(declaration: Declaration, scope: ContractScope): void {
  const written = declaration.element.attributes.get("BaseTerm");
  const found = written && lookUp(written, scope.document, scope.declared);
  if (written === undefined || found === undefined || found.kind === "foreign") return;
  const problem = found.kind === "unknown" ? "is not declared" : termProblem(found.declaration, declaration, scope);
  if (problem === undefined) return;
  scope.report("bind/csdl-base-type", written.span, { type: declaration.name, base: written.text, problem });
}

function termProblem(base: Declaration, declaration: Declaration, scope: ContractScope): string | undefined {
  if (base.kind !== "Term") return `is ${described(base.kind)}, and the base of a term is a term`;
  const seen = new Set<Declaration>();
  for (let each: Declaration | undefined = base; each !== undefined && !seen.has(each); ) {
    if (each === declaration) return "derives from it in turn";
    if (seen.size >= basesMax) return `has ${basesMax} terms above it, and there may be no more`;
    seen.add(each);
    const found = lookUp(attribute(each.element, "BaseTerm"), scope.document, scope.declared);
    each = found.kind === "declared" ? found.declaration : undefined;
  }
  return undefined;
}
