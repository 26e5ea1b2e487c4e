/** The spec plane of the live host: a submission is verified in a process of its own, recorded, and swapped in. */
import {
  type Failed,
  failure,
  type OnProgress,
  type RevisionRecord,
  type RevisionSummary,
  type SpecAnswer,
  type SpecCaller,
  type SpecFile,
  type SpecPlane,
  type SpecRefused,
  type Store,
  strandedText,
} from "@temperc/runtime";
import type { VerifyOptions } from "../../verify/index.ts";
import { isSpecPath } from "../folder/find-files.ts";
import { specHash } from "../kernel/spec-hash.ts";
import { version } from "../package-root.ts";
import type { Verified } from "./job.ts";
import type { Lines } from "./lines.ts";
import { brokenBy } from "./migrations.ts";
import { otherPolicies } from "./other-policies.ts";
import { recordOf, type Servable, servableFinding } from "./servable.ts";
import { shownProgram, shownSpec } from "./shown.ts";
import type { TakenOver, Tenants } from "./tenants.ts";
import type { Verifier } from "./verifier.ts";

export interface PlaneLimits {
  /** Submissions of one tenant that wait for the one before; the next is refused at once. */
  readonly submissionsWaitingMax: number;
  /** Revisions that are kept of a tenant; the oldest go. */
  readonly revisionsKeptMax: number;
}

export const defaultPlaneLimits: PlaneLimits = { submissionsWaitingMax: 4, revisionsKeptMax: 1_000 };

/** Revisions among which the live one is: above it there are only those that are being taken over. */
const latestMax = 100;

export interface PlaneWorld {
  /** Where revisions are recorded, of all tenants. */
  readonly log: Store;
  readonly tenants: Tenants;
  /** What changes a tenant's program is done one after the other. */
  readonly lines: Lines;
  readonly verifier: Verifier;
  /** As the verifier was given them. */
  readonly verify: VerifyOptions;
  /** True where what could not be decided is served too. */
  readonly allowUnknown: boolean;
  readonly limits: PlaneLimits;
}

type Made = Verified & { readonly kind: "made" };

export function kernelPlane(world: PlaneWorld): SpecPlane {
  const { tenants, log, lines } = world;
  const deploying = (deploy: Deploy): Promise<SpecAnswer> =>
    lines.inLine(deploy.caller.tenant, () => deployed(world, deploy)) ?? refused(busy(world.limits));
  return {
    submit: (caller, files, onProgress) => deploying({ caller, files, onProgress, origin: "submitted" }),
    validate: (caller, files, onProgress) =>
      lines.inLine(caller.tenant, async () => {
        const verified = await verifiedFiles(world, { caller, files, onProgress });
        return "kind" in verified ? verified : { kind: "done", body: foundBody(verified.made) };
      }) ?? refused(busy(world.limits)),
    remove: async (caller, entity, onProgress) => {
      const served = tenants.of(caller.tenant)?.served;
      const file = served?.program.automata.find(({ name }) => name === entity)?.file;
      if (served === undefined || file === undefined) return refused(noSpec(entity));
      const files = served.files.filter(({ path }) => path !== file);
      return deploying({ caller, files, onProgress, origin: "submitted" });
    },
    rollback: async (caller, number, onProgress) => {
      const record = await log.revision(caller.tenant, number);
      if (record === undefined) return refused(noRevision(number));
      return deploying({ caller, files: record.files, onProgress, origin: "rollback" });
    },
    specs: async (tenant) => {
      const served = tenants.of(tenant)?.served;
      return served === undefined ? refused(noProgram()) : { kind: "done", body: shownProgram(served) };
    },
    spec: async (tenant, entity) => {
      const served = tenants.of(tenant)?.served;
      const shown = served && shownSpec(served, entity);
      return shown === undefined ? refused(noSpec(entity)) : { kind: "done", body: shown };
    },
    revisions: async (tenant, page) => {
      const live = await liveNumber(log, tenant);
      const value = (await log.revisions(tenant, page)).map((each) => published(each, live));
      return { kind: "done", body: { value } };
    },
    revision: async (tenant, number) => {
      const record = await log.revision(tenant, number);
      if (record === undefined) return refused(noRevision(number));
      return { kind: "done", body: { ...published(record, await liveNumber(log, tenant)), files: record.files } };
    },
  };
}

