/** What the service publishes about itself: CSDL in XML and in JSON, and OpenAPI. */

import type { Program } from "../ir/program.ts";
import { csdlJson } from "./csdl-json.ts";
import { csdlXml } from "./csdl-xml.ts";
import type { EmittedFile } from "./emitted.ts";
import { openApi } from "./openapi.ts";
import { render, type Templates } from "./render.ts";
import { comment, quoteLines } from "./text.ts";

/** `generated/metadata.ts`: the documents as they are, so that a change to one shows as a change of lines. */
export function metadataFile(program: Program, templates: Templates): EmittedFile {
  const text = render(templates, "metadata.ts.hbs", {
    file: comment(contractFile(program)),
    xml: quoteLines(csdlXml(program.contract.document())),
    json: quoteLines(csdlJson(program.contract.document())),
    openapi: quoteLines(openApi(program)),
  });
  return { path: "generated/metadata.ts", text };
}

/** The file that the contract is written in, or the automata that it was made from. */
export function contractFile({ contract, files }: Program): string {
  const ending = contract.synthesised ? ".ioa.toml" : ".csdl.xml";
  return files.flatMap(({ path }) => (path.endsWith(ending) ? [path] : [])).join(", ");
}
