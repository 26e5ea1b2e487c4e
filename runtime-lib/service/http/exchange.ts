/** One request being answered, and the answer: plain values between Fastify and the OData functions. */
import type { CallContext, Calls } from "../call.ts";
import type { JsonFormat, Preferences } from "../odata/formats.ts";
import type { ODataLimits } from "../odata/limits.ts";
import type { Options } from "../odata/options.ts";
import type { Routes } from "../odata/routes.ts";
import type { Functions } from "./functions.ts";

/** The names are in lower case, as Node gives them. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface Exchange {
  readonly method: string;
  /** The raw path behind the service root and the raw query, as sent. */
  readonly path: string;
  readonly query: string;
  readonly headers: RequestHeaders;
  readonly body: Buffer | undefined;
  readonly serviceRoot: string;
  readonly context: CallContext;
  /** The service's part: who answers, under which limits, and what the live revision is called. */
  readonly host: Host;
  /** In a batch: the paths that earlier requests came to, by those requests' ids. */
  readonly references?: ReadonlyMap<string, string>;
}

export interface Host {
  readonly service: Calls;
  readonly limits: ODataLimits;
  readonly functions: Functions;
}

/** What a request for a resource has been read to. */
export interface Asked {
  readonly exchange: Exchange;
  readonly routes: Routes;
  readonly options: Options;
  readonly format: JsonFormat;
  readonly preferences: Preferences;
}

/** The headers that most replies have are fields of their own: copying objects per reply can be measured. */
export interface Reply {
  readonly status: number;
  readonly body: string | undefined;
  readonly contentType?: string;
  readonly etag?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A header's value; where it is sent several times, all of them with commas (RFC 9110, section 5.3). */
export function headerOf(headers: RequestHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" || value === undefined ? value : value.join(", ");
}
