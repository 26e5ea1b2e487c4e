/** An element of a CSDL document as plain data: all that a document says, whether or not the service acts on it. */

import type { Span } from "../diagnostics/span.ts";

export interface CsdlNode {
  /** The element's name in CSDL XML: `EntityType`, `Annotation`, … */
  readonly kind: string;
  /** In the order in which they were written. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Its character data; empty but for the elements that are values. */
  readonly text: string;
  readonly children: readonly CsdlNode[];
  readonly span: Span;
}
