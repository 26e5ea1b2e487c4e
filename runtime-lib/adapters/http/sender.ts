/** Sends webhooks over HTTP: to public servers or to those that are named, without redirects, within time and size. */
import { lookup as resolve } from "node:dns";
import { type ClientRequest, type IncomingMessage, request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import type { HttpOutcome, HttpRequest, HttpSender } from "../../ports/index.ts";
import { isPublicAddress } from "./addresses.ts";

export interface HttpSenderOptions {
  /**
   * The only hosts that are sent to, as URLs have them: `hooks.example.com`, or `127.0.0.1:8080` for one port. They may have
   * private addresses. Absent: every host whose addresses are public.
   */
  readonly hosts?: readonly string[];
  /** What is read of an answer; one that is longer is an answer all the same. */
  readonly answerBytesMax?: number;
}

/** Headers that say how a message is framed or where it goes: nobody gives these but the sender itself. */
const ownHeaders = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "transfer-encoding",
  "upgrade",
  "te",
  "trailer",
]);

/** The name is looked up once, and the address that is judged is the one that is connected to. */
export function httpSender({ hosts, answerBytesMax = 64 * 1_024 }: HttpSenderOptions = {}): HttpSender {
  const allowed = hosts && new Set(hosts.map((host) => host.toLowerCase()));
  return async (request) => {
    const reason = whyNotSent(request, allowed);
    return reason === undefined
      ? exchange(request, allowed === undefined, answerBytesMax)
      : { kind: "refused", reason };
  };
}

function whyNotSent({ url, headers }: HttpRequest, allowed: ReadonlySet<string> | undefined): string | undefined {
  if (!URL.canParse(url)) return `${JSON.stringify(url)} is no URL`;
  const { protocol, host, hostname, username, password } = new URL(url);
  if (protocol !== "http:" && protocol !== "https:") return `${protocol} is neither http: nor https:`;
  if (username !== "" || password !== "") return "a URL with a user name or a password is not sent to";
  const own = Object.keys(headers).find((name) => ownHeaders.has(name.toLowerCase()));
  if (own !== undefined) return `the header ${own} cannot be given`;
  if (allowed !== undefined) {
    return allowed.has(host) || allowed.has(hostname) ? undefined : `${host} is none of the hosts that may be sent to`;
  }
  const literal = hostname.replace(/^\[|\]$/g, "");
  return isIP(literal) === 0 || isPublicAddress(literal) ? undefined : `${literal} is no public address`;
}

class NotPublic extends Error {}
class NoAnswer extends Error {}

/** Every address that a name has must be public: which of them is connected to is not ours to choose. */
const lookupPublic: LookupFunction = (hostname, options, done) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    const inner = error === null ? addresses.find(({ address }) => !isPublicAddress(address)) : undefined;
    if (error !== null) done(error, "", 0);
    else if (inner !== undefined)
      done(new NotPublic(`${hostname} is at ${inner.address}, which is no public address`), "", 0);
    else if (options.all === true) done(null, addresses);
    else done(null, addresses[0]?.address ?? "", addresses[0]?.family);
  });
};

function exchange(request: HttpRequest, mustBePublic: boolean, answerBytesMax: number): Promise<HttpOutcome> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const done = (outcome: HttpOutcome): void => {
      clearTimeout(timer);
      resolve(outcome);
    };
    try {
      const sent = begun(request, mustBePublic, (answer) => {
        answer.once("close", () => done({ kind: "answered", status: answer.statusCode ?? 0 }));
        readAtMost(answer, answerBytesMax);
      });
      sent.on("error", (error) => done(failureOf(error)));
      timer = setTimeout(
        () => sent.destroy(new NoAnswer(`no answer within ${request.timeoutMs} ms`)),
        request.timeoutMs,
      );
      sent.end(request.body ?? undefined);
    } catch (error) {
      // Node throws for a method or a header that HTTP does not have.
      done({ kind: "refused", reason: messageOf(error) });
    }
  });
}

function begun(
  { url, method, headers, body, signal }: HttpRequest,
  mustBePublic: boolean,
  onAnswer: (answer: IncomingMessage) => void,
): ClientRequest {
  const length = body === null ? {} : { "content-length": String(Buffer.byteLength(body)) };
  const options = { method, headers: { ...headers, ...length }, signal, agent: false } as const;
  const request = new URL(url).protocol === "https:" ? requestTls : requestPlain;
  return request(url, mustBePublic ? { ...options, lookup: lookupPublic } : options, onAnswer);
}

/** The status is the answer; an end that comes early changes nothing about it. */
function readAtMost(answer: IncomingMessage, bytesMax: number): void {
  let bytes = 0;
  answer.on("error", () => undefined);
  answer.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > bytesMax) answer.destroy();
  });
}

function failureOf(error: unknown): HttpOutcome {
  if (error instanceof NotPublic) return { kind: "refused", reason: error.message };
  return { kind: "failed", reason: messageOf(error), timedOut: error instanceof NoAnswer };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
