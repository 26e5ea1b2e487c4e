/** Answers that are fetched later: to requests whose callers did not want to wait. */

/** The answer to one request. */
export interface KeptAnswer {
  readonly tenant: string;
  /** Not to be guessed. */
  readonly id: string;
  /** `Type::"id"` of who asked; nobody else is told. */
  readonly principal: string;
  /** Null while the request is worked on. */
  readonly reply: string | null;
  /** RFC 3339, as the next one: a request that is still worked on then has lost its server. */
  readonly lostAt: string;
  /** From then on the answer is gone. */
  readonly expiresAt: string;
}

export interface BeginBounds {
  /** Answers that the principal may have at once. */
  readonly max: number;
  /** What has expired by then is dropped. */
  readonly now: string;
}

export interface Answers {
  /** Durable when it resolves. False where the principal has as many as it may. */
  begin(answer: KeptAnswer, bounds: BeginBounds): Promise<boolean>;
  /** False where the answer was dropped meanwhile. */
  finish(finished: Pick<KeptAnswer, "tenant" | "id" | "reply" | "expiresAt">): Promise<boolean>;
  find(tenant: string, id: string): Promise<KeptAnswer | undefined>;
  drop(tenant: string, id: string): Promise<boolean>;
}
