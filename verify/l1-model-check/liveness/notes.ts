/** What was found of each liveness property, for people: whether it is inevitable, what it waits for, or what that depends on. */
import type { Searched } from "../properties.ts";
import type { Lasso } from "./lasso.ts";
import type { Leading, LivenessCheck } from "./liveness.ts";

export interface LivenessFindings {
  readonly notes: readonly string[];
  /** Why it is not known of each property whether it holds; empty where it is known of all. */
  readonly reasons: readonly string[];
}

/** `isWhole` where the search left nothing out: only then is something said to be inevitable. */
export function livenessFindings(searched: Searched, isWhole: boolean): LivenessFindings {
  const leading = searched.automaton.liveness.filter((each) => each.kind !== "has-actions");
  const found = leading.map((liveness) => findingsOf(liveness, searched, isWhole));
  return { notes: found.flatMap(({ notes }) => notes), reasons: found.flatMap(({ reasons }) => reasons) };
}

const nothing: LivenessFindings = { notes: [], reasons: [] };

function findingsOf(liveness: Leading, { liveness: check, sourceOf }: Searched, isWhole: boolean): LivenessFindings {
  const said = (text: string) => [`${liveness.name}: ${text} (${sourceOf(liveness.span)})`];
  const isPossible = liveness.kind === "reaches";
  if (isPossible && check.trap(liveness) !== undefined) return nothing;
  const found = check.inevitability(liveness);
  switch (found.kind) {
    case "inevitable":
      return { notes: isWhole ? said("inevitable") : [], reasons: [] };
    case "avoided":
      return { notes: isPossible ? said(`possible; ${avoided(liveness, found.lasso, check)}`) : [], reasons: [] };
    case "depends": {
      const rest = `depends on ${found.on.join(" and ")}, which may come too seldom or be refused`;
      const whether = said(`${isPossible ? "possible; " : ""}whether it is inevitable ${rest}`);
      return isPossible ? { notes: whether, reasons: [] } : { notes: [], reasons: whether };
    }
  }
}

function avoided(liveness: Leading, lasso: Lasso, check: LivenessCheck): string {
  const { inputs, status } = check.waitsFor(liveness, lasso);
  if (inputs.length > 0) return `in ${status} it waits for input ${inputs.join(" or ")}`;
  const round = [...new Set(lasso.loop.map((move) => check.actionOf(move)))];
  return round.length > 0 ? `${round.join(", ")} may go on for ever` : `in ${status} it may wait for ever`;
}
