/** Replies as values: JSON of each kind, nothing at all, and errors in both of their shapes. */
import { errorStatus, type Failed } from "../call.ts";
import { contentTypeOf, type JsonFormat, plainJson } from "../odata/formats.ts";
import type { Reply } from "./exchange.ts";

const plainType = contentTypeOf(plainJson);

export function jsonReply(
  status: number,
  body: string,
  format: JsonFormat,
  headers: Readonly<Record<string, string>>,
): Reply {
  const type = format === plainJson ? plainType : contentTypeOf(format);
  return { status, headers: { ...headers, "content-type": type }, body };
}

/** 204, with what the headers say. */
export function noContent(headers: Readonly<Record<string, string>>): Reply {
  return { status: 204, headers, body: undefined };
}

/**
 * The refusal as OData's error body (JSON format 4.01, section 21.1), or as a problem document (RFC 9457) by `Accept`.
 * Facts for programs are `error.innererror`, or members of the problem.
 */
export function errorReply(failure: Failed, accept: string | undefined): Reply {
  const status = errorStatus[failure.code];
  const headers: Record<string, string> = {};
  if (status === 401) headers["www-authenticate"] = 'Bearer realm="temperc"';
  if (failure.retryAfterSeconds !== undefined) headers["retry-after"] = String(failure.retryAfterSeconds);
  const isProblem = accept?.includes("application/problem+json") ?? false;
  headers["content-type"] = isProblem ? "application/problem+json" : plainType;
  return { status, headers, body: JSON.stringify(isProblem ? problem(failure, status) : odataError(failure)) };
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
