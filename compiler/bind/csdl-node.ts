/** Turns a CSDL element as it was read into plain data for the IR. */

import type { CsdlNode } from "../ir/csdl-node.ts";
import type { CsdlElement } from "../parse/csdl.ts";

type Change = (element: CsdlElement, node: CsdlNode) => CsdlNode;

/** The element with all that is in it, each element changed by what is given; of the places only that of its name is kept. */
export function nodeOf(element: CsdlElement, change: Change = (_, node) => node): CsdlNode {
  const { kind, attributes, text, children, span } = element;
  const written = [...attributes].map(([name, value]): [string, string] => [name, value.text]);
  return change(element, {
    kind,
    attributes: Object.fromEntries(written),
    text: text.text,
    children: children.map((child) => nodeOf(child, change)),
    span,
  });
}
