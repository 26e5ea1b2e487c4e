/** A run of several entities as a sequence diagram: who asks whom, clients and entities, time and the world outside. */
import { printCall } from "../print-value.ts";
import type { JointEntity, JointFileStep, JointTraceFile } from "./joint-trace.ts";
import { inDiagram, stepsMax } from "./mermaid-text.ts";

/** The lines of the diagram. What is refused ends in a cross. */
export function jointDiagram({ entities, steps, property, reason }: JointTraceFile): readonly string[] {
  const ids = new Map(entities.map(({ name }, index) => [name, `e${index}`]));
  const idOf = (name: string): string => ids.get(name) ?? "Clients";
  const participants = entities.map(({ name }) => `  participant ${idOf(name)} as ${inDiagram(name)}`);
  const moves = steps.slice(0, stepsMax).flatMap((step, index) => {
    const target = idOf(step.entity);
    const asker = step.by === "answered" ? "Outside" : idOf(askerOf(step, entities));
    const outcome = step.refusal === undefined ? (step.after?.status ?? "not there") : `refused: ${step.refusal}`;
    return [
      `  ${asker}${arrowOf(step)}${target}: ${index + 1} ${inDiagram(wordsOf(step))}`,
      `  Note over ${target}: ${inDiagram(outcome)}`,
    ];
  });
  const [first, last] = [idOf(entities[0]?.name ?? ""), idOf(entities.at(-1)?.name ?? "")];
  const all = first === last ? first : `${first},${last}`;
  const more = steps.length > stepsMax ? [`${steps.length - stepsMax} more steps are not drawn`] : [];
  const notes = [...more, `${property.name}: ${reason}`].map((text) => `  Note over ${all}: ${inDiagram(text)}`);
  const outside = steps.some(({ by }) => by === "answered") ? ["  participant Outside"] : [];
  return ["sequenceDiagram", "  actor Clients", ...participants, ...outside, ...moves, ...notes];
}

/** The entity that asked, where one did: its name begins what the step says of it. */
function askerOf({ from = "" }: JointFileStep, entities: readonly JointEntity[]): string {
  const askers = entities.map(({ name }) => name).filter((name) => from.startsWith(`${name}: `));
  return askers.toSorted((one, other) => other.length - one.length)[0] ?? "";
}

function arrowOf({ by, refusal }: JointFileStep): string {
  if (refusal !== undefined) return "-x";
  return by === "created" || by === "asked" ? "->>" : "-)";
}

function wordsOf({ by, action, params }: JointFileStep): string {
  if (action === undefined) return by === "answered" ? "an answer" : printCall("create", params);
  return by === "timer" ? `timer ${printCall(action, params)}` : printCall(action, params);
}
