/** What can be wrong with the data contract: the XML it is written in, the CSDL in it, and its ties to the automata. */

import { error, warning } from "./entry.ts";

const xmlCodes = {
  "parse/xml-syntax": error(
    (f: { problem: string }) => `malformed XML: ${f.problem}`,
    "an XML editor shows which tag is not closed",
  ),
  "parse/xml-dtd": error(
    (_: object) => "a document type definition (DTD) is refused",
    "remove <!DOCTYPE …>: CSDL needs none",
  ),
  "parse/xml-entity": error(
    (f: { reference: string }) => `unknown entity reference "${f.reference}"`,
    "only &lt; &gt; &amp; &quot; &apos; and numbers such as &#228; are known",
  ),
  "parse/xml-instruction": error(
    (f: { name: string }) => `the processing instruction "${f.name}" is refused`,
    "remove it: CSDL needs none",
  ),
  "parse/xml-encoding": error(
    (f: { encoding: string }) => `the file declares the encoding "${f.encoding}", but spec files are UTF-8`,
    "save the file as UTF-8, and declare that or nothing",
  ),
  "parse/xml-limit": error(
    (f: { what: string; max: number }) => `more than ${f.max} ${f.what}`,
    "split the document: a folder may hold several",
  ),
  "parse/xml-duplicate-attribute": error(
    (f: { attribute: string }) => `the attribute "${f.attribute}" stands twice`,
    "keep one of them",
  ),
  "parse/xml-undeclared-prefix": error(
    (f: { prefix: string }) => `the namespace prefix "${f.prefix}" is not declared`,
    (f) => `declare it: xmlns:${f.prefix}="…"`,
  ),
} as const;

const csdlCodes = {
  "parse/csdl-root": error(
    (f: { element: string; namespace: string }) =>
      `not an OData 4 document: the root element is "${f.element}" in ${f.namespace === "" ? "no namespace" : `the namespace "${f.namespace}"`}`,
  ),
  "parse/csdl-version": error(
    (f: { version: string }) => `OData version "${f.version}" is neither 4.0 nor 4.01`,
    'Version="4.01"',
  ),
  "parse/csdl-no-schema": error(
    (_: object) => "the document has no Schema",
    'add <Schema Namespace="…" xmlns="http://docs.oasis-open.org/odata/ns/edm"> to edmx:DataServices',
  ),
  "parse/csdl-namespace": error((f: { element: string; namespace: string }) =>
    f.namespace === ""
      ? `<${f.element}> is in no namespace`
      : `<${f.element}> is in the foreign namespace "${f.namespace}"`,
  ),
  "parse/csdl-unknown-element": error(
    (f: { element: string; parent: string }) => `CSDL has no element "${f.element}" in ${f.parent}`,
  ),
  "parse/csdl-unknown-attribute": error(
    (f: { element: string; attribute: string }) => `CSDL has no attribute "${f.attribute}" on ${f.element}`,
  ),
  "parse/csdl-missing-attribute": error(
    (f: { element: string; attribute: string }) => `<${f.element}> lacks the attribute "${f.attribute}"`,
    (f) => `add ${f.attribute}="…"`,
  ),
  "parse/csdl-text": error(
    (f: { element: string }) => `text where none belongs, in <${f.element}>`,
    "remove it; text for readers belongs in a comment <!-- … -->",
  ),
} as const;

