/** What a live host tells: where it is, whose key it made, what a save did. */
import type { Principal, Swapped } from "@temperc/runtime";
import { shownStore } from "@temperc/runtime";
import type { Refusal } from "../refusal.ts";
import { explainRefusal, verifiedRecord } from "../report.ts";
import { colours, refusalRecord, refuse, type Terminal, visible } from "../terminal.ts";
import type { CompiledFolder } from "./compile-folder.ts";
import type { LiveHost } from "./host.ts";
import type { Revision } from "./pipeline.ts";
import { printTimings, type Timings } from "./stopwatch.ts";
import { walkthrough } from "./walkthrough.ts";

/** Where it is told, and whether to people or to a program. */
export interface Told {
  readonly terminal: Terminal;
  readonly json: boolean;
}

interface Started {
  readonly host: LiveHost;
  readonly store: string;
}

/** The first lines of a live host; for programs, its ready line. The operator key is in them once and nowhere else. */
export async function announce({ host, store }: Started, { terminal, json }: Told): Promise<void> {
  const { url, operatorKey, served } = host;
  const { program, specHash, outcome, definition } = served;
  if (json) {
    const key = operatorKey === undefined ? {} : { operatorKey };
    terminal.json({
      event: "ready",
      url,
      service: `${url}/tdata`,
      store: shownStore(store),
      revision: specHash,
      outcome,
      ...key,
    });
    return;
  }
  const { bold, cyan, dim, green } = colours(terminal.outColour);
  const another = `another: temperc keys create 'Admin::"operator"' --operator --store ${shownStore(store)}`;
  const key = operatorKey === undefined ? `was shown when the store was made; ${another}` : bold(operatorKey);
  const rows = [
    ["API", cyan(`${url}/tdata`)],
    ["metadata", cyan(`${url}/tdata/$metadata`)],
    ["store", visible(shownStore(store))],
    ["revision", specHash.slice(0, 12)],
    ["operator key", operatorKey === undefined ? dim(visible(key)) : `${key}  ${dim("(shown this once)")}`],
  ];
  const table = rows.map(([name = "", value = ""]) => `  ${name.padEnd(13)} ${value}`).join("\n");
  terminal.out(
    `${green("●")} ${bold(program.name)} ${outcome === "held" ? "is verified and served" : "is served, not wholly verified"}\n\n${table}\n`,
  );
  if (operatorKey === undefined) return;
  const lines = await walkthrough(definition, url, operatorKey);
  terminal.out(`\n${lines.map((line) => (line.startsWith("#") ? dim(line) : line)).join("\n")}\n`);
}

/** Nobody must overlook that the door is open. */
export function warnOfDevPrincipal({ devPrincipal }: { readonly devPrincipal?: Principal }, terminal: Terminal): void {
  if (devPrincipal === undefined) return;
  const { bold, red } = colours(terminal.errColour);
  const { type, id } = devPrincipal;
  const line = "!".repeat(76);
  terminal.err(
    `${red(line)}\n${bold("INSECURE: every program on this machine may call without a key")},\n` +
      `as ${type}::${JSON.stringify(id)}. Anything that forwards requests to this port opens\n` +
      `it to others. For development only.\n${red(line)}\n`,
  );
}

interface Taken {
  readonly swapped: Swapped;
  readonly revision: Revision;
  readonly timings: Timings;
}

/** What became of a save that holds. */
export function tellSwapped({ swapped, revision, timings }: Taken, told: Told): void {
  if (swapped.kind === "refused") {
    tellRefused({ ...swapped, revision, why: "what lives in the store has no place in what was saved", timings }, told);
    return;
  }
  const { terminal, json } = told;
  const { specHash, outcome } = revision;
  if (json) {
    terminal.json({ event: swapped.kind, revision: specHash, outcome, timings });
    return;
  }
  const { green } = colours(terminal.outColour);
  const ms = Object.values(timings).reduce((sum, each) => sum + each, 0);
  terminal.out(`${green("swapped")} to ${specHash.slice(0, 12)} in ${Math.round(ms)} ms (${printTimings(timings)})\n`);
}

interface RefusedSave {
  readonly revision: Revision;
  readonly why: string;
  readonly reasons: readonly string[];
  readonly timings?: Timings;
}

/** A save that holds and is not swapped in all the same. */
export function tellRefused({ revision, why, reasons, timings }: RefusedSave, { terminal, json }: Told): void {
  const { specHash, outcome } = revision;
  if (json) {
    terminal.json({ event: "refused", revision: specHash, outcome, ...(timings && { timings }), reasons });
    return;
  }
  const { red } = colours(terminal.errColour);
  terminal.err(`${red("refused:")} ${why}\n`);
  for (const reason of reasons) terminal.err(`  - ${visible(reason)}\n`);
  terminal.err("what was live stays live; waiting for the next save\n");
}

/** What was saved does not hold: why, and that it changes nothing. `live` is the revision that is served. */
export function tellKept(made: Revision | CompiledFolder | Refusal, live: string | undefined, told: Told): void {
  const { terminal, json } = told;
  if (json) {
    const why = made.kind === "refused" ? refusalRecord(made) : verifiedRecord(made);
    terminal.json({ event: "kept", live: live ?? null, ...why });
    return;
  }
  if (made.kind === "refused") refuse(terminal, made, false);
  else explainRefusal(made, terminal);
  const what = live === undefined ? "nothing is served yet" : `revision ${live.slice(0, 12)} stays live`;
  terminal.err(`${what}; waiting for the next save\n`);
}

/** What was saved is what is live already. */
export function tellUnchanged(live: string, { terminal, json }: Told): void {
  if (json) terminal.json({ event: "unchanged", revision: live });
  else terminal.out(`back to revision ${live.slice(0, 12)}, which is live\n`);
}
