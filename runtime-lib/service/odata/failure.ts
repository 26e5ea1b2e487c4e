/** Short ways to say what is wrong with a request: every parser in this room answers with its value or with one of these. */
import type { ErrorCode, Failed } from "../call.ts";

/** The request is refused for what stands at `target`. */
export function failed(code: ErrorCode, message: string, target?: string): Failed {
  return target === undefined ? { kind: "failed", code, message } : { kind: "failed", code, message, target };
}

/** A value of a parameter, property or option that cannot be taken. */
export function invalid(message: string, target: string): Failed {
  return failed("InvalidParameter", message, target);
}

/** A part of OData that this service does not have yet; `feature` is its name in the standard. */
export function notImplemented(feature: string, target?: string): Failed {
  return failed("NotImplemented", `${feature} is not implemented by this service`, target);
}

/** True for the one shape of refusal that all parsers share; no parsed value has `kind: "failed"`. */
export function isFailed(value: unknown): value is Failed {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "failed";
}
