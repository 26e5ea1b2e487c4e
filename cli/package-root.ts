/** What lies beside the code in the package: its manifest, its templates and the starter spec. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the package: above `cli/` of the sources, above `dist/cli/` of what is published. */
export const packageRoot = rootAbove(dirname(fileURLToPath(import.meta.url)));

function rootAbove(cli: string): string {
  const above = dirname(cli);
  return basename(above) === "dist" ? dirname(above) : above;
}

/** The version of temperc, from its `package.json`. */
export function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8"));
  const found = typeof manifest === "object" && manifest !== null && "version" in manifest ? manifest.version : "";
  return String(found);
}

/** Every template, by file name. Read once a process: a live host emits again and again. */
export function readTemplates(): Readonly<Record<string, string>> {
  templates ??= Object.fromEntries(templateFiles().map((name) => [name, readTemplate(name)]));
  return templates;
}

let templates: Readonly<Record<string, string>> | undefined;

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
