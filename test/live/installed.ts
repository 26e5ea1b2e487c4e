/** Installs a built folder's own dependencies, as npm would, from the packages of this checkout. */
import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./temperc.ts";

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Copies the packages that `package.json` names, and theirs, into `node_modules`; nothing else can be found from there. */
export function install(folder: string): void {
  const wanted = Object.keys(manifestOf(folder).dependencies ?? {});
  const installed = new Set<string>();
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    const from = join(root, "node_modules", name);
    if (installed.has(name) || !existsSync(from)) continue;
    installed.add(name);
    cpSync(from, join(folder, "node_modules", name), { recursive: true });
    const { dependencies, optionalDependencies } = manifestOf(from);
    wanted.push(...Object.keys(dependencies ?? {}), ...Object.keys(optionalDependencies ?? {}));
  }
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}
