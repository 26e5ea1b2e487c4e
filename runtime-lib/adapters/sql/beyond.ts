/** What a database refuses although the service's own limits let it through, in the words of those limits. */
import { BeyondStore, type Commit, type EntityCommit } from "../../ports/index.ts";
import { indexedTexts } from "./indexes.ts";
import type { Projection } from "./projection.ts";

/** A query that the database cannot parse or plan for its depth alone. */
export function nestsTooDeep(database: string, cause: Error): BeyondStore {
  const message = `the query nests deeper than ${database} takes, even within filterDepthMax: put fewer calls and parentheses within each other`;
  return new BeyondStore("$filter", message, { cause });
}

/** A commit with a text that no entry of an index has room for: the longest one that stands in an index. */
export function tooLongToIndex(
  commit: Commit,
  projectionOf: (entityType: string) => Projection,
  { database, bytesMax, cause }: { readonly database: string; readonly bytesMax: number; readonly cause: unknown },
): BeyondStore {
  const texts = [commit, ...(commit.also ?? [])].flatMap((part) => textsOf(part, projectionOf));
  const [longest] = texts.toSorted((one, other) => other.bytes - one.bytes);
  const { name = "a property", bytes = 0 } = longest ?? {};
  const size = bytesMax.toLocaleString("en");
  const message = `${name} has ${bytes.toLocaleString("en")} bytes and is indexed: an index of ${database} has room for ${size}`;
  return new BeyondStore(name, message, { cause });
}

function textsOf(
  { event, row }: EntityCommit,
  projectionOf: (entityType: string) => Projection,
): readonly { readonly name: string; readonly bytes: number }[] {
  const names = indexedTexts(projectionOf(event.entityType));
  return names.flatMap((name) => {
    const value = row?.[name];
    return typeof value === "string" ? [{ name, bytes: Buffer.byteLength(value) }] : [];
  });
}