const schemaCodes = {
  "bind/csdl-not-available-yet": error(
    (f: { construct: string }) => `${f.construct} is not available yet`,
    "use a name of letters from A to Z, digits and _",
  ),
  "bind/csdl-value": error(
    (f: { value: string; expected: string }) => `"${f.value}" is not ${f.expected}`,
    (f) => `write ${f.expected}`,
  ),
  "bind/csdl-alias": error(
    (f: { alias: string; problem: string }) => `the alias "${f.alias}" ${f.problem}`,
    "choose another alias, or write the namespace in full",
  ),
  "bind/csdl-invalid-name": error((f: { name: string }) => `${JSON.stringify(f.name)} is not a simple identifier`),
  "bind/csdl-reserved-name": error(
    (f: { name: string; why: string }) => `the name "${f.name}" is reserved: ${f.why}`,
    "choose another name",
  ),
  "bind/csdl-duplicate-name": error(
    (f: { what: string; name: string }) => `${f.what} "${f.name}" is declared twice`,
    "rename or remove one of the two",
  ),
  "bind/csdl-name-case": error(
    (f: { what: string; name: string; other: string }) =>
      `${f.what} "${f.name}" differs from "${f.other}" only by case`,
    "write both alike, or tell them apart by more than case",
  ),
  "bind/csdl-unknown-type": error(
    (f: { type: string }) => `there is no type "${f.type}"`,
    "write a type of Edm in full, such as Edm.String, and a declared one with its namespace",
  ),
  "bind/csdl-wrong-type": error(
    (f: { what: string; type: string; expected: string }) => `${f.what} cannot be of type "${f.type}": ${f.expected}`,
    "a Property is of a primitive, an enum or a complex type; entities are reached by a NavigationProperty and held by an EntitySet",
  ),
  "bind/csdl-base-type": error(
    (f: { type: string; base: string; problem: string }) =>
      `"${f.base}" cannot be the base of "${f.type}": it ${f.problem}`,
    (f) => `remove BaseType from "${f.type}", or name another type`,
  ),
  "bind/csdl-facet": error(
    (f: { facet: string; type: string }) => `${f.facet} does not apply to ${f.type}`,
    (f) => `remove ${f.facet}`,
  ),
  "bind/csdl-key": error(
    (f: { entity: string; problem: string }) => `the key of "${f.entity}" ${f.problem}`,
    "name properties that are of a primitive type and never null",
  ),
  "bind/csdl-enum": error(
    (f: { enum: string; problem: string }) => `enum "${f.enum}" ${f.problem}`,
    "give every Member a Value, or none of them; each name and number once",
  ),
  "bind/csdl-default-value": error(
    (f: { property: string; value: string; problem: string }) =>
      `"${f.value}" cannot be the default of "${f.property}": ${f.problem}`,
    "give a value of its type, or remove DefaultValue",
  ),
  "bind/csdl-unknown-property": error(
    (f: { entity: string; property: string }) => `entity type "${f.entity}" has no property "${f.property}"`,
    (f) => `declare it: <Property Name="${f.property}" Type="…"/>`,
  ),
  "bind/csdl-unknown-navigation": error(
    (f: { entity: string; navigation: string }) =>
      `entity type "${f.entity}" has no navigation property "${f.navigation}"`,
    (f) => `declare it: <NavigationProperty Name="${f.navigation}" Type="…"/>`,
  ),
  "bind/csdl-partner": error(
    (f: { navigation: string; partner: string; problem: string }) =>
      `"${f.partner}" cannot be the partner of "${f.navigation}": ${f.problem}`,
    "name the navigation property that leads back, or remove Partner",
  ),
  "bind/csdl-constraint": error(
    (f: { navigation: string; problem: string }) => `a referential constraint of "${f.navigation}" ${f.problem}`,
    "pair a property of this type with one of the other, of the same type",
  ),
  "bind/csdl-container": error(
    (f: { problem: string }) => f.problem,
    "one <EntityContainer> with an <EntitySet> for each type is what a service needs",
  ),
  "bind/csdl-unknown-set": error(
    (f: { set: string }) => `the container has no entity set "${f.set}"`,
    (f) => `declare it: <EntitySet Name="${f.set}" EntityType="…"/>`,
  ),
  "bind/csdl-binding-type": error(
    (f: { path: string; set: string; holds: string; wanted: string }) =>
      `"${f.path}" leads to "${f.wanted}", but the entity set "${f.set}" holds "${f.holds}"`,
    (f) => `bind it to a set of "${f.wanted}"`,
  ),
  "bind/csdl-unknown-operation": error(
    (f: { kind: string; operation: string }) => `there is no unbound ${f.kind} "${f.operation}"`,
    (f) => `declare "${f.operation}" as a ${f.kind} without IsBound`,
  ),
  "bind/csdl-operation": error(
    (f: { operation: string; problem: string }) => `"${f.operation}" ${f.problem}`,
    "a function has a ReturnType, and what is bound has the entity as its first parameter",
  ),
  "bind/csdl-annotation-target": error(
    (f: { target: string }) => `there is nothing called "${f.target}" to annotate`,
    "name it in full, such as Namespace.Type/Property",
  ),
  "bind/csdl-annotation-value": error(
    (f: { term: string; problem: string }) => `the annotation "${f.term}" ${f.problem}`,
    'give it one value: an attribute such as String="…", or one element',
  ),
  "bind/csdl-unknown-term": warning(
    (f: { term: string }) => `there is no term "${f.term}"`,
    "declare it with <Term>, or include its vocabulary with <edmx:Reference>",
  ),
  "bind/entity-without-set": warning(
    (f: { entity: string }) => `no entity set holds "${f.entity}", so no request can reach it`,
    (f) => `add <EntitySet Name="${f.entity}s" EntityType="…${f.entity}"/> to the container`,
  ),
} as const;

