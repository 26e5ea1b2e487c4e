/** What lies beside the code in the package: its manifest, its templates and the starter spec. */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Templates } from "../compiler/index.ts";

const above = dirname(dirname(fileURLToPath(import.meta.url)));
const isBuilt = basename(above) === "dist";

/** The folder of the package: above `cli/` of the sources, above `dist/cli/` of what is published. */
export const packageRoot = isBuilt ? dirname(above) : above;

/** The version of temperc, from its `package.json`. */
export function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8"));
  const found = typeof manifest === "object" && manifest !== null && "version" in manifest ? manifest.version : "";
  return String(found);
}

/** Every template, by file name. Read once a process: a live host emits again and again. */
export function readTemplates(): Templates {
  templates ??= isBuilt
    ? builtTemplates()
    : Object.fromEntries(templateFiles().map((name) => [name, readTemplate(name)]));
  return templates;
}

let templates: Templates | undefined;

/** The build has compiled them, which takes longer than to fill them. */
function builtTemplates(): Templates {
  return createRequire(import.meta.url)(join(packageRoot, "dist/templates.cjs"));
}

function templateFiles(): readonly string[] {
  return readdirSync(join(packageRoot, "templates"))
    .filter((name) => name.endsWith(".hbs"))
    .sort();
}

function readTemplate(name: string): string {
  return readFileSync(join(packageRoot, "templates", name), "utf8");
}

/** The files of the spec that `temperc init` writes, by name. */
export function readStarter(): Readonly<Record<string, string>> {
  const folder = join(packageRoot, "templates/starter");
  const names = readdirSync(folder).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}
