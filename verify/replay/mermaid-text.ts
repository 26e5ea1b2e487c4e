/** What every diagram holds to: how long it may be, and what may stand in it. */
import { visible } from "../print-value.ts";

/** Renderers give up on larger ones. */
export const stepsMax = 200;

/** Whatever the spec's names hold is text in the diagram: nothing ends a line or a label, links, or is markup. */
export function inDiagram(text: string): string {
  return visible(text).replace(/[^\p{L}\p{N} .,_()=+*/?!'-]/gu, (each) => `#${each.codePointAt(0)};`);
}
