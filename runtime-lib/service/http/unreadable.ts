/** Answers what never became a request: broken HTTP, too many headers, a client that stopped in the middle. */
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Failed } from "../call.ts";
import { failed } from "../odata/failure.ts";
import { errorReply } from "./replies.ts";

/** Writes the error body by hand, since there is no reply to send it with, and closes the connection. */
export function answerUnreadable(error: Error, socket: Socket): void {
  const code = "code" in error ? error.code : undefined;
  if (code === "ECONNRESET" || socket.destroyed) return;
  const { status, body = "", contentType } = errorReply(failureOf(code), undefined);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    `content-type: ${contentType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  if (socket.writable) socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  socket.destroySoon();
}

/** Where a space stands in a URL, the version of HTTP is looked for behind it. */
const inUrl = "the URL has a character that must be percent-encoded, as a space is %20 and ö is %C3%B6";

function failureOf(code: unknown): Failed {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return failed("RequestTimeout", "the request did not end in time");
  if (code === "HPE_HEADER_OVERFLOW") return failed("HeadersTooLarge", "the request line and headers are too large");
  if (code === "HPE_INVALID_URL") return failed("InvalidRequest", inUrl);
  if (code === "HPE_INVALID_CONSTANT") return failed("InvalidRequest", `this is not HTTP/1.1, or ${inUrl}`);
  return failed("InvalidRequest", "this is not HTTP/1.1");
}
