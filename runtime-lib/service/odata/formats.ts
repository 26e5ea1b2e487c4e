/** What the caller wants the answer to look like: `$format`, `Accept`, `Prefer` and the OData version (4.01 part 1, 8). */
import type { Failed } from "../call.ts";
import { type Acceptance, acceptanceOf } from "./accept.ts";
import { failed } from "./failure.ts";
import { shown } from "./literals.ts";

export interface JsonFormat {
  readonly metadata: "minimal" | "none" | "full";
  readonly ieee754Compatible: boolean;
}

export const plainJson: JsonFormat = { metadata: "minimal", ieee754Compatible: false };

/** The media type that a reply in that format has. */
export function contentTypeOf(format: JsonFormat): string {
  if (format === plainJson) return "application/json;odata.metadata=minimal;charset=utf-8";
  const wide = format.ieee754Compatible ? ";IEEE754Compatible=true" : "";
  return `application/json;odata.metadata=${format.metadata}${wide};charset=utf-8`;
}

/** The JSON that `$format` or else `Accept` asks for; 406 where neither leaves room for JSON. */
export function jsonFormat(format: string | undefined, accept: string | undefined): JsonFormat | Failed {
  if (format !== undefined) return formatOption(format);
  if (accept === undefined || accept === "*/*" || accept === "application/json") return plainJson;
  const wanted = acceptanceOf("application/json", accept);
  if (wanted !== undefined) return jsonParameters(wanted.parameters);
  // Who wants errors as problem documents, and says no more, takes what there is.
  if (accept.includes("application/problem+json")) return plainJson;
  return failed("NotAcceptable", "this resource is available as application/json only", "Accept");
}

function formatOption(format: string): JsonFormat | Failed {
  const [type = "", ...parameters] = format.split(";").map((part) => part.trim().toLowerCase());
  if (type === "json" || type === "application/json") return jsonParameters(parameters);
  return failed("NotAcceptable", `$format is ${shown(format)}, and this resource is available as json only`, "$format");
}

function jsonParameters(parameters: readonly string[]): JsonFormat | Failed {
  let result = plainJson;
  for (const parameter of parameters) {
    const [name = "", value = ""] = parameter.split("=");
    if (name === "ieee754compatible") result = { ...result, ieee754Compatible: value === "true" };
    if (name !== "odata.metadata" && name !== "metadata") continue;
    if (value === "none" || value === "full") result = { ...result, metadata: value };
  }
  return result;
}

/** The format of `$metadata`: XML unless JSON is wanted more, or as much and named before it. */
export function metadataFormat(format: string | undefined, accept: string | undefined): "xml" | "json" | Failed {
  if (format !== undefined) {
    const [type = ""] = format.toLowerCase().split(";");
    if (type === "xml" || type === "application/xml") return "xml";
    if (type === "json" || type === "application/json") return "json";
    return failed("NotAcceptable", `$format is ${shown(format)}; $metadata is available as xml and json`, "$format");
  }
  const xml = acceptanceOf("application/xml", accept ?? "*/*");
  const json = acceptanceOf("application/json", accept ?? "*/*");
  if (xml !== undefined && (json === undefined || !isRather(json, xml))) return "xml";
  if (json !== undefined) return "json";
  return failed("NotAcceptable", "$metadata is available as application/xml and application/json", "Accept");
}

function isRather(one: Acceptance, other: Acceptance): boolean {
  return one.weight === other.weight ? one.place < other.place : one.weight > other.weight;
}

export interface Preferences {
  readonly return: "representation" | "minimal" | undefined;
  readonly pageSize: number | undefined;
  readonly annotations: boolean;
  /** In a batch, the requests behind one that fails are done all the same. */
  readonly continueOnError: boolean;
  /** The answer ends in a link to what happens to it from then on. */
  readonly trackChanges: boolean;
}

const noPreferences: Preferences = {
  return: undefined,
  pageSize: undefined,
  annotations: false,
  continueOnError: false,
  trackChanges: false,
};

/** The preferences that this service honours (RFC 7240); the others may be passed over, as preferences may. */
export function readPreferences(header: string | undefined): Preferences {
  if (header === undefined) return noPreferences;
  const minimal = /(?:^|[,;\s])return\s*=\s*(minimal|representation)/i.exec(header)?.[1]?.toLowerCase();
  const size = /(?:^|[,;\s])(?:odata\.)?maxpagesize\s*=\s*"?(\d{1,9})"?/i.exec(header)?.[1];
  const wanted = /(?:^|[,;\s])(?:odata\.)?include-annotations\s*=\s*"([^"]*)"/i.exec(header)?.[1] ?? "";
  return {
    return: minimal === "minimal" || minimal === "representation" ? minimal : undefined,
    pageSize: size === undefined || Number(size) === 0 ? undefined : Number(size),
    continueOnError: /(?:^|[,;\s])(?:odata\.)?continue-on-error(?:\s*=\s*"?true"?)?\s*(?:[,;]|$)/i.test(header),
    trackChanges: /(?:^|[,;\s])(?:odata\.)?track-changes\s*(?:[,;]|$)/i.test(header),
    annotations: wanted.split(",").some((each) => /^(?:\*|Temper\.\*)$/.test(each.trim())),
  };
}

/** The version to answer in, or a refusal of one that this service does not speak. */
export function negotiatedVersion(version: string | undefined, max: string | undefined): "4.0" | "4.01" | Failed {
  if (version === undefined && max === undefined) return "4.01";
  if (version !== undefined && version !== "4.0" && version !== "4.01") {
    return failed(
      "InvalidRequest",
      `OData-Version is ${shown(version)}; this service speaks 4.0 and 4.01`,
      "OData-Version",
    );
  }
  const most = max === undefined ? 4.01 : Number(max);
  if (Number.isNaN(most) || most < 4) {
    return failed(
      "InvalidRequest",
      `OData-MaxVersion is ${shown(max ?? "")}; the least here is 4.0`,
      "OData-MaxVersion",
    );
  }
  return most < 4.01 ? "4.0" : "4.01";
}
