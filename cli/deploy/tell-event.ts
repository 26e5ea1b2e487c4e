/** What a server says while it verifies and swaps, for people; for programs its own lines. */
import type { Told } from "../kernel/announce.ts";
import { colours, visible } from "../terminal.ts";
import type { PlaneEvent } from "./events.ts";

export function tellEvent(event: PlaneEvent, { terminal, json }: Told): void {
  if (json) {
    terminal.json(event);
    return;
  }
  const { bold, dim, green, red } = colours(terminal.outColour);
  switch (event.event) {
    case "level": {
      const held = event.outcome === "held";
      const outcome = text(event.outcome);
      terminal.out(
        `  ${text(event.level).padEnd(12)} ${text(event.subject)}: ${held ? green(outcome) : red(outcome)}\n`,
      );
      return;
    }
    case "compiled":
      terminal.out(`${bold(text(event.name))} compiles\n`);
      return;
    case "search":
      if (terminal.errIsTerminal) terminal.err(`\r${dim(`${text(event.states)} states of ${text(event.subject)}`)} `);
      return;
    case "staged":
      terminal.out(`revision ${text(event.number)} (${text(event.revision).slice(0, 12)}) is verified\n`);
      return;
    case "done":
      terminal.out(`${green(doneText(event))}\n`);
      return;
    case "refused":
      tellRefused(event, { terminal, json });
      return;
  }
}

function doneText({ number, migrated, unchanged, revision }: PlaneEvent): string {
  if (unchanged === true) return `unchanged: ${text(revision).slice(0, 12)} is live already`;
  if (number === undefined) return "it holds; nothing was swapped in";
  const moved = typeof migrated === "number" && migrated > 0 ? `, ${migrated} entities migrated` : "";
  return `revision ${text(number)} is live${moved}`;
}

function tellRefused({ error, report }: PlaneEvent, { terminal }: Told): void {
  const { bold, red } = colours(terminal.errColour);
  if (typeof report === "string") terminal.err(visible(report));
  const message =
    typeof error === "object" && error !== null && "message" in error ? String(error.message) : "no reason";
  terminal.err(`${red("refused:")} ${bold(visible(message))}; what was live stays live\n`);
}

/** A server may be anybody's. */
function text(value: unknown): string {
  return visible(typeof value === "string" || typeof value === "number" ? String(value) : "?");
}
