/** Reads and writes batches as `multipart/mixed` (OData 4.01 part 1, section 11.7.7; RFC 2046, RFC 9112). */

import { named } from "../../../kernel/index.ts";
import type { Failed } from "../../call.ts";
import { failed, isFailed } from "../../odata/failure.ts";
import { shown } from "../../odata/literals.ts";
import type { Reply, RequestHeaders } from "../exchange.ts";
import { messageOf } from "../outgoing.ts";
import type { BatchItem, BatchLimits, BatchRequest } from "./batch-request.ts";

interface Part {
  readonly headers: ReadonlyMap<string, string>;
  /** One character a byte. */
  readonly body: string;
}

/** The items of a multipart body, or what is wrong and in which part. */
export function readMultipart(body: Buffer, contentType: string, limits: BatchLimits): readonly BatchItem[] | Failed {
  const parts = partsOf(body.toString("latin1"), contentType, "the body");
  if (isFailed(parts)) return parts;
  const items: BatchItem[] = [];
  let left = limits.batchRequestsMax;
  for (const [index, part] of parts.entries()) {
    const item = itemOf(part, `part ${index + 1}`);
    if (isFailed(item)) return item;
    left -= item.kind === "single" ? 1 : item.requests.length;
    if (left < 0) return tooMany(limits);
    items.push(item);
  }
  return items;
}

/** A batch of more requests than one may have. */
export function tooMany({ batchRequestsMax }: BatchLimits): Failed {
  return failed("InvalidRequest", `the batch has more than ${batchRequestsMax} requests (batchRequestsMax)`);
}

function wrong(place: string, what: string): Failed {
  return failed("InvalidRequest", `${place}: ${what}`, place);
}

function itemOf(part: Part, place: string): BatchItem | Failed {
  const type = part.headers.get("content-type") ?? "";
  if (/^application\/http\b/i.test(type)) {
    const request = requestOf(part, place);
    return isFailed(request) ? request : { kind: "single", request };
  }
  if (!/^multipart\/mixed\b/i.test(type))
    return wrong(place, "its Content-Type is neither application/http nor multipart/mixed");
  const parts = partsOf(part.body, type, place);
  if (isFailed(parts)) return parts;
  const requests: BatchRequest[] = [];
  for (const [index, inner] of parts.entries()) {
    const within = `${place}.${index + 1}`;
    if (!/^application\/http\b/i.test(inner.headers.get("content-type") ?? "")) {
      return wrong(within, "a change set has requests of Content-Type application/http only");
    }
    const request = requestOf(inner, within);
    if (isFailed(request)) return request;
    requests.push(request);
  }
  return { kind: "group", name: undefined, requests };
}

/** The parts between the boundaries; what stands before the first and behind the last is nobody's. */
function partsOf(text: string, contentType: string, place: string): readonly Part[] | Failed {
  const [, quoted, plain] = /;\s*boundary\s*=\s*(?:"([^"]*)"|([^\s;]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain ?? "";
  if (!/^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/.test(boundary))
    return wrong(place, "its Content-Type has no usable boundary");
  const delimiter = `--${boundary}`;
  const parts: Part[] = [];
  let start: number | undefined;
  for (let at = 0; at >= 0 && at <= text.length; at = nextLine(text, at)) {
    if (!text.startsWith(delimiter, at)) continue;
    const line = lineAt(text, at + delimiter.length);
    if (!/^(?:--)?[ \t]*$/.test(line)) continue;
    if (start !== undefined) {
      const part = partOf(text.slice(start, at).replace(/\r?\n$/, ""), `${place}, part ${parts.length + 1}`);
      if (isFailed(part)) return part;
      parts.push(part);
    }
    if (line.startsWith("--")) return parts;
    start = nextLine(text, at);
    if (start < 0) break;
  }
  return wrong(place, start === undefined ? "the boundary never comes" : "the closing boundary is missing");
}

/** Where the next line begins; −1 where there is none. */
function nextLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? -1 : end + 1;
}

function lineAt(text: string, at: number): string {
  const end = text.indexOf("\n", at);
  return text.slice(at, end < 0 ? undefined : end).replace(/\r$/, "");
}

function partOf(text: string, place: string): Part | Failed {
  const head = headersAt(text, 0, place);
  return isFailed(head) ? head : { headers: head.headers, body: text.slice(head.end) };
}

