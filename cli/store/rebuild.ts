/** The work of `temperc rebuild`: the tables that queries read, filled anew from the journal of a store. */
import {
  DuplicateKeys,
  type EntityTypeDescriptor,
  type PreparedType,
  type StatusCount,
  type Store,
  StoreUnavailable,
} from "@temperc/runtime";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { defaultFolderLimits } from "../folder/limits.ts";
import type { Told } from "../kernel/announce.ts";
import { loadFolder } from "../kernel/load-folder.ts";
import { tenantStore } from "../plane/tenant-store.ts";
import { impossible, type Refusal } from "../refusal.ts";
import { diagnosticsOf, reportDiagnostics } from "../report.ts";
import { existingStore } from "./existing-store.ts";

/** A large journal is sorted before its first event is given. */
const patience = { storeAnswerTimeoutMs: 60 * 60 * 1_000 };

export interface RebuildOptions {
  readonly specs: string;
  readonly store: string;
  /** One that has a program of its own, and so a store of its own beside the host's. */
  readonly programOf?: string;
}

/** Exit codes: 0 the tables are new; 1 they could not be made, and are as they were; 2 the spec does not compile. */
export async function rebuildStore(options: RebuildOptions, { terminal, json }: Told): Promise<ExitCode | Refusal> {
  const loaded = await loadFolder(options.specs, { limits: defaultFolderLimits, purpose: "check" });
  if (loaded.kind === "refused") return loaded;
  if (loaded.kind === "compiled") {
    if (json) terminal.json({ ok: false, diagnostics: diagnosticsOf(loaded) });
    else reportDiagnostics(loaded, terminal);
    return exitCodes.unusable;
  }
  const { store: place, programOf } = options;
  const opened = await existingStore(programOf === undefined ? place : tenantStore(place, programOf), patience);
  if (opened.kind === "refused") return opened;
  const { store } = opened;
  try {
    const rebuilt = await rebuild(store, loaded.definition.entityTypes);
    if ("kind" in rebuilt) return rebuilt;
    if (json) terminal.json({ ok: true, ...rebuilt });
    else terminal.out(textOf(rebuilt));
    return exitCodes.ok;
  } finally {
    await store.close();
  }
}

interface Rebuilt {
  readonly types: readonly { readonly entityType: string; readonly entities: number }[];
  /** Of all tenants. */
  readonly stopped: number;
}

async function rebuild(store: Store, types: readonly EntityTypeDescriptor[]): Promise<Rebuilt | Refusal> {
  const unlike = otherThan(await store.prepared(), types);
  if (unlike !== undefined) {
    const hint = "name the folder of the spec that is served from it; another one changes the tables when it is served";
    return impossible(`the store was not made for this spec: ${unlike} is not as it was served last`, hint);
  }
  try {
    await store.rebuild(types);
  } catch (error) {
    if (!(error instanceof DuplicateKeys || error instanceof StoreUnavailable)) throw error;
    return impossible(
      `the tables could not be made, and are as they were: ${error.message}`,
      "mend that and try again",
    );
  }
  const counts = await store.statusCounts();
  const countsOf = ({ name }: EntityTypeDescriptor) => ({ entityType: name, entities: entitiesOf(counts, name) });
  return { types: types.map(countsOf), stopped: await store.quarantine.count() };
}

/** A type that the store's tables are not made for. */
function otherThan(prepared: readonly PreparedType[], types: readonly EntityTypeDescriptor[]): string | undefined {
  const known = new Map(prepared.map(({ name, properties }) => [name, JSON.stringify(properties)]));
  return types.find(({ name, properties }) => known.get(name) !== JSON.stringify(properties))?.name;
}

function entitiesOf(counts: readonly StatusCount[], name: string): number {
  return counts.filter(({ entityType }) => entityType === name).reduce((sum, { count }) => sum + count, 0);
}

function textOf({ types, stopped }: Rebuilt): string {
  const lines = types.map(({ entityType, entities }) => `${entityType}: ${entities} entities\n`);
  const rest =
    stopped === 0 ? "" : `stopped, because their history cannot be read: ${stopped} (temperc outbox stopped)\n`;
  return `${lines.join("")}${rest}`;
}
