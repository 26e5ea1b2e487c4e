/** What the HTTP surface needs of whoever compiles, verifies and swaps specs: the live kernel is it; a built service has none. */
import type { Failed } from "./call.ts";

export interface SpecFile {
  /** Relative, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** For whom it is done, and who asks for it. */
export interface SpecCaller {
  readonly tenant: string;
  /** `Type::"id"`. */
  readonly by: string;
  /** May say who may do what: what anybody else submits has the policies that are live, letter by letter. */
  readonly mayDecide: boolean;
}

/** One step of a verification, as a line of JSON: `event` says which. */
export type SpecProgress = { readonly event: string } & Readonly<Record<string, unknown>>;

export type OnProgress = (progress: SpecProgress) => void;

/** What was done, as JSON. */
export interface SpecDone {
  readonly kind: "done";
  readonly body: object;
}

/** What was not done, and what there is to say beside the error: diagnostics, verdicts with their counterexamples. */
export interface SpecRefused {
  readonly kind: "refused";
  readonly failure: Failed;
  readonly body?: object;
}

export type SpecAnswer = SpecDone | SpecRefused;

export interface SpecPlane {
  /** Compiles, verifies and swaps in; a spec that does not hold changes nothing. */
  submit(caller: SpecCaller, files: readonly SpecFile[], onProgress: OnProgress): Promise<SpecAnswer>;
  /** The same without the swap. */
  validate(caller: SpecCaller, files: readonly SpecFile[], onProgress: OnProgress): Promise<SpecAnswer>;
  /** The live program without the behaviour of an entity, as a revision of its own. */
  remove(caller: SpecCaller, entity: string, onProgress: OnProgress): Promise<SpecAnswer>;
  rollback(caller: SpecCaller, revision: number, onProgress: OnProgress): Promise<SpecAnswer>;
  /** What is live. */
  specs(tenant: string): Promise<SpecAnswer>;
  /** The files of an entity, as they are and as they were read. */
  spec(tenant: string, entity: string): Promise<SpecAnswer>;
  revisions(tenant: string, page: { readonly top: number; readonly skip: number }): Promise<SpecAnswer>;
  revision(tenant: string, number: number): Promise<SpecAnswer>;
}
