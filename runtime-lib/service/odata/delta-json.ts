/** Writes what has become of a set since, as OData JSON: changed entities, and those that left it. */
import { type Value, valuesOfId } from "../../kernel/index.ts";
import type { StoredRow } from "../../ports/index.ts";
import { contextOf, entityText, type JsonWriting, urlOfId } from "./entity-json.ts";
import type { SetRoute } from "./routes.ts";

export interface Removed {
  readonly key: NonNullable<Value>;
  readonly reason: "changed" | "deleted";
}

export interface Delta {
  readonly set: SetRoute;
  readonly present: readonly StoredRow[];
  readonly removed: readonly Removed[];
  /** Where to go on: now, or where this is all, some other day. */
  readonly link: string;
  readonly isLast: boolean;
}

/** The whole body (JSON format 4.01, section 15); clients of 4.0 get removed entities as that version has them. */
export function deltaBody(
  { set, present, removed, link, isLast }: Delta,
  writing: JsonWriting,
  isOld: boolean,
): string {
  const items = [
    ...present.map((row) => entityText(row, set, writing)),
    ...removed.map((each) => removedText(each, set, writing, isOld)),
  ];
  const context = writing.metadata === "none" ? "" : `"@odata.context":${contextOf(set, writing, "/$delta")},`;
  const rel = isLast ? "@odata.deltaLink" : "@odata.nextLink";
  return `{${context}"value":[${items.join(",")}],"${rel}":${JSON.stringify(link)}}`;
}

function removedText({ key, reason }: Removed, set: SetRoute, writing: JsonWriting, isOld: boolean): string {
  const url = urlOfId(writing.serviceRoot, set, String(key));
  const values = valuesOfId(set.type, String(key)) ?? {};
  const parts = set.keyParts.map(({ name }) => [name, values[name] ?? null]);
  if (!isOld) return JSON.stringify({ "@removed": { reason }, "@odata.id": url, ...Object.fromEntries(parts) });
  const context = `${writing.serviceRoot}$metadata#${set.name}/$deletedEntity`;
  return JSON.stringify({ "@odata.context": context, id: url, reason });
}
