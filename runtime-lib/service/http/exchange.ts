/** One request being answered, and the answer: plain values between Fastify and the OData functions. */
import type { IncomingMessage } from "node:http";
import type { CallContext, Calls, Failed } from "../call.ts";
import { failed } from "../odata/failure.ts";
import type { JsonFormat, Preferences } from "../odata/formats.ts";
import type { ODataLimits } from "../odata/limits.ts";
import { shown } from "../odata/literals.ts";
import type { Options } from "../odata/options.ts";
import type { Routes } from "../odata/routes.ts";
import type { Actions, Functions } from "./functions.ts";

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
  readonly actions: Actions;
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
  readonly body: string | Buffer | undefined;
  readonly contentType?: string;
  readonly etag?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A header's value; where it is sent several times, all of them with commas (RFC 9110, section 5.3). */
export function headerOf(headers: RequestHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" || value === undefined ? value : value.join(", ");
}

/** What two parties must not read differently: who is calling, whom, and as what the body is to be taken. */
const single = new Set(["authorization", "host", "content-type", "x-tenant-id", "idempotency-key"]);

/** What is wrong with the headers of a request, whatever it asks for. */
export function wrongHeader({ rawHeaders, headers }: IncomingMessage): Failed | undefined {
  const twice = headerThereTwice(rawHeaders);
  if (twice !== undefined) {
    return failed("InvalidRequest", `the header ${twice} is there twice, and it is not clear which is meant`, twice);
  }
  const encoding = headers["content-encoding"];
  if (encoding === undefined || /^identity$/i.test(encoding)) return undefined;
  const message = `a body is taken as it is, not as ${shown(encoding)}: send it without Content-Encoding`;
  return failed("UnsupportedMediaType", message, "Content-Encoding");
}

/** The name of a header that only one may be there of, where there are two. By lengths first: this is on every request. */
function headerThereTwice(rawHeaders: readonly string[]): string | undefined {
  let lengths = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const bit = 1 << ((rawHeaders[index]?.length ?? 0) & 31);
    if ((lengths & bit) !== 0) return nameThereTwice(rawHeaders);
    lengths |= bit;
  }
  return undefined;
}

function nameThereTwice(rawHeaders: readonly string[]): string | undefined {
  const seen = new Set<string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? "";
    if (single.has(name) && seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}
