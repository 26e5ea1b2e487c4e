/** What the `[migration]` of a revision makes of what the one before it reaches: asked where both are known. */
import type { EntityTypeDescriptor, RevisionFile, ServiceDefinition, Snapshot } from "@temperc/runtime";
import type { ProgramData } from "../../compiler/index.ts";
import {
  defaultVerifyLimits,
  type MigrationFinding,
  migrationCheck,
  type Side,
  type VerifyOptions,
} from "../../verify/index.ts";
import { defaultFolderLimits } from "../folder/limits.ts";
import { loadRead } from "../kernel/load-folder.ts";

export interface MigrationRecord {
  readonly automaton: string;
  readonly outcome: MigrationFinding["kind"];
  /** What was found. */
  readonly text: string;
}

/** A compiled spec and its code. */
export interface Revised {
  readonly program: Pick<ProgramData, "automata">;
  readonly definition: ServiceDefinition;
}

/** One record for each automaton that has a migration and was there before; none where nothing is mapped. */
export async function migrationRecords(
  later: Revised,
  earlier: { readonly name: string; readonly files: readonly RevisionFile[] },
  options: VerifyOptions,
): Promise<readonly MigrationRecord[]> {
  if (later.program.automata.every(({ migration }) => migration === undefined)) return [];
  const before = await revisedFrom(earlier);
  return before === undefined ? [] : migrationsBetween(before, later, options);
}

/** The same of an earlier spec that is compiled. */
export async function migrationsBetween(
  earlier: Revised,
  later: Revised,
  { bounds = new Map(), limits }: VerifyOptions,
): Promise<readonly MigrationRecord[]> {
  const { takenOver } = await import("@temperc/runtime/simulated");
  return later.program.automata.flatMap(({ name, migration }): readonly MigrationRecord[] => {
    const [old, next] = [sideOf(earlier, name), sideOf(later, name)];
    if (migration === undefined || old === undefined || next === undefined) return [];
    const finding = migrationCheck({
      ...{ earlier: old, later: next, bounds, limits: { ...defaultVerifyLimits, ...limits } },
      taken: (snapshot) => takenOver(next.type, old.type, snapshot),
    });
    return [{ automaton: name, outcome: finding.kind, text: textOf(finding) }];
  });
}

/** Undefined where it does not compile under this version any more. */
async function revisedFrom({
  name,
  files,
}: {
  readonly name: string;
  readonly files: readonly RevisionFile[];
}): Promise<Revised | undefined> {
  const encoder = new TextEncoder();
  const sources = { name, files: files.map(({ path, text }) => ({ path, bytes: encoder.encode(text) })) };
  const read = { kind: "read", root: process.cwd(), sources, strayLinks: [] } as const;
  const loaded = await loadRead(read, { limits: defaultFolderLimits, purpose: "run" });
  return loaded.kind === "loaded" ? loaded : undefined;
}

/** What a migration breaks, in a sentence; undefined where none breaks anything. */
export function brokenBy(records: readonly MigrationRecord[]): string | undefined {
  const broken = records.find(({ outcome }) => outcome === "violated");
  return broken && `${broken.automaton}, ${broken.text}`;
}

function sideOf(
  { program, definition }: Revised,
  name: string,
): (Side & { readonly type: EntityTypeDescriptor }) | undefined {
  const automaton = program.automata.find((each) => each.name === name);
  const type = definition.entityTypes.find((each) => each.automaton?.name === name);
  return automaton && type?.automaton && { automaton, emitted: type.automaton, type };
}

function textOf(finding: MigrationFinding): string {
  switch (finding.kind) {
    case "held":
      return `${finding.mapped} snapshots are mapped, and nothing that follows breaks an invariant`;
    case "unknown":
      return `what it leads to is not known: ${finding.reason}`;
    case "violated": {
      const { invariant, run } = finding;
      const reached =
        run.before.length === 0 ? "at first" : `after ${run.before.map(({ action }) => action).join(", ")}`;
      const then = run.after.length === 0 ? "which" : `where ${run.after.map(({ action }) => action).join(", ")}`;
      const breaks = `${then} breaks ${invariant.name}: ${invariant.text} (${invariant.source})`;
      return `${reached} ${shown(run.from)}, becomes ${shown(run.to)}, ${breaks}`;
    }
  }
}

function shown({ status, ...variables }: Snapshot): string {
  const rest = Object.entries(variables).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return rest.length === 0 ? status : `${status} with ${rest.join(", ")}`;
}
