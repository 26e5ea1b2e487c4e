/** Several places where telemetry goes, as one. */
import type { Telemetry, WideEvent } from "../ports/index.ts";

/** Every one is told of what was handled; the first that has spans makes them. Undefined where none wants anything. */
export function allTelemetry(all: readonly Telemetry[]): Telemetry | undefined {
  const tellers = all.flatMap(({ handled }) => (handled === undefined ? [] : [handled]));
  const span = all.find((each) => each.span !== undefined)?.span;
  if (tellers.length === 0 && span === undefined) return undefined;
  const handled = (event: WideEvent): void => {
    for (const tell of tellers) tell(event);
  };
  return span === undefined ? { handled } : { handled, span };
}