interface Submission {
  readonly caller: SpecCaller;
  readonly files: readonly SpecFile[];
  readonly onProgress: OnProgress;
}

interface Deploy extends Submission {
  readonly origin: RevisionRecord["origin"];
}

/** A program keeps its name; a tenant's first is called as the tenant is. */
function nameFor({ tenants }: PlaneWorld, tenant: string): string {
  return tenants.of(tenant)?.served.name ?? tenant;
}

interface VerifiedFiles {
  readonly made: Made;
  readonly served: Servable;
}

/** Verifies the submission; what does not hold is refused. */
async function verifiedFiles(world: PlaneWorld, submission: Submission): Promise<VerifiedFiles | SpecRefused> {
  const { caller, onProgress } = submission;
  const files = submission.files.filter(({ path }) => isSpecPath(path));
  if (files.length === 0)
    return refusal(failure("InvalidParameter", "there is no spec file among the files", { target: "files" }));
  const name = nameFor(world, caller.tenant);
  const live = world.tenants.of(caller.tenant)?.served;
  const earlier = live && { name: live.name, files: live.files };
  const verified = await world.verifier.verify(name, files, onProgress, earlier);
  const objection = objectionTo(verified, world.allowUnknown);
  if (objection !== undefined) return objection;
  if (verified.kind !== "made") throw new Error("whatever was not made is objected to");
  return { made: verified, served: servableFinding(verified, { name, files }) };
}

async function deployed(world: PlaneWorld, deploy: Deploy): Promise<SpecAnswer> {
  const { caller, origin, onProgress } = deploy;
  const unchanged = await unchangedRevision(world, deploy);
  if (unchanged !== undefined) return unchanged;
  const others = otherPolicies(world.tenants.of(caller.tenant)?.served.files ?? [], deploy.files);
  if (others.length > 0 && !caller.mayDecide) return refused(notToDecide(others));
  const verified = await verifiedFiles(world, deploy);
  if ("kind" in verified) return verified;
  const { made, served } = verified;
  const number = ((await newest(world.log, caller.tenant))?.number ?? 0) + 1;
  const record = recordOf(served, world.verify, { ...caller, number, origin });
  if (!(await world.log.stageRevision(record)))
    return refused(failure("Conflict", "another process has deployed meanwhile"));
  onProgress({ event: "staged", number, revision: served.specHash });
  const swapped = await takenOver(world, caller.tenant, { served, number });
  if (swapped.kind !== "swapped") return { kind: "refused", ...objectionToSwap(swapped, caller.tenant) };
  await forgetOldest(world, caller.tenant, number);
  const { migrated, drained } = swapped;
  return { kind: "done", body: { number, ...foundBody(made), migrated, drained } };
}

/** A staged revision becomes live or is forgotten, whatever happens but the end of the process. */
async function takenOver(
  { log, tenants }: PlaneWorld,
  tenant: string,
  { served, number }: { readonly served: Servable; readonly number: number },
): Promise<TakenOver> {
  let swapped: TakenOver | undefined;
  try {
    swapped = await tenants.takeOver(tenant, served);
    return swapped;
  } finally {
    await log.settleRevision(tenant, number, swapped?.kind === "swapped" ? "live" : "dropped");
  }
}

/** What is live already need not be verified again. */
async function unchangedRevision(
  { log, tenants }: PlaneWorld,
  { caller, files }: Deploy,
): Promise<SpecAnswer | undefined> {
  const served = tenants.of(caller.tenant)?.served;
  if (served === undefined) return undefined;
  const encoder = new TextEncoder();
  const spec = files
    .filter(({ path }) => isSpecPath(path))
    .map(({ path, text }) => ({ path, bytes: encoder.encode(text) }));
  if (specHash({ name: served.name, files: spec }, version()) !== served.specHash) return undefined;
  const { number } = (await newest(log, caller.tenant)) ?? { number: 0 };
  return {
    kind: "done",
    body: { number, name: served.name, revision: served.specHash, outcome: served.outcome, unchanged: true },
  };
}

async function newest(log: Store, tenant: string): Promise<RevisionSummary | undefined> {
  const [newestOne] = await log.revisions(tenant, { top: 1, skip: 0 });
  return newestOne;
}

async function forgetOldest({ log, limits }: PlaneWorld, tenant: string, number: number): Promise<void> {
  const forgotten = number - limits.revisionsKeptMax;
  if (forgotten > 0) await log.settleRevision(tenant, forgotten, "dropped");
}

