/** The files that earlier versions had beside the behaviour files, and which of them are not needed any more. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Sidecars } from "../parse/older-triggers.ts";
import type { TextFile } from "../parse/toml.ts";
import { placesAt, valueAt } from "./expressions.ts";
import { type Layout, layoutOf } from "./layout.ts";

/** What they say, and how they are laid out. */
export interface Beside {
  readonly sidecars: Sidecars;
  readonly layouts: ReadonlyMap<string, Layout>;
}

/** What is wrong was told when the program was compiled. */
const quiet: Report = () => undefined;

export function besideOf(files: readonly TextFile[], sidecars: Sidecars): Beside {
  const layouts = files.filter(isBeside).flatMap((file) => {
    const layout = layoutOf(file, quiet);
    return layout === undefined ? [] : [[file.path, layout] as const];
  });
  return { sidecars, layouts: new Map(layouts) };
}

function isBeside({ path }: TextFile): boolean {
  return isReactions(path) || path === "integration.toml" || path.endsWith("/integration.toml");
}

function isReactions(path: string): boolean {
  return path.endsWith(".reactions.toml");
}

/** The files that say nothing that the behaviour files do not say now. An endpoint that nothing calls stays. */
export function unneeded({ sidecars, layouts }: Beside, behaviours: readonly TextFile[]): readonly string[] {
  const integrations = new Set(behaviours.flatMap(integrationNames));
  const isCalled = sidecars.endpoints.every((endpoint) => integrations.has(endpoint.get("name")?.value ?? ""));
  return [...layouts.keys()].filter((path) => isReactions(path) || isCalled);
}

function integrationNames(file: TextFile): readonly string[] {
  const root = layoutOf(file, quiet)?.root;
  return (root === undefined ? [] : placesAt(root, ["integration"])).flatMap(({ table }) => {
    const name = valueAt(table, "name");
    return name?.kind === "string" ? [name.value] : [];
  });
}
