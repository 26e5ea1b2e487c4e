/** What the `[migration]` of a revision makes of what the one before it reaches: asked where both are known. */
import type { EntityTypeDescriptor, RevisionFile, ServiceDefinition, Snapshot } from "@temperc/runtime";
import type { Program } from "../../compiler/index.ts";
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
  /** What was found, in a sentence. */
  readonly text: string;
}

interface Revised {
  readonly program: Program;
  readonly definition: ServiceDefinition;
}

/** One record for each automaton that has a migration and was there before; none where nothing is mapped. */
export async function migrationRecords(
  later: Revised,
  earlier: { readonly name: string; readonly files: readonly RevisionFile[] },
  { bounds = new Map(), limits }: VerifyOptions,
): Promise<readonly MigrationRecord[]> {
  const mapped = later.program.automata.filter(({ migration }) => migration !== undefined);
  if (mapped.length === 0) return [];
  const before = await revisedFrom(earlier);
  const { takenOver } = await import("@temperc/runtime/simulated");
  return mapped.flatMap(({ name }): readonly MigrationRecord[] => {
    const [old, next] = [before && sideOf(before, name), sideOf(later, name)];
    if (old === undefined || next === undefined) return [];
    const finding = migrationCheck({
      ...{ earlier: old, later: next, bounds, limits: { ...defaultVerifyLimits, ...limits } },
      taken: (snapshot) => takenOver(next.type, old.type, snapshot),
    });
    return [{ automaton: name, outcome: finding.kind, text: textOf(name, finding) }];
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

function sideOf(
  { program, definition }: Revised,
  name: string,
): (Side & { readonly type: EntityTypeDescriptor }) | undefined {
  const automaton = program.automata.find((each) => each.name === name);
  const type = definition.entityTypes.find((each) => each.automaton?.name === name);
  return automaton && type?.automaton && { automaton, emitted: type.automaton, type };
}

function textOf(name: string, finding: MigrationFinding): string {
  switch (finding.kind) {
    case "held":
      return `${name}: ${finding.mapped} snapshots are mapped, and nothing that follows breaks an invariant`;
    case "unknown":
      return `${name}: what its migration leads to is not known: ${finding.reason}`;
    case "violated": {
      const { invariant, run } = finding;
      const reached =
        run.before.length === 0 ? "at first" : `after ${run.before.map(({ action }) => action).join(", ")}`;
      const then = run.after.length === 0 ? "which" : `where ${run.after.map(({ action }) => action).join(", ")}`;
      const breaks = `${then} breaks ${invariant.name}: ${invariant.text} (${invariant.source})`;
      return `${name}, ${reached} ${shown(run.from)}, becomes ${shown(run.to)}, ${breaks}`;
    }
  }
}

function shown({ status, ...variables }: Snapshot): string {
  const rest = Object.entries(variables).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return rest.length === 0 ? status : `${status} with ${rest.join(", ")}`;
}
