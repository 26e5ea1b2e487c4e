/** What Fastify itself refuses, in the words and the shape of every other refusal. */
import type { Failed } from "../call.ts";
import { failed } from "../odata/failure.ts";

/** The refusal behind an error of Fastify; `limit` is what bounds a body. Undefined where the error is our own and its text is nobody's business. */
export function fastifyFailure(error: Error, bytesMax: number, limit = "bodyBytesMax"): Failed | undefined {
  switch ("code" in error ? error.code : undefined) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return failed("PayloadTooLarge", `the body is larger than ${bytesMax} bytes (${limit})`);
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return failed("UnsupportedMediaType", "the body must be application/json", "Content-Type");
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
