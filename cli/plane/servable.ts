/** A program that may be served: loaded code, the files it came from and what was found of it. */
import { createHash } from "node:crypto";
import type { RevisionFile, RevisionRecord, ServiceDefinition } from "@temperc/runtime";
import type { ProgramData } from "../../compiler/index.ts";
import { defaultVerifyLimits, type VerifyOptions } from "../../verify/index.ts";
import { loadBundle } from "../kernel/load-bundle.ts";
import type { Revision } from "../kernel/pipeline.ts";
import { version } from "../package-root.ts";
import type { Finding } from "./job.ts";

export interface Servable {
  readonly name: string;
  readonly program: ProgramData;
  readonly definition: ServiceDefinition;
  readonly specHash: string;
  readonly files: readonly RevisionFile[];
  readonly outcome: "held" | "unknown";
}

/** A verified folder; one that is violated is never served. */
export function servableFolder({ program, definition, specHash, outcome, compiled }: Revision): Servable {
  if (outcome === "violated") throw new Error("a spec that is violated is not served");
  const decoder = new TextDecoder();
  const files = compiled.folder.sources.files.map(({ path, bytes }) => ({ path, text: decoder.decode(bytes) }));
  return { name: compiled.folder.sources.name, program, definition, specHash, files, outcome };
}

/** The code of a finding, loaded. */
export function servableFinding(
  { program, bundle, specHash, outcome }: Finding & { readonly kind: "made" },
  { name, files }: Pick<Servable, "name" | "files">,
): Servable {
  if (outcome === "violated") throw new Error("a spec that is violated is not served");
  const definition = loadBundle(bundle, `${program.name}-${specHash.slice(0, 12)}`);
  return { name, program, definition, specHash, files, outcome };
}

/** What a verdict rests on besides the spec: the verifier and all that bounds it. */
export function verifiedHash(
  specHash: string,
  outcome: string,
  { bounds = new Map(), limits, seed, faults }: VerifyOptions,
): string {
  const sorted = (entries: Iterable<readonly [string, unknown]>) => [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  const bounding = [
    sorted(bounds),
    sorted(Object.entries({ ...defaultVerifyLimits, ...limits })),
    seed ?? null,
    faults ?? null,
  ];
  return createHash("sha256")
    .update(JSON.stringify([version(), specHash, outcome, bounding]))
    .digest("hex");
}

/** The record of a revision that is about to be taken over. */
export function recordOf(
  { name, specHash, files, outcome }: Servable,
  verify: VerifyOptions,
  about: Pick<RevisionRecord, "tenant" | "number" | "origin" | "by">,
): RevisionRecord {
  return {
    ...about,
    state: "staged",
    name,
    specHash,
    verifiedHash: verifiedHash(specHash, outcome, verify),
    verifierVersion: version(),
    bounds: Object.fromEntries(verify.bounds ?? []),
    outcome,
    at: new Date().toISOString(),
    files,
  };
}
