/** What is thrown on the way to an answer, by Fastify, by the store or by an issuer, as the refusal that it is. */
import { IssuerUnavailable } from "../../ports/index.ts";
import type { Failed } from "../call.ts";
import { storeFailure } from "../failures.ts";
import { defaultLimits } from "../limits.ts";
import { failed } from "../odata/failure.ts";
import { issuerUnavailable } from "./caller.ts";

/** Thrown where a body is not taken any further. */
export class RefusedBody extends Error {
  readonly failure: Failed;

  constructor(failure: Failed) {
    super(failure.message);
    this.failure = failure;
  }
}

/** Of a body of another type, where nothing takes it. */
export const onlyJson: Failed = failed("UnsupportedMediaType", "the body must be application/json", "Content-Type");

/** The refusal behind an error; `limit` is what bounds a body. Undefined where the error is our own and its text is nobody's business. */
export function thrownFailure(error: Error, bytesMax: number, limit = "bodyBytesMax"): Failed | undefined {
  const known = storeFailure(error, defaultLimits);
  if (known !== undefined) return known;
  if (error instanceof RefusedBody) return error.failure;
  if (error instanceof IssuerUnavailable) return issuerUnavailable(error);
  switch ("code" in error ? error.code : undefined) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return failed("PayloadTooLarge", `the body is larger than ${bytesMax} bytes (${limit})`);
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return onlyJson;
    case "FST_ERR_BAD_URL":
      return failed("InvalidRequest", "the path of the URL is not valid percent-encoded UTF-8");
    case "FST_ERR_MAX_PARAM_LENGTH":
      return failed("UriTooLong", "the URL is too long");
  }
  const status = "statusCode" in error ? Number(error.statusCode) : 500;
  return status >= 400 && status < 500 ? failed("InvalidRequest", "the request cannot be read") : undefined;
}

export const internalFailure: Failed = {
  kind: "failed",
  code: "InternalError",
  message: "the service failed to answer this request; the log says why",
};
