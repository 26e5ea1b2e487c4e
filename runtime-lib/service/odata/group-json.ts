/** Writes the groups of an `$apply` as OData JSON: objects without identity, paths as objects within objects. */
import type { StoredRow } from "../../ports/index.ts";
import { type JsonWriting, valueText } from "./entity-json.ts";
import type { Column, SetRoute } from "./routes.ts";

/** One page of groups as a whole reply body. */
export function groupsBody(
  rows: readonly StoredRow[],
  set: SetRoute,
  writing: JsonWriting,
  page: { readonly count?: number | undefined; readonly nextLink?: string | undefined },
): string {
  const shown = set.columns.filter(({ property }) => writing.select?.has(property.name) ?? true);
  const tree = treeOf(shown);
  const context = `${writing.serviceRoot}$metadata#${writing.collection ?? set.name}(${contextList(tree)})`;
  const members = [
    ...(writing.metadata === "none" ? [] : [`"@odata.context":${JSON.stringify(context)}`]),
    ...(page.count === undefined
      ? []
      : [`"@odata.count":${writing.ieee754Compatible ? `"${page.count}"` : page.count}`]),
    `"value":[${rows.map((row) => groupText(tree, row, writing)).join(",")}]`,
    ...(page.nextLink === undefined ? [] : [`"@odata.nextLink":${JSON.stringify(page.nextLink)}`]),
  ];
  return `{${members.join(",")}}`;
}

/** A group is no entity, and where everything is said, so is that. */
function groupText(tree: Tree, row: StoredRow, writing: JsonWriting): string {
  const text = objectText(tree, row, writing);
  if (writing.metadata !== "full") return text;
  return `{"@odata.id":null${text === "{}" ? "" : ","}${text.slice(1)}`;
}

interface Tree {
  readonly within: Map<string, Tree | Column>;
}

function treeOf(columns: readonly Column[]): Tree {
  const root: Tree = { within: new Map() };
  for (const column of columns) {
    const names = column.property.name.split("/");
    let place = root;
    for (const name of names.slice(0, -1)) {
      const present = place.within.get(name);
      const next: Tree = present !== undefined && "within" in present ? present : { within: new Map() };
      place.within.set(name, next);
      place = next;
    }
    place.within.set(names.at(-1) ?? "", column);
  }
  return root;
}

function contextList({ within }: Tree): string {
  return [...within].map(([name, each]) => ("within" in each ? `${name}(${contextList(each)})` : name)).join(",");
}

function objectText({ within }: Tree, row: StoredRow, writing: JsonWriting): string {
  const members = [...within].map(([name, each]) => {
    const value =
      "within" in each
        ? objectText(each, row, writing)
        : valueText(row.values[each.property.name], each.property, writing);
    return `${JSON.stringify(name)}:${value}`;
  });
  return `{${members.join(",")}}`;
}
