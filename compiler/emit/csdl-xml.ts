/** Prints a CSDL document as XML, all of it: what is read of the print is what was read before. */

import type { CsdlNode } from "../ir/csdl-node.ts";
import { csdlElements, type ElementRule, edmNamespace, edmxNamespace, isCsdlKind } from "../parse/csdl-grammar.ts";
import { printXml, type XmlNode } from "./xml-print.ts";

const namespaces = { "xmlns:edmx": edmxNamespace, xmlns: edmNamespace };

/** The document of that root element, as OData CSDL XML 4.01. */
export function csdlXml(root: CsdlNode): string {
  return printXml(xmlOf(root));
}

function xmlOf({ kind, attributes, children, text }: CsdlNode): XmlNode {
  const rule: ElementRule | undefined = isCsdlKind(kind) ? csdlElements[kind] : undefined;
  return {
    name: rule?.edmx === true ? `edmx:${kind}` : kind,
    attributes: kind === "Edmx" ? { ...namespaces, ...attributes } : attributes,
    ...(children.length > 0 && { children: children.map(xmlOf) }),
    ...(children.length === 0 && text !== "" && { text }),
  };
}
