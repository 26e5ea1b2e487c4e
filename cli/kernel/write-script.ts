/** What the solver of level 0 is told, written from the templates that the package ships. */
import { proofScript } from "../../compiler/index.ts";
import type { WriteScript } from "../../verify/index.ts";
import { readTemplates } from "../package-root.ts";

export const writeScript: WriteScript = (script, holes) => proofScript(script, holes, readTemplates());
