/** The log of revisions: every spec that a tenant has deployed, with its files and what was verified of them. */

/** What is told of a revision in a list. */
export interface RevisionSummary {
  readonly tenant: string;
  /** 1 for the tenant's first, without gaps but for those that were refused. */
  readonly number: number;
  /**
   * `staged`: it is taken over, or its process ended while it was; `live`: it was taken over. The `live` one with the
   * highest number is the one that is served.
   */
  readonly state: "staged" | "live";
  readonly name: string;
  readonly specHash: string;
  /** Over the spec hash, the verifier's version, its bounds and limits, and the outcome. */
  readonly verifiedHash: string;
  readonly verifierVersion: string;
  readonly bounds: Readonly<Record<string, number>>;
  readonly outcome: "held" | "unknown";
  /** How it came: out of the folder that is served, through the API, or as an earlier one again. */
  readonly origin: "folder" | "submitted" | "rollback";
  /** `Type::"id"` of who deployed it. */
  readonly by: string;
  /** RFC 3339, UTC, milliseconds. */
  readonly at: string;
}

export interface RevisionFile {
  /** Relative, with `/`. */
  readonly path: string;
  readonly text: string;
}

export interface RevisionRecord extends RevisionSummary {
  readonly files: readonly RevisionFile[];
}

export interface RevisionLog {
  /** Adds a staged revision. False where the tenant has one of that number already. */
  stageRevision(record: RevisionRecord): Promise<boolean>;
  /** A staged revision becomes live, or is forgotten. */
  settleRevision(tenant: string, number: number, as: "live" | "dropped"): Promise<void>;
  /** The newest first. */
  revisions(tenant: string, page: { readonly top: number; readonly skip: number }): Promise<readonly RevisionSummary[]>;
  revision(tenant: string, number: number): Promise<RevisionRecord | undefined>;
  /** Those that have a revision, in order. */
  revisionTenants(): Promise<readonly string[]>;
}
