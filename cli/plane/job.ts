/** What the live host, its nursery and the processes that verify say to each other. */

import type { RevisionFile } from "@temperc/runtime";
import type { ProgramData } from "../../compiler/index.ts";
import type { VerdictRecord } from "../../verify/index.ts";
import type { MigrationRecord } from "./migrations.ts";
import type { ProcessLimits } from "./verify-processes.ts";

export interface Job {
  readonly name: string;
  readonly files: readonly RevisionFile[];
  readonly bounds: ReadonlyMap<string, number>;
  readonly limits: Readonly<Record<string, number>>;
  readonly seed?: number;
  /** What is live now, which the spec would take over. */
  readonly earlier?: { readonly name: string; readonly files: readonly RevisionFile[] };
  /** What it was found to be already: it is compiled again, and not verified. */
  readonly known?: "held" | "unknown";
}

/** What a spec was found to be. */
export type Finding =
  | {
      readonly kind: "made";
      readonly program: ProgramData;
      /** CommonJS that exports `service` and requires nothing. */
      readonly bundle: string;
      readonly specHash: string;
      readonly outcome: "held" | "violated" | "unknown";
      readonly verdicts: readonly VerdictRecord[];
      /** What becomes of what the earlier revision reaches. */
      readonly migrations: readonly MigrationRecord[];
      readonly diagnostics: readonly object[];
      /** Diagnostics and verdicts for people. */
      readonly report: string;
      readonly timings: Readonly<Record<string, number>>;
    }
  | { readonly kind: "compiled"; readonly diagnostics: readonly object[]; readonly report: string }
  | { readonly kind: "refused"; readonly message: string; readonly hint: string };

export type Told =
  | { readonly kind: "progress"; readonly progress: { readonly event: string } & Readonly<Record<string, unknown>> }
  | { readonly kind: "finding"; readonly finding: Finding };

/** What is known of a spec: what was found, or why nothing was. */
export type Verified =
  | Finding
  /** Past a limit, or ended from outside. */
  | { readonly kind: "ended"; readonly reason: string };

/** What the host says to the nursery: first how its processes are bounded, then what each is to verify. */
export type ToNursery =
  | { readonly kind: "limits"; readonly limits: ProcessLimits }
  | { readonly kind: "job"; readonly id: number; readonly job: Job };

/** And what it answers, of which job. */
export type FromNursery = { readonly id: number } & (
  | (Told & { readonly kind: "progress" })
  | { readonly kind: "verified"; readonly verified: Verified }
);
