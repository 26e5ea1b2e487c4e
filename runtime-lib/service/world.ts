/** What the service stands on: its ports and limits, handed to every part of the request path. */
import type { Clock, Ids, Store, Telemetry } from "../ports/index.ts";
import type { Governance } from "./decisions/governance.ts";
import type { Limits } from "./limits.ts";
import type { Succession } from "./succession.ts";

export interface World {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly limits: Limits;
  readonly succession: Succession;
  /** Told, after a commit, when the first of what it asked for is due. */
  readonly onAsked: (dueAt: number) => void;
  /** Told when a commit of this process is durable. */
  readonly onCommitted: () => void;
  /** Where what was handled is told; nowhere where absent. */
  readonly telemetry?: Telemetry;
  /** The parameters whose values telemetry may show: `Order.AddItem.ProductId`. */
  readonly shownParams: ReadonlySet<string>;
  /** Told of every exception that became an `InternalError`, so that somebody can look. */
  readonly onInternalError: (error: unknown) => void;
  /** Decisions and added policies; absent where the service was opened without. */
  readonly governance: Governance | undefined;
  /** Told of policies that failed to evaluate, and so denied that action. */
  readonly onPolicyErrors: (action: string, errors: readonly string[]) => void;
}
