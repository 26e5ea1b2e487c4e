/** The entry of a built service. */

import type { Program } from "../ir/program.ts";
import type { EmittedFile } from "./emitted.ts";
import { contractFile } from "./metadata.ts";
import { render, type Templates } from "./render.ts";
import { comment } from "./text.ts";

/** `generated/main.ts`. The revision comes in when it is bundled, so that emitted text changes with the spec's meaning only. */
export function mainFile(program: Program, templates: Templates): EmittedFile {
  const text = render(templates, "main.ts.hbs", { file: comment(contractFile(program)) });
  return { path: "generated/main.ts", text };
}
