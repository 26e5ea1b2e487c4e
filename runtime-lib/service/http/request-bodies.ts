/** What requests carry besides their URL: a JSON body, and the key that makes a repeated write one write. */
import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import type { Failed, Write } from "../call.ts";
import { failed, invalid } from "../odata/failure.ts";
import { type Json, parseJson } from "../odata/json.ts";
import type { JsonReading } from "../odata/json-values.ts";
import { shown } from "../odata/literals.ts";
import { type Exchange, headerOf } from "./exchange.ts";

/** The `Idempotency-Key` with what it is for; the same key with another request is a mismatch. */
export function idempotencyOf({ headers, method, path, body }: Exchange): Write["idempotency"] | Failed {
  const key = headerOf(headers, "idempotency-key");
  if (key === undefined) return undefined;
  if (!/^[\x20-\x7e]{1,255}$/.test(key)) {
    return invalid("Idempotency-Key is 1 to 255 printable ASCII characters", "Idempotency-Key");
  }
  const hash = createHash("sha256").update(`${method} ${path}\n`);
  if (body !== undefined) hash.update(body);
  return { key, requestHash: hash.digest("hex") };
}

/** The body's value, which must be there. */
export function requiredBody(exchange: Exchange): Json | Failed {
  const json = parsedBody(exchange);
  return json === undefined ? failed("InvalidRequest", "the request has no JSON body") : json;
}

/** True where the body is JSON, or says nothing of itself. */
export function isJson({ headers }: Exchange): boolean {
  return /^application\/json\b/i.test(headerOf(headers, "content-type") ?? "application/json");
}

/** The body's value; undefined where there is none. */
export function parsedBody(exchange: Exchange): Json | undefined | Failed {
  const { body, headers, host } = exchange;
  if (body === undefined || body.length === 0) return undefined;
  const type = headerOf(headers, "content-type") ?? "application/json";
  if (!isJson(exchange)) {
    return failed("UnsupportedMediaType", `the body must be application/json, not ${shown(type)}`, "Content-Type");
  }
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(type)?.[1];
  if (charset !== undefined && !/^(?:utf-?8|us-ascii)$/i.test(charset)) {
    return failed("UnsupportedMediaType", `the body must be UTF-8, not ${shown(charset)}`, "Content-Type");
  }
  if (!isUtf8(body)) return failed("InvalidRequest", "the body is not UTF-8");
  return parseJson(body.toString("utf8"), host.limits);
}

/** How the `Content-Type` says that numbers are written. */
export function readingOf({ headers }: Exchange): JsonReading {
  const type = headerOf(headers, "content-type") ?? "";
  return { ieee754Compatible: /;\s*ieee754compatible\s*=\s*true/i.test(type) };
}
