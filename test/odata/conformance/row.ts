/** One demand of a conformance level, as a request and what is answered to it. */
import { expect } from "vitest";

export interface Row {
  /** Level and number in the specification's part 1, section 12: `A40-9` is number 9 of 4.0 Advanced. */
  readonly id: string;
  readonly demand: string;
  /** What it is called for: a MUST where absent. */
  readonly strength?: "should" | "may";
  readonly method?: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  readonly url: string;
  readonly payload?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  readonly body?: object;
  readonly replyHeaders?: object;
  /** Why the demand is not met; the status says how that is refused. */
  readonly unmet?: string;
}

export const bob = "People('bob')";
/** A page of these entities and no others. */
export const only = (...ids: readonly string[]) => ({ value: ids.map((Id) => expect.objectContaining({ Id })) });
export const json = { "content-type": "application/json" };
