/** Where in the spec something stands, as `file:line`. */

import type { Span } from "../diagnostics/span.ts";
import type { Program } from "../ir/program.ts";

/** `order.ioa.toml:41`, with the line counted from 1. */
export function sourceOf({ files }: Program, { file, start }: Span): string {
  const starts = files.find(({ path }) => path === file)?.lineStarts ?? [0];
  return `${file}:${starts.findLastIndex((each) => each <= start) + 1}`;
}
