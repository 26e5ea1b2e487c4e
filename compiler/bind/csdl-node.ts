/** Turns a CSDL element as it was read into plain data for the IR. */

import type { CsdlNode } from "../ir/csdl-node.ts";
import type { CsdlElement } from "../parse/csdl.ts";

/** The element with all that is in it; of the places only that of its name is kept. */
export function nodeOf({ kind, attributes, text, children, span }: CsdlElement): CsdlNode {
  const written = [...attributes].map(([name, value]): [string, string] => [name, value.text]);
  return {
    kind,
    attributes: Object.fromEntries(written),
    text: text.text,
    children: children.map(nodeOf),
    span,
  };
}