function foundBody({ specHash: revision, outcome, program, verdicts, ...found }: Made): object {
  const { migrations, diagnostics, timings } = found;
  return { name: program.name, revision, outcome, verdicts, migrations, diagnostics, timings };
}

/** Of those that were swapped in the last one is served. */
async function liveNumber(log: Store, tenant: string): Promise<number | undefined> {
  const latest = await log.revisions(tenant, { top: latestMax, skip: 0 });
  return latest.find(({ state }) => state === "live")?.number;
}

function published({ specHash: revision, ...summary }: RevisionSummary, live: number | undefined): object {
  const { number, name, verifiedHash, verifierVersion, bounds, outcome, origin, by, at } = summary;
  const state = summary.state === "live" && number !== live ? "replaced" : summary.state;
  return { number, revision, state, name, verifiedHash, verifierVersion, bounds, outcome, origin, by, at };
}

function objectionTo(verified: Verified, allowUnknown: boolean): SpecRefused | undefined {
  switch (verified.kind) {
    case "refused":
      return refusal(failure("InvalidParameter", `${verified.message}: ${verified.hint}`));
    case "ended":
      return refusal(failure("SpecRefused", `the spec could not be verified: ${verified.reason}`));
    case "compiled": {
      const { diagnostics, report } = verified;
      return { ...refusal(failure("SpecRefused", "the spec does not compile")), body: { diagnostics, report } };
    }
    case "made": {
      const { outcome, report, migrations } = verified;
      const broken = brokenBy(migrations);
      if (broken !== undefined) {
        const failed = failure("SpecRefused", `the migration breaks a promise: ${broken}`);
        return { ...refusal(failed), body: { ...foundBody(verified), report } };
      }
      if (outcome === "held" || (outcome === "unknown" && allowUnknown)) return undefined;
      const why = outcome === "violated" ? "breaks a promise of its own" : "has a promise that could not be decided";
      return { ...refusal(failure("SpecRefused", `the spec ${why}`)), body: { ...foundBody(verified), report } };
    }
  }
}

/** Entities of other tenants are counted and not named. */
function objectionToSwap(
  taken: Exclude<TakenOver, { readonly kind: "swapped" }>,
  tenant: string,
): Omit<SpecRefused, "kind"> {
  switch (taken.kind) {
    case "too-many":
      return {
        failure: failure(
          "Overloaded",
          "as many tenants as there may be have a program of their own (tenantProgramsMax)",
        ),
      };
    case "shared":
      return {
        failure: failure(
          "EntitiesStranded",
          `${taken.count} entities of this tenant live under the host's program: a program of its own would not have them`,
        ),
      };
    case "refused": {
      const stranded = taken.stranded.map((each) => ({
        ...each,
        examples: each.examples.filter((example) => example.tenant === tenant),
      }));
      if (stranded.length === 0) return { failure: failure("Conflict", taken.reasons.join("; ")) };
      const message = `live entities have no place in this revision: ${stranded.map(strandedText).join("; ")}`;
      return { failure: failure("EntitiesStranded", message), body: { stranded: stranded.map(idsOnly) } };
    }
  }
}

function idsOnly({ examples, ...about }: Parameters<typeof strandedText>[0]): object {
  return { ...about, ids: examples.map(({ entityId }) => entityId) };
}

function refusal(failed: Failed): SpecRefused {
  return { kind: "refused", failure: failed };
}

async function refused(failed: Failed): Promise<SpecAnswer> {
  return refusal(failed);
}

function busy({ submissionsWaitingMax }: PlaneLimits): Failed {
  const message = `${submissionsWaitingMax} submissions of this tenant are waiting already (submissionsWaitingMax)`;
  return failure("Overloaded", message, { retryAfterSeconds: 5 });
}

function notToDecide(paths: readonly string[]): Failed {
  const message = `who may do what is for an operator to say: the policies in ${paths.join(", ")} are not those that are live`;
  return failure("AuthorizationDenied", message);
}

function noSpec(entity: string): Failed {
  return failure("NotFound", `this tenant has no spec of ${JSON.stringify(entity)}`);
}

function noProgram(): Failed {
  return failure("NotFound", "this tenant has no spec of its own: the host's program serves it");
}

function noRevision(number: number): Failed {
  return failure("NotFound", `this tenant has no revision ${number}`);
}
