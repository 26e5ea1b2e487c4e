/** A reply on its way out, which may rest in the store before: as text, and as an HTTP message within another one. */
import { STATUS_CODES } from "node:http";
import type { Reply } from "./exchange.ts";

export interface Outgoing {
  readonly reply: Reply;
  /** What it was served as, where that is not what is served now. */
  readonly version?: string;
  readonly revision?: string;
}

/** JSON of it. Octets are base64. */
export function outgoingText({ reply, ...served }: Outgoing): string {
  const { body } = reply;
  return JSON.stringify({
    ...served,
    reply: Buffer.isBuffer(body) ? { ...reply, body: body.toString("base64"), encoding: "base64" } : reply,
  });
}

/** What `outgoingText` was made of. */
export function outgoingOf(text: string): Outgoing {
  const { reply, ...served }: Stored = JSON.parse(text);
  const { encoding, ...rest } = reply;
  const body = encoding === undefined || reply.body === undefined ? reply.body : Buffer.from(reply.body, encoding);
  return { ...served, reply: { ...rest, body } };
}

interface Stored extends Omit<Outgoing, "reply"> {
  readonly reply: Omit<Reply, "body"> & { readonly body: string | undefined; readonly encoding?: "base64" };
}

/** All headers of a reply, those that are fields of their own among them. */
export function headersOf({ contentType, etag, headers }: Reply): Readonly<Record<string, string>> {
  return {
    ...(contentType !== undefined && { "content-type": contentType }),
    ...(etag !== undefined && { etag }),
    ...headers,
  };
}

/** The whole response as a message within another one (RFC 9112, section 10.2). */
export function messageOf(reply: Reply): Buffer {
  const { status, body = "" } = reply;
  const lines = Object.entries(headersOf(reply)).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from(body)]);
}

/** The reply that has that message as its body. */
export function messageReply({ reply, version, revision }: Outgoing): Reply {
  const served = { ...(version && { "odata-version": version }), ...(revision && { "temperc-revision": revision }) };
  return {
    status: 200,
    contentType: "application/http",
    headers: { "content-transfer-encoding": "binary" },
    body: messageOf({ ...reply, headers: { ...reply.headers, ...served } }),
  };
}
