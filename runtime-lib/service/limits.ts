/** The service's limits, each named and each with its reason to exist. */

export interface Limits {
  /** Messages that may wait for one entity; the next one is answered `Overloaded` at once. */
  readonly mailboxMax: number;
  /** Messages of one entity that may wait together for one commit. */
  readonly sharedCommitMax: number;
  /** Entities kept in memory; the least recently used idle ones go first and are folded again when asked for. */
  readonly residentsMax: number;
  /** Events that are read to find what an entity is; of one that has more, the row is the snapshot. */
  readonly foldedEventsMax: number;
  /** How often a write is evaluated again after another writer was faster. */
  readonly conflictRetriesMax: number;
  /** How long the reply to an idempotency key is kept. */
  readonly idempotencyTtlMs: number;
  /** How long a request may be worked on whose caller does not wait, and how long its answer is kept. */
  readonly asyncRunMs: number;
  readonly asyncKeptMs: number;
  /** Answers that are kept or worked on for one principal; a request beyond them is waited for. */
  readonly asyncPerPrincipalMax: number;
  /** What an overloaded service asks its caller to wait. */
  readonly retryAfterSeconds: number;
  /** Calls that may wait while a swap is under way. */
  readonly heldMax: number;
  /** UTF-16 units of an entity's id. */
  readonly entityIdLengthMax: number;
  /** Entities that one deletion may delete or clear besides its own. */
  readonly cascadeMax: number;
  /** Deliveries between a call from outside and what it leads to; what lies deeper is a dead letter. */
  readonly cascadeDepthMax: number;
  /** Entries that a tenant's outbox may hold; while it holds them, calls from outside that would add to it are `Overloaded`. */
  readonly outboxPendingMax: number;
  /** Deliveries under way at once. */
  readonly deliveriesMax: number;
  /** How often a delivery is tried before it is a dead letter. */
  readonly deliveryAttemptsMax: number;
  /** The first wait before another attempt is up to this, and each later one up to twice the one before. */
  readonly retryBaseMs: number;
  /** The longest wait before another attempt. */
  readonly retryCapMs: number;
  /** How long a delivery may be under way before another process may take it over. */
  readonly leaseMs: number;
  /** How often an idle service looks for what another process has put into the store. */
  readonly outboxIdleMs: number;
  /** How long a webhook may take that names no time of its own, and any may take. */
  readonly webhookTimeoutMs: number;
  readonly webhookTimeoutMaxMs: number;
  /** How long what a webhook was answered is kept. */
  readonly doneKeptMs: number;
  /** How often streams look for what other processes have committed. */
  readonly feedPollMs: number;
  /** Entities that one swap may map; a revision that needs more is refused. */
  readonly migratedMax: number;
  /** Principals whose readable sets are remembered. */
  readonly readableCacheMax: number;
  /** Rows of a set that are judged one by one where its policies are no query; of a larger set nothing is listed. */
  readonly judgedRowsMax: number;
  /** Decisions that are not approved, of one principal and of a tenant; further refusals are not recorded. */
  readonly decisionsPerPrincipalMax: number;
  readonly decisionsPerTenantMax: number;
  /** How often credentials that nobody is known by are recorded: those that come meanwhile are counted. */
  readonly refusedCredentialsMs: number;
  /** How long a pending or denied decision is kept after the last refusal that it stands for. */
  readonly decisionTtlMs: number;
  /** How long an approved decision is kept. Its policy and its place in the audit trail stay. */
  readonly decidedKeptMs: number;
  /** How soon a stream tells of decisions that another process has recorded. */
  readonly decisionPollMs: number;
  /** Streams of decisions that may be open. */
  readonly decisionStreamsMax: number;
  /** Added policies of a tenant that are in force. */
  readonly addedPoliciesMax: number;
  /** How soon policies are in force, or no longer, that another process has added or revoked. */
  readonly policiesFreshMs: number;
  /** Denials from which on a policy is suggested. */
  readonly suggestedFrom: number;
}

export const defaultLimits: Limits = {
  mailboxMax: 1_000,
  sharedCommitMax: 64,
  residentsMax: 50_000,
  foldedEventsMax: 100,
  conflictRetriesMax: 2,
  idempotencyTtlMs: 24 * 60 * 60 * 1_000,
  asyncRunMs: 10 * 60 * 1_000,
  asyncKeptMs: 60 * 60 * 1_000,
  asyncPerPrincipalMax: 100,
  retryAfterSeconds: 1,
  heldMax: 10_000,
  entityIdLengthMax: 512,
  cascadeMax: 1_000,
  cascadeDepthMax: 8,
  outboxPendingMax: 1_024,
  deliveriesMax: 256,
  deliveryAttemptsMax: 15,
  retryBaseMs: 200,
  retryCapMs: 5 * 60 * 1_000,
  leaseMs: 60_000,
  outboxIdleMs: 30_000,
  webhookTimeoutMs: 10_000,
  webhookTimeoutMaxMs: 30_000,
  doneKeptMs: 24 * 60 * 60 * 1_000,
  feedPollMs: 1_000,
  migratedMax: 100_000,
  readableCacheMax: 10_000,
  judgedRowsMax: 1_000,
  decisionsPerPrincipalMax: 100,
  decisionsPerTenantMax: 10_000,
  refusedCredentialsMs: 1_000,
  decisionTtlMs: 7 * 24 * 60 * 60 * 1_000,
  decidedKeptMs: 90 * 24 * 60 * 60 * 1_000,
  decisionPollMs: 1_000,
  decisionStreamsMax: 100,
  addedPoliciesMax: 1_000,
  policiesFreshMs: 1_000,
  suggestedFrom: 3,
};