const listed = new Set(["accept", "prefer"]);

/** The header lines up to the empty one. A header that is there twice is refused, but for those that are lists. */
function headersAt(
  text: string,
  from: number,
  place: string,
): { readonly headers: ReadonlyMap<string, string>; readonly end: number } | Failed {
  const headers = new Map<string, string>();
  for (let at = from; ; ) {
    if (at < 0 || at >= text.length) return { headers, end: text.length };
    const line = lineAt(text, at);
    at = nextLine(text, at);
    if (line === "") return { headers, end: at < 0 ? text.length : at };
    const [, name = "", value = ""] = /^([!#$%&'*+.^`|~\w-]+):[ \t]*([^\r\0]*?)[ \t]*$/.exec(line) ?? [];
    if (name === "") return wrong(place, `${shown(line)} is not a header`);
    const key = name.toLowerCase();
    const earlier = headers.get(key);
    if (earlier !== undefined && !listed.has(key)) return wrong(place, `the header ${shown(name)} is there twice`);
    headers.set(key, earlier === undefined ? value : `${earlier}, ${value}`);
  }
}

function requestOf({ headers: outer, body: text }: Part, place: string): BatchRequest | Failed {
  const start = /^[\r\n]*/.exec(text)?.[0].length ?? 0;
  const line = lineAt(text, start);
  const [, method = "", raw = ""] = /^([A-Za-z]+) +(\S.*?) +HTTP\/\d\.\d$/.exec(line.trimEnd()) ?? [];
  if (method === "") return wrong(place, `${shown(line)} is not a request line such as GET Orders HTTP/1.1`);
  const next = nextLine(text, start);
  const head = headersAt(text, next < 0 ? text.length : next, place);
  if (isFailed(head)) return head;
  const body = bodyOf(text.slice(head.end), head.headers.get("content-length"), place);
  if (isFailed(body)) return body;
  const id = outer.get("content-id") ?? head.headers.get("content-id");
  return {
    id,
    place,
    method: method.toUpperCase(),
    url: Buffer.from(raw, "latin1").toString("utf8"),
    headers: objectOf(head.headers),
    body,
    dependsOn: [],
  };
}

function bodyOf(text: string, length: string | undefined, place: string): Buffer | undefined | Failed {
  if (length === undefined) return text.trim() === "" ? undefined : Buffer.from(text, "latin1");
  if (!/^\d{1,9}$/.test(length)) return wrong(place, `${shown(length)} is no Content-Length`);
  const size = Number(length);
  if (size > text.length) return wrong(place, `its Content-Length is ${size}, and ${text.length} bytes are there`);
  if (text.slice(size).trim() !== "") return wrong(place, "there is more than its Content-Length says");
  return size === 0 ? undefined : Buffer.from(text.slice(0, size), "latin1");
}

function objectOf(headers: ReadonlyMap<string, string>): RequestHeaders {
  return Object.assign(named<string>(), Object.fromEntries(headers));
}

/** A reply as it stands in a batch. */
export interface BatchReply {
  readonly id: string | undefined;
  readonly group?: string | undefined;
  readonly reply: Reply;
}

/** Replies by themselves, and those of each change set that was done as a part of its own. */
export type ReplyItem = BatchReply | { readonly changeSet: readonly BatchReply[] };

/** The whole body; `boundary` is in no reply. */
export function multipartBody(items: readonly ReplyItem[], boundary: string): Buffer {
  const parts = items.flatMap((item, index) => {
    const start = Buffer.from(`--${boundary}\r\n`);
    if (!("changeSet" in item)) return [start, httpPart(item), lineEnd];
    const inner = `changesetresponse_${index + 1}_${boundary}`;
    const head = Buffer.from(`Content-Type: multipart/mixed;boundary=${inner}\r\n\r\n`);
    return [start, head, multipartBody(item.changeSet, inner), lineEnd];
  });
  return Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]);
}

const lineEnd = Buffer.from("\r\n");

function httpPart({ id, reply }: BatchReply): Buffer {
  const head = ["Content-Type: application/http", "Content-Transfer-Encoding: binary"];
  if (id !== undefined) head.push(`Content-ID: ${id}`);
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), messageOf(reply)]);
}
