/** What a batch asks for, whichever of its two formats it came in. */
import { principalHeader, rolesHeader } from "../../trusted-proxies.ts";
import type { RequestHeaders } from "../exchange.ts";

export interface BatchRequest {
  /** How others in the batch call it: its `Content-ID`, or its `id` in JSON. */
  readonly id: string | undefined;
  /** Where it stands in the batch, for messages: `requests[2]`, `part 2.1`. */
  readonly place: string;
  readonly method: string;
  /** As written: absolute, from the root, relative, or with a reference in front. */
  readonly url: string;
  readonly headers: RequestHeaders;
  readonly body: Buffer | undefined;
  /** Requests and groups that have to succeed first. */
  readonly dependsOn: readonly string[];
}

/** Requests that stand or fall together, or one by itself. */
export type BatchItem =
  | { readonly kind: "single"; readonly request: BatchRequest }
  | { readonly kind: "group"; readonly name: string | undefined; readonly requests: readonly BatchRequest[] };

export interface BatchLimits {
  readonly batchRequestsMax: number;
  readonly bodyBytesMax: number;
  readonly bodyDepthMax: number;
}

/** Headers that a request of a batch may have of its own; who is calling, and for whom, the batch alone says. */
export const ownHeaders: ReadonlySet<string> = new Set([
  "accept",
  "content-type",
  "content-length",
  "content-id",
  "if-match",
  "if-none-match",
  "prefer",
  "odata-version",
  "odata-maxversion",
  "idempotency-key",
]);

/** Headers that would say who is calling: these must say what the batch's own say. */
export const identityHeaders: readonly string[] = ["authorization", "x-tenant-id", principalHeader, rolesHeader];
