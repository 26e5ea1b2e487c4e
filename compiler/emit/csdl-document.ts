/** Prints a CSDL document as it was read, all of it: what is read of the print is what was read before. */

import type { CsdlElement } from "../parse/csdl.ts";
import { csdlElements, type ElementRule, edmNamespace, edmxNamespace } from "../parse/csdl-grammar.ts";
import { printXml, type XmlNode } from "./xml-print.ts";

const namespaces = { "xmlns:edmx": edmxNamespace, xmlns: edmNamespace };

/** The document of that root element, as OData CSDL XML 4.01. */
export function csdlDocument(root: CsdlElement): string {
  return printXml(nodeOf(root));
}

function nodeOf(element: CsdlElement): XmlNode {
  const rule: ElementRule = csdlElements[element.kind];
  const written = Object.fromEntries([...element.attributes].map(([name, { text }]) => [name, text]));
  const children = element.children.map(nodeOf);
  const text = rule.text && element.text.text !== "" ? { text: element.text.text } : {};
  return {
    name: rule.edmx === true ? `edmx:${element.kind}` : element.kind,
    attributes: element.kind === "Edmx" ? { ...namespaces, ...written } : written,
    ...(children.length > 0 && { children }),
    ...(children.length === 0 && text),
  };
}
