/** What is served first: the folder as it is, or what was deployed through the API since the folder was last served. */
import type { RevisionRecord, RevisionSummary, Store } from "@temperc/runtime";
import type { VerifyOptions } from "../../verify/index.ts";
import { defaultFolderLimits } from "../folder/limits.ts";
import { loadRead } from "../kernel/load-folder.ts";
import { impossible, type Refusal } from "../refusal.ts";
import { brokenBy, migrationRecords } from "./migrations.ts";
import { recordOf, type Servable, servableFinding, verifiedHash } from "./servable.ts";
import type { Verifier } from "./verifier.ts";

export interface BootWorld {
  readonly log: Store;
  readonly verifier: Verifier;
  readonly verify: VerifyOptions;
  /** Where what was verified before is compiled: in a process of its own where this one serves already. */
  readonly loads: "here" | "aside";
}

export interface FirstServed {
  readonly kind: "first";
  readonly served: Servable;
  /** True where another revision was served last. */
  readonly isOther: boolean;
  /** Says that it is live, once it is. */
  readonly confirm: () => Promise<void>;
  /** Present where it has never been live: forgets it. */
  readonly forget?: () => Promise<void>;
}

/**
 * The newer change wins: a revision that was deployed stays live over restarts until the folder says something else than
 * when it was last served. A revision whose taking over was cut off goes before all others: what lives may be mapped for it.
 */
export async function firstServed(world: BootWorld, tenant: string, folder: Servable): Promise<FirstServed | Refusal> {
  const { log, verify } = world;
  const [newest] = await log.revisions(tenant, { top: 1, skip: 0 });
  if (newest !== undefined && newest.origin !== "folder" && !(await isNews(log, tenant, folder))) {
    return revived(world, newest);
  }
  if (newest?.specHash === folder.specHash) return first(log, newest, folder);
  const broken = newest && (await brokenFrom(world, newest, folder));
  if (broken !== undefined) {
    return impossible(
      `the migration breaks a promise: ${broken}`,
      "say in [migration] what keeps it, or what was before",
    );
  }
  const number = (newest?.number ?? 0) + 1;
  await log.stageRevision(recordOf(folder, verify, { tenant, number, origin: "folder", by: 'System::"folder"' }));
  const confirm = () => log.settleRevision(tenant, number, "live");
  return { kind: "first", served: folder, isOther: newest !== undefined, confirm };
}

/** What the folder's `[migration]` breaks of what the revision before it reaches. */
async function brokenFrom(
  { log, verify }: BootWorld,
  { tenant, number }: RevisionSummary,
  folder: Servable,
): Promise<string | undefined> {
  const earlier = await log.revision(tenant, number);
  return earlier && brokenBy(await migrationRecords(folder, earlier, verify));
}

/** The tenant's newest revision, verified again where the verifier is another by now. */
export async function revived(world: BootWorld, newest: RevisionSummary): Promise<FirstServed | Refusal> {
  const { log, verifier, verify } = world;
  const { tenant, number, specHash, outcome } = newest;
  const record = await log.revision(tenant, number);
  if (record === undefined) throw new Error(`revision ${number} of ${tenant} is listed and not there`);
  const { name, files } = record;
  const isKnown = record.verifiedHash === verifiedHash(specHash, outcome, verify);
  if (isKnown && world.loads === "here") return first(log, newest, await compiledAgain(record, newest));
  const verified = isKnown
    ? await verifier.load(name, files, outcome)
    : await verifier.verify(name, files, () => undefined);
  if (verified.kind === "made" && verified.outcome !== "violated") {
    return first(log, newest, servableFinding(verified, { name, files }));
  }
  return impossible(
    `revision ${number} of tenant ${tenant}, which was deployed, does not hold under this version of temperc`,
    "change the folder to what is to be served: a folder that has changed goes before what was deployed earlier",
  );
}

async function compiledAgain(
  { name, files }: RevisionRecord,
  { tenant, number, specHash, outcome }: RevisionSummary,
): Promise<Servable> {
  const encoder = new TextEncoder();
  const sources = { name, files: files.map(({ path, text }) => ({ path, bytes: encoder.encode(text) })) };
  const read = { kind: "read", root: process.cwd(), sources, strayLinks: [] } as const;
  const loaded = await loadRead(read, { limits: defaultFolderLimits, purpose: "run" });
  if (loaded.kind !== "loaded") throw new Error(`revision ${number} of ${tenant} was verified and does not compile`);
  const { program, definition } = loaded;
  return { name, program, definition, specHash, files, outcome };
}

function first(log: Store, { tenant, number, state, specHash }: RevisionSummary, served: Servable): FirstServed {
  const confirm = async (): Promise<void> => {
    if (state === "staged") await log.settleRevision(tenant, number, "live");
  };
  const forget = () => log.settleRevision(tenant, number, "dropped");
  const isOther = state === "staged" || specHash !== served.specHash;
  return { kind: "first", served, isOther, confirm, ...(state === "staged" && { forget }) };
}

const pageMax = 100;

/** True where the folder says something else than when it was last served. */
async function isNews(log: Store, tenant: string, folder: Servable): Promise<boolean> {
  for (let skip = 0; ; skip += pageMax) {
    const page = await log.revisions(tenant, { top: pageMax, skip });
    const last = page.find(({ origin }) => origin === "folder");
    if (last !== undefined) return !(await saysTheSame(log, last, folder));
    if (page.length < pageMax) return true;
  }
}

/** The hash is another where temperc is; then the files tell. */
async function saysTheSame(
  log: Store,
  { tenant, number, specHash }: RevisionSummary,
  folder: Servable,
): Promise<boolean> {
  if (specHash === folder.specHash) return true;
  const record = await log.revision(tenant, number);
  return JSON.stringify(record?.files) === JSON.stringify(folder.files);
}
