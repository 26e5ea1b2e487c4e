/** The system query options of a request: known names in any case and with or without `$`; everything else is refused. */
import type { Failed } from "../call.ts";
import { failed, isFailed, notImplemented } from "./failure.ts";
import { shown } from "./literals.ts";
import { queryOptions } from "./url.ts";

export type OptionName =
  | "filter"
  | "select"
  | "orderby"
  | "top"
  | "skip"
  | "count"
  | "expand"
  | "search"
  | "apply"
  | "compute"
  | "format"
  | "skiptoken"
  | "deltatoken"
  | "id";

export interface Options {
  readonly system: ReadonlyMap<OptionName, string>;
  /** Parameter aliases, by name with the `@`. */
  readonly aliases: ReadonlyMap<string, string>;
  /** Names that are neither: only a function's implicit parameters may be. */
  readonly custom: ReadonlyMap<string, string>;
}

const known: Readonly<Record<OptionName, true>> = {
  filter: true,
  select: true,
  orderby: true,
  top: true,
  skip: true,
  count: true,
  expand: true,
  search: true,
  apply: true,
  compute: true,
  format: true,
  skiptoken: true,
  deltatoken: true,
  id: true,
};

const later = new Set(["levels", "index", "schemaversion"]);

export const noOptions: Options = { system: new Map(), aliases: new Map(), custom: new Map() };

function isKnown(name: string): name is OptionName {
  return Object.hasOwn(known, name);
}

/** The options of a query string; 501 for what OData has and this service has not, 400 for what nobody knows. */
export function readOptions(query: string): Options | Failed {
  if (query === "") return noOptions;
  const listed = queryOptions(query);
  if (isFailed(listed)) return listed;
  const system = new Map<OptionName, string>();
  const aliases = new Map<string, string>();
  const custom = new Map<string, string>();
  for (const { name, value } of listed) {
    const bare = (name.startsWith("$") ? name.slice(1) : name).toLowerCase();
    const repeated = failed("InvalidRequest", `the query option ${shown(name)} is given twice`, name);
    if (isKnown(bare)) {
      if (system.has(bare)) return repeated;
      system.set(bare, value);
    } else if (later.has(bare)) {
      return notImplemented(`the query option $${bare}`, `$${bare}`);
    } else if (name.startsWith("$")) {
      return failed("InvalidRequest", `there is no query option ${shown(name)}`, name);
    } else {
      const group = name.startsWith("@") ? aliases : custom;
      if (group.has(name)) return repeated;
      group.set(name, value);
    }
  }
  return { system, aliases, custom };
}

/** Refuses what has no meaning for the resource: an option is never passed over in silence. */
export function onlyOptions(options: Options, allowed: readonly OptionName[], resource: string): Failed | undefined {
  for (const name of options.system.keys()) {
    if (!allowed.includes(name)) {
      return failed("InvalidRequest", `the query option $${name} does not apply to ${resource}`, `$${name}`);
    }
  }
  const [other] = options.custom.keys();
  if (other === undefined) return undefined;
  return failed("InvalidRequest", `there is no query option ${shown(other)}`, other);
}
