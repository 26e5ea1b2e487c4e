/** What a built service needs beside its code: the package that it is, and a container image of it. */

import type { Program } from "../ir/program.ts";
import type { EmittedFile } from "./emitted.ts";
import { contractFile } from "./metadata.ts";
import { render, type Templates } from "./render.ts";
import { comment } from "./text.ts";

export interface PackageOptions {
  /** The exact version of libSQL's native store: all that must be installed. */
  readonly libsql: string;
  /** The file that stands beside `service.mjs`. */
  readonly wasm: string;
}

/** `package.json` and `Dockerfile` of a built folder. */
export function packageFiles(program: Program, templates: Templates, options: PackageOptions): readonly EmittedFile[] {
  const { libsql, wasm } = options;
  const file = comment(contractFile(program));
  return [
    {
      path: "package.json",
      text: render(templates, "package.json.hbs", {
        name: JSON.stringify(packageName(program.name)),
        libsql: JSON.stringify(libsql),
      }),
    },
    { path: "Dockerfile", text: render(templates, "Dockerfile.hbs", { file, wasm }) },
  ];
}

/** A name that npm takes. */
function packageName(name: string): string {
  const words = name
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, "-")
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  return [...(words ?? []), "service"].join("-").slice(0, 200);
}
