/** Reads a `.csdl.xml` file into CSDL elements with spans: the vocabulary is checked here, the meaning in `bind`. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { Span } from "../diagnostics/span.ts";
import {
  type CsdlKind,
  csdlElements,
  type ElementRule,
  edmNamespace,
  edmxNamespace,
  isCsdlKind,
} from "./csdl-grammar.ts";
import { parseXml, type XmlAttribute, type XmlElement, type XmlFile } from "./xml.ts";

/** Text with the place where it stands. */
export interface Located {
  readonly text: string;
  readonly span: Span;
}

/** The value of an attribute, and where its name stands. */
export interface LocatedAttribute extends Located {
  readonly nameSpan: Span;
}

export interface CsdlElement {
  readonly kind: CsdlKind;
  /** Its attributes by name; those that the grammar requires are there. */
  readonly attributes: ReadonlyMap<string, LocatedAttribute>;
  readonly children: readonly CsdlElement[];
  /** Its character data; empty but for the elements that are values. */
  readonly text: Located;
  /** Where its name stands in its start tag. */
  readonly span: Span;
}

/** One document as written. */
export interface CsdlSyntax {
  readonly path: string;
  readonly root: CsdlElement;
  readonly references: readonly CsdlElement[];
  readonly schemas: readonly CsdlElement[];
  /** Names that were declared by elements that are unknown or incomplete, and so are left out. */
  readonly dropped: readonly string[];
}

/**
 * The document, or undefined when it is no OData 4 document at all. Reports `parse/xml-…` and `parse/csdl-…`;
 * an element that does not belong is left out. Follows OData CSDL XML 4.01.
 */
export function parseContract(file: XmlFile, report: Report): CsdlSyntax | undefined {
  const root = parseXml(file, report);
  if (root === undefined || !isEdmx(root, report)) return undefined;
  const reading: Reading = { report, dropped: [] };
  const edmx = readElement(root, "Edmx", reading);
  if (edmx === undefined || !hasVersion4(edmx, report)) return undefined;
  const schemas = childrenOf(edmx, "DataServices").flatMap((services) => childrenOf(services, "Schema"));
  const { dropped } = reading;
  if (schemas.length > 0) {
    return { path: file.path, root: edmx, references: childrenOf(edmx, "Reference"), schemas, dropped };
  }
  if (dropped.length === 0) report("parse/csdl-no-schema", edmx.span, {});
  return undefined;
}

/** The children of one kind, in document order. */
export function childrenOf(parent: CsdlElement, kind: CsdlKind): readonly CsdlElement[] {
  return parent.children.filter((child) => child.kind === kind);
}

function isEdmx(root: XmlElement, report: Report): boolean {
  if (root.local === "Edmx" && root.namespace === edmxNamespace) return true;
  const hint = root.namespace.includes("schemas.microsoft.com/ado")
    ? `this is OData 3 or older; OData 4 uses the namespace "${edmxNamespace}"`
    : `the root element is <edmx:Edmx xmlns:edmx="${edmxNamespace}" Version="4.01">`;
  report("parse/csdl-root", root.nameSpan, { element: root.local, namespace: root.namespace }, { hint });
  return false;
}

function hasVersion4(edmx: CsdlElement, report: Report): boolean {
  const version = edmx.attributes.get("Version");
  if (version === undefined) return false;
  if (version.text === "4.0" || version.text === "4.01") return true;
  report("parse/csdl-version", version.span, { version: version.text });
  return false;
}

interface Reading {
  readonly report: Report;
  readonly dropped: string[];
}

function readElement(xml: XmlElement, kind: CsdlKind, reading: Reading): CsdlElement | undefined {
  const rule: ElementRule = csdlElements[kind];
  const attributes = readAttributes(xml, kind, reading);
  const missing = rule.required.filter((name) => !attributes.has(name));
  for (const attribute of missing) {
    reading.report("parse/csdl-missing-attribute", xml.nameSpan, { element: kind, attribute });
  }
  if (xml.textSpan !== undefined && !rule.text) {
    reading.report("parse/csdl-text", xml.textSpan, { element: kind });
  }
  const children = xml.children.flatMap((child) => readChild(child, kind, reading));
  const isBlank = !rule.text || (children.length > 0 && xml.textSpan === undefined);
  const text = { text: isBlank ? "" : xml.text, span: xml.textSpan ?? xml.nameSpan };
  if (missing.length === 0) return { kind, attributes, children, text, span: xml.nameSpan };
  reading.dropped.push(nameOf(xml) ?? kind);
  return undefined;
}

function nameOf(xml: XmlElement): string | undefined {
  return xml.attributes.find((attribute) => attribute.local === "Name")?.value;
}

function readAttributes(xml: XmlElement, kind: CsdlKind, { report }: Reading): ReadonlyMap<string, LocatedAttribute> {
  const rule: ElementRule = csdlElements[kind];
  const known = [...rule.required, ...rule.optional];
  const attributes = new Map<string, LocatedAttribute>();
  for (const attribute of xml.attributes) {
    const { local: name, value: text, valueSpan: span, nameSpan } = attribute;
    if (attribute.namespace === "" && known.includes(name)) attributes.set(name, { text, span, nameSpan });
    else reportUnknownAttribute(attribute, kind, report);
  }
  return attributes;
}

function reportUnknownAttribute(attribute: XmlAttribute, kind: CsdlKind, report: Report): void {
  const rule: ElementRule = csdlElements[kind];
  const hint = didYouMean(attribute.local, [...rule.required, ...rule.optional]);
  report("parse/csdl-unknown-attribute", attribute.nameSpan, { element: kind, attribute: attribute.local }, { hint });
}

function readChild(xml: XmlElement, parent: CsdlKind, reading: Reading): readonly CsdlElement[] {
  const rule: ElementRule = csdlElements[parent];
  const kind = rule.children.find((name) => name === xml.local);
  if (kind !== undefined && isCsdlKind(kind) && xml.namespace === namespaceOf(kind)) {
    const element = readElement(xml, kind, reading);
    return element === undefined ? [] : [element];
  }
  reportUnknownElement(xml, parent, reading.report);
  reading.dropped.push(nameOf(xml) ?? xml.local);
  return [];
}

function reportUnknownElement(xml: XmlElement, parent: CsdlKind, report: Report): void {
  const rule: ElementRule = csdlElements[parent];
  const expected = rule.children.find((name) => name === xml.local);
  if (expected !== undefined && isCsdlKind(expected)) {
    const hint = `<${expected}> belongs to the namespace "${namespaceOf(expected)}"`;
    report("parse/csdl-namespace", xml.nameSpan, { element: xml.local, namespace: xml.namespace }, { hint });
    return;
  }
  const hint = didYouMean(xml.local, rule.children);
  report("parse/csdl-unknown-element", xml.nameSpan, { element: xml.local, parent }, { hint });
}

function namespaceOf(kind: CsdlKind): string {
  const rule: ElementRule = csdlElements[kind];
  return rule.edmx === true ? edmxNamespace : edmNamespace;
}
