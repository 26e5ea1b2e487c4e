/** Reads `Accept`: how much a caller wants which media type (RFC 9110, 12.5.1). */

/** How much a media type is wanted. */
export interface Acceptance {
  /** Above 0, and 1 at most. */
  readonly weight: number;
  /** Where in the header it is named; of two types that are wanted alike, the one named first is meant. */
  readonly place: number;
  /** What the range says of it besides its weight: `odata.metadata=none`. */
  readonly parameters: readonly string[];
}

interface Range extends Acceptance {
  readonly type: string;
}

/** What the header says of a media type; undefined where it is not acceptable. A range that names more of it counts more: `q=0` excludes. */
export function acceptanceOf(mediaType: string, accept: string): Acceptance | undefined {
  const [own = ""] = mediaType.toLowerCase().split(";");
  const ranges = accept.split(",").map(readRange);
  for (const type of [own, `${own.split("/")[0]}/*`, "*/*"]) {
    const [best] = ranges.filter((range) => range.type === type).sort((one, other) => other.weight - one.weight);
    if (best !== undefined) return best.weight > 0 ? best : undefined;
  }
  return undefined;
}

function readRange(text: string, place: number): Range {
  const [type = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const weight = parameters.find((each) => each.startsWith("q="))?.slice("q=".length) ?? "1";
  return { type, parameters, place, weight: Math.min(1, Number(weight) || 0) };
}
