/** Replies as values: JSON of each kind, nothing at all, and errors in both of their shapes. */
import type { FastifyReply } from "fastify";
import { errorStatus, type Failed } from "../call.ts";
import { contentTypeOf, type JsonFormat, plainJson } from "../odata/formats.ts";
import type { Reply } from "./exchange.ts";

const plainType = contentTypeOf(plainJson);

export function jsonReply(status: number, body: string, format: JsonFormat): Reply {
  return { status, body, contentType: contentTypeOf(format) };
}

/**
 * The refusal as OData's error body (JSON format 4.01, section 21.1), or as a problem document (RFC 9457) by `Accept`.
 * Facts for programs are `error.innererror`, or members of the problem.
 */
export function errorReply(failure: Failed, accept: string | undefined, allow?: readonly string[]): Reply {
  const status = errorStatus[failure.code];
  const headers: Record<string, string> = {};
  if (status === 401) headers["www-authenticate"] = 'Bearer realm="temperc"';
  if (failure.retryAfterSeconds !== undefined) headers["retry-after"] = String(failure.retryAfterSeconds);
  if (allow !== undefined) headers.allow = allow.join(", ");
  const isProblem = accept?.includes("application/problem+json") ?? false;
  const contentType = isProblem ? "application/problem+json" : plainType;
  const body = JSON.stringify(isProblem ? problem(failure, status) : odataError(failure));
  return { status, body, contentType, headers };
}

function odataError({ code, message, target, details }: Failed): object {
  return {
    error: {
      code,
      message,
      ...(target === undefined ? {} : { target }),
      ...(details === undefined ? {} : { innererror: details }),
    },
  };
}

function problem({ code, message, target, details }: Failed, status: number): object {
  return {
    ...details,
    type: `urn:temperc:error:${code}`,
    title: code,
    status,
    detail: message,
    code,
    ...(target === undefined ? {} : { target }),
  };
}

/** Sends a reply through Fastify, so that the host's own hooks see it. */
export function sendReply({ status, contentType, etag, headers, body }: Reply, reply: FastifyReply): FastifyReply {
  reply.code(status);
  if (contentType !== undefined) reply.header("content-type", contentType);
  if (etag !== undefined) reply.header("etag", etag);
  if (headers !== undefined) reply.headers(headers);
  return reply.send(body);
}