const tieCodes = {
  "bind/automaton-without-entity": error(
    (f: { automaton: string }) => `automaton "${f.automaton}" has no EntityType of its name`,
    (f) => `add <EntityType Name="${f.automaton}">`,
  ),
  "bind/status-type": error(
    (f: { entity: string; type: string }) =>
      `"Status" of "${f.entity}" is of type "${f.type}", but a status is Edm.String or an enum`,
    'Type="Edm.String"',
  ),
  "bind/status-members": error(
    (f: { enum: string; automaton: string; problem: string }) =>
      `enum "${f.enum}" and the statuses of automaton "${f.automaton}" differ: ${f.problem}`,
    "give both the same names",
  ),
  "bind/annotated-status": error(
    (f: { status: string; automaton: string }) =>
      `an annotation speaks of the status "${f.status}", which automaton "${f.automaton}" does not have`,
    "name a status of the automaton, or remove the annotation",
  ),
  "bind/annotated-otherwise": warning(
    (f: { what: string; says: string; automaton: string; has: string }) =>
      `the annotation of "${f.what}" says ${f.says}, but in automaton "${f.automaton}" it is ${f.has}`,
    "the automaton decides: write the same in the annotation, or remove it",
  ),
  "bind/variable-type": error(
    (f: { entity: string; property: string; type: string; expected: string }) =>
      `"${f.property}" of "${f.entity}" is of type "${f.type}", but the variable of its name needs "${f.expected}"`,
    (f) => `Type="${f.expected}"`,
  ),
  "bind/variable-nullable": warning(
    (f: { property: string }) =>
      `"${f.property}" may not be null in the CSDL, but a reference of the automaton can be without a value`,
    'remove Nullable="false"',
  ),
  "bind/action-not-in-automaton": error(
    (f: { action: string; automaton: string }) => `automaton "${f.automaton}" has no action "${f.action}"`,
    (f) => `add [[action]] with name = "${f.action}" to automaton "${f.automaton}"`,
  ),
  "bind/action-not-in-csdl": error(
    (f: { action: string; entity: string }) => `the CSDL has no action "${f.action}" bound to "${f.entity}"`,
  ),
  "bind/action-not-callable": error(
    (f: { action: string; automaton: string; kind: string }) =>
      `action "${f.action}" of automaton "${f.automaton}" is ${f.kind}, so no caller can ask for it`,
    (f) => `give it kind = "input" in automaton "${f.automaton}", or remove it from the CSDL`,
  ),
  "bind/action-without-automaton": error(
    (f: { action: string; entity: string }) =>
      `action "${f.action}" is bound to "${f.entity}", which has no automaton to carry it out`,
    (f) => `add a file with [automaton] name = "${f.entity}", or bind the action to another type`,
  ),
  "bind/parameter-not-in-automaton": error(
    (f: { action: string; parameter: string }) =>
      `action "${f.action}" of the automaton has no parameter "${f.parameter}"`,
    (f) => `declare it there: params = ["${f.parameter}"], or remove it here`,
  ),
  "bind/parameter-not-in-csdl": error(
    (f: { action: string; parameter: string }) =>
      `action "${f.action}" in the CSDL lacks the parameter "${f.parameter}"`,
    (f) => `add <Parameter Name="${f.parameter}" Type="…"/>`,
  ),
  "bind/parameter-type": error(
    (f: { action: string; parameter: string; type: string; expected: string }) =>
      `parameter "${f.parameter}" of "${f.action}" is of type "${f.type}", but the automaton's needs "${f.expected}"`,
    (f) => `Type="${f.expected}"`,
  ),
  "bind/parameter-nullable": warning(
    (f: { action: string; parameter: string; required: boolean }) =>
      f.required
        ? `parameter "${f.parameter}" of "${f.action}" may be null in the CSDL, but the automaton requires it`
        : `parameter "${f.parameter}" of "${f.action}" may not be null in the CSDL, but the automaton does not require it`,
    (f) => (f.required ? 'Nullable="false"' : 'remove Nullable="false", or declare the parameter as required'),
  ),
} as const;

export const contractCatalogue = { ...xmlCodes, ...csdlCodes, ...schemaCodes, ...tieCodes } as const;
