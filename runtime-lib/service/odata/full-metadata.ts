/** What `odata.metadata=full` says besides: types, ids, and where an entity leads to (OData JSON format 4.01, section 3.1.2). */
import type { PropertyDescriptor, Values } from "../../kernel/index.ts";
import type { SetRoute } from "./routes.ts";
import type { Selection } from "./select.ts";

/** Of an entity, in front of its properties: its type, its id, and where it is changed; `url` is its own. */
export function entityControl({ type, namespace }: SetRoute, url: string): string {
  const own = { type: `#${namespace}.${type.name}`, id: url, editLink: url };
  return Object.entries(own)
    .map(([name, text]) => `"@odata.${name}":${JSON.stringify(text)}`)
    .join(",");
}

/** Those whose values JSON tells apart by itself. */
const evident: ReadonlySet<string> = new Set(["Edm.String", "Edm.Boolean", "Edm.Double"]);

/** The type as control information has it; undefined where the value says it. */
export function typeOf(property: PropertyDescriptor, namespace: string): string | undefined {
  const { type, enumName = "", collection, complexType } = property;
  if (complexType !== undefined) return `#${namespace}.${complexType}`;
  const name = type === "enum" ? `${namespace}.${enumName}` : type.slice("Edm.".length);
  if (collection) return `#Collection(${name})`;
  return evident.has(type) ? undefined : `#${name}`;
}

/** Of an entity, behind its properties: the navigation properties that can be followed, and what can be asked of it in its present status. */
export function linkControl(set: SetRoute, values: Values, url: string, select: Selection): readonly string[] {
  const { namespace, navigations, functions, possibleActions, type } = set;
  const isShown = (name: string): boolean => select === undefined || select.has(name);
  const status = type.statusProperty === undefined ? undefined : values[type.statusProperty];
  const operations = [
    ...(possibleActions.get(String(status)) ?? []),
    ...[...functions.values()].map(({ name }) => name),
  ];
  const ways = [...navigations.values()].filter(({ pairs }) => pairs.length > 0).map(({ name }) => name);
  return [
    ...ways
      .filter(isShown)
      .flatMap((name) => [
        `${JSON.stringify(`${name}@odata.associationLink`)}:${JSON.stringify(`${url}/${name}/$ref`)}`,
        `${JSON.stringify(`${name}@odata.navigationLink`)}:${JSON.stringify(`${url}/${name}`)}`,
      ]),
    ...[...new Set(operations)].filter(isShown).map((name) => {
      const operation = { title: name, target: `${url}/${namespace}.${name}` };
      return `${JSON.stringify(`#${namespace}.${name}`)}:${JSON.stringify(operation)}`;
    }),
  ];
}
