/** What a caller asks of the service and what it answers, before HTTP and after it. */
import type { EntityTypeDescriptor, MediaStamp, ServiceDefinition, Values } from "../kernel/index.ts";
import type {
  Computed,
  FeedEvent,
  FeedPosition,
  FilterNode,
  Grouping,
  Page,
  Principal,
  StoredRow,
  Window,
} from "../ports/index.ts";

/** What every call carries, whatever it asks for. */
export interface CallContext {
  readonly principal: Principal;
  readonly tenant: string;
  readonly correlationId: string;
  /** The trace that it is part of (W3C Trace Context), where there is one. */
  readonly traceparent?: string;
  /** The session of the caller, and what it wanted, in its own words: the journal keeps them, and telemetry tells them. */
  readonly sessionId?: string;
  readonly intent?: string;
  /** What the credential is good for of all that the principal may do; everything where absent. See `scopes.ts`. */
  readonly scopes?: readonly string[];
  /** Milliseconds since the epoch; a call that has not started by then is dropped from the queue, not run. */
  readonly deadlineAt?: number;
  /** True once nobody waits for the answer any more; such a call is dropped as well. */
  readonly isGone?: () => boolean;
}

/** A call that changes one entity. Parameters and fields are already parsed to their declared types. */
export interface Write {
  readonly entityType: string;
  readonly entityId: string;
  readonly change:
    | { readonly kind: "create"; readonly values: Values }
    | { readonly kind: "patch"; readonly values: Values }
    /** The fields as a whole: what is not given goes back to its default. */
    | { readonly kind: "put"; readonly values: Values }
    | { readonly kind: "delete" }
    | { readonly kind: "action"; readonly action: string; readonly params: Values };
  /** The entity must be at one of these sequence numbers (`If-Match`). */
  readonly expectedSequences?: readonly number[];
  /** The entity, where it is there, must be at none of these (`If-None-Match`). */
  readonly unexpectedSequences?: readonly number[];
  /** Whether a patch or put changes what is there, makes what is not, or either; a patch without it changes, a put is either. */
  readonly upsert?: "change" | "make" | "either";
  readonly idempotency?: { readonly key: string; readonly requestHash: string };
  /** What a create or patch puts at streams of the entity, by property; null empties one. */
  readonly media?: ReadonlyMap<string, GivenMedia | null>;
}

/** Bytes as they were sent. */
export interface GivenMedia {
  readonly stamp: MediaStamp;
  readonly bytes: Uint8Array;
}

export interface ListRead {
  readonly entityType: string;
  readonly filter?: FilterNode;
  readonly orderBy: readonly { readonly property: string; readonly direction: "asc" | "desc" }[];
  readonly top: number;
  readonly skip: number;
  readonly count: boolean;
  readonly each?: Window;
  readonly computed?: readonly Computed[];
  readonly grouping?: Grouping;
}

/** The entity after a write; `row` is absent after a delete. `replayed` where an idempotency key gave an earlier answer again. */
export interface Written {
  readonly kind: "written";
  readonly row?: StoredRow;
  readonly sequence: number;
  readonly created: boolean;
  readonly replayed: boolean;
  readonly revision: string;
}

export interface Found {
  readonly kind: "found";
  readonly row: StoredRow;
  readonly type: EntityTypeDescriptor;
  /** The actions whose rules start from the present status. */
  readonly availableActions: readonly string[];
  readonly revision: string;
}

export interface Listed {
  readonly kind: "listed";
  readonly page: Page;
  readonly type: EntityTypeDescriptor;
  readonly revision: string;
}

/** The error codes that a client can rely on, with the HTTP status each is sent as. */
export const errorStatus = {
  ActionNotAllowed: 409,
  GuardFailed: 409,
  EntityExists: 409,
  AlternateKeyTaken: 409,
  EntityReferenced: 409,
  Conflict: 409,
  EntitiesStranded: 409,
  NotFound: 404,
  UnknownAction: 404,
  Gone: 410,
  AuthorizationDenied: 403,
  Unauthenticated: 401,
  InvalidParameter: 400,
  InvalidRequest: 400,
  InvariantViolated: 409,
  PreconditionFailed: 412,
  NotAcceptable: 406,
  RequestTimeout: 408,
  TooManyRequests: 429,
  PayloadTooLarge: 413,
  UriTooLong: 414,
  UnsupportedMediaType: 415,
  MethodNotAllowed: 405,
  IdempotencyMismatch: 422,
  SpecRefused: 422,
  NotVerified: 423,
  FailedDependency: 424,
  HeadersTooLarge: 431,
  NotImplemented: 501,
  Overloaded: 503,
  StoreUnavailable: 503,
  IssuerUnavailable: 503,
  DeadlineExceeded: 503,
  OutcomeUnknown: 504,
  EntityStopped: 503,
  InternalError: 500,
} as const;

export type ErrorCode = keyof typeof errorStatus;

/** A call that was not done, and why: nothing was changed by it, but for `OutcomeUnknown`, of which nobody can tell. */
export interface Failed {
  readonly kind: "failed";
  readonly code: ErrorCode;
  readonly message: string;
  /** The parameter, property or query option that is at fault. */
  readonly target?: string;
  /** Facts for a program: status, action, guard, possible actions, policies. */
  readonly details?: Readonly<Record<string, string | number | readonly string[]>>;
  readonly retryAfterSeconds?: number;
  /** What the policies denied, for the record: no caller is shown it. */
  readonly denial?: Denial;
  /** True where the request names what callers never write, or says that it comes from somebody else: the attempt is recorded. */
  readonly isReach?: true;
  /** True where another revision has taken over that the call has to be asked of: it is, unless some of it is done already. */
  readonly isOvertaken?: true;
}

/** What was asked for and denied; `entityId` is null where it was a whole set. */
export interface Denial {
  readonly action: string;
  readonly entityType: string;
  readonly entityId: string | null;
  /** The clause that denied, in words. */
  readonly because: string;
  /** Policies that forbid, and what those said that failed to evaluate. */
  readonly policies: readonly string[];
  readonly errors: readonly string[];
  /** A record only, of what nobody can approve; it waits for a person where absent. */
  readonly state?: "refused";
}

/** Something tried that no policy could permit. `entityId` is null where it is about no one entity. */
export type Attempt = Pick<Denial, "action" | "entityType" | "entityId" | "because">;

/** What an emitted actor's method answers: the entity after the call in its own type, or why the call was not done. */
export type ActorReply<E> = { readonly kind: "done"; readonly entity: E; readonly sequence: number } | Failed;

/** What the HTTP surface needs of the service; `Service` is it. A failed call is an answer, never a throw. */
export interface Calls {
  /** The live revision's definition: request paths and bodies are parsed against it. A swap replaces the object. */
  readonly definition: ServiceDefinition;
  readonly revision: string;
  write(context: CallContext, write: Write): Promise<Written | Failed>;
  read(context: CallContext, entityType: string, entityId: string): Promise<Found | Failed>;
  /** The id of the entity with these values of an alternate key; what may be done with it is asked of the call that follows. */
  idOf(context: CallContext, entityType: string, key: Values): Promise<string | Failed>;
  list(context: CallContext, read: ListRead): Promise<Listed | Failed>;
  /** The bytes at a stream of an entity that the caller has read; undefined where others stand there by now. */
  media(context: CallContext, wanted: MediaWanted): Promise<Uint8Array | undefined | Failed>;
  /** Whether the caller may read what its write has left: to act on an entity is not to read it. */
  shows(context: CallContext, entityType: string, row: StoredRow): boolean | Promise<boolean>;
  readonly group?: GroupSoFar;
  /** What delta links ask of the journal; absent where nothing is committed yet, as within a group of writes. */
  readonly following?: Following;
  /** Told of a credential that names another tenant than its own; nothing is recorded where it is absent. */
  crossed?(principal: Principal, tenant: string): Promise<void>;
  /** Told of an attempt that was refused before it came to the policies; nothing is recorded where it is absent. */
  attempted?(principal: Principal, attempt: Attempt): Promise<void>;
  /**
   * Runs `work` on calls whose writes stand or fall together: each is decided on what those before it leave, and all are
   * durable, or none is. The work runs again where another writer was faster, so it does nothing but call.
   */
  together<T>(
    context: CallContext,
    work: (calls: Calls) => Promise<Together<T>>,
    options?: TogetherOptions,
  ): Promise<T | Failed>;
}

export interface MediaWanted {
  readonly entityType: string;
  readonly entityId: string;
  readonly property: string;
  readonly hash: string;
}

type Named = Pick<Write, "entityType" | "entityId">;

/** A group of writes while it is worked on. */
export interface GroupSoFar {
  /** What it has written, which `list` does not see yet. */
  readonly written: readonly Named[];
  /** What it wrote the first time, where it only answers that again. */
  readonly repeated?: readonly Named[];
}

export interface Following {
  /** The position behind everything that is committed now. */
  end(): Promise<FeedPosition | Failed>;
  /** The entities of a type that were changed behind a position, whoever may read them. */
  changes(context: CallContext, asked: ChangesQuery): Promise<Changes | Failed>;
  /** What the caller might have read of an entity before an event. */
  before(context: CallContext, asked: TouchedOf): Promise<Before | Failed>;
}

export interface ChangesQuery {
  readonly entityType: string;
  readonly after: FeedPosition;
  /** How many events are looked at, of all types. */
  readonly max: number;
}

export interface Changes {
  readonly kind: "changes";
  readonly touched: readonly Touched[];
  /** Where to go on. */
  readonly through: FeedPosition;
  /** True where nothing more is committed. */
  readonly isLast: boolean;
}

/** An entity, and the first of its events behind the position. */
export interface Touched {
  readonly entityId: string;
  readonly sequence: number;
}

export interface TouchedOf extends Touched {
  readonly entityType: string;
}

export type Before = { readonly kind: "values"; readonly values: Values } | { readonly kind: "none" };

/** What the work on a group comes to; nothing is kept where `keep` is false. */
export interface Together<T> {
  readonly keep: boolean;
  readonly value: T;
}

export interface TogetherOptions {
  /** Of the group as a whole: where it is known, the writes are answered as they were the first time. */
  readonly idempotency?: { readonly key: string; readonly requestHash: string };
}

/** What a stream of events needs of the service besides; `Service` is it. */
export interface EventSource {
  /** Reads the journal as far as the caller may. */
  events(context: CallContext, filter: EventFilter): EventPages;
  /** The position behind everything that is committed now. */
  eventsEnd(): Promise<FeedPosition | Failed>;
  /** Calls `listener` when something was committed, by this process or another, until the answer is called. */
  onCommitted(listener: () => void): () => void;
}

/** Which events are wanted; everything that may be read where nothing is said. */
export interface EventFilter {
  readonly entityType?: string;
  readonly entityId?: string;
  /** Actions, and the kinds `created`, `patched` and `deleted`. */
  readonly actions?: ReadonlySet<string>;
}

export interface EventPages {
  /** The page behind a position, of `max` events looked at; `InvalidParameter` where that is no position of the journal. */
  next(after: FeedPosition, max: number): Promise<EventPage | Failed>;
}

export interface EventPage {
  readonly kind: "events";
  readonly events: readonly FeedEvent[];
  /** Where to go on; that of before where nothing more is committed. */
  readonly through: FeedPosition;
}

/** What becomes of a request whose caller does not wait. */
export type Kept =
  | { readonly kind: "worked-on" }
  | { readonly kind: "done"; readonly reply: string }
  /** The server that worked on it is gone: nobody can tell. */
  | { readonly kind: "lost" };

/** Answers that are fetched later, each by the principal that asked. */
export interface KeptAnswers {
  /** How long a request may be worked on. */
  readonly runMs: number;
  /** False where the principal has too many already. */
  begin(context: CallContext, id: string): Promise<boolean | Failed>;
  /** False where nobody wants it any more. */
  finish(context: CallContext, id: string, reply: string): Promise<boolean | Failed>;
  find(context: CallContext, id: string): Promise<Kept | Failed>;
  drop(context: CallContext, id: string): Promise<boolean | Failed>;
}

/** A service whose revision may change: a request that makes several calls is to be served by one. */
export interface Serving extends Calls {
  /** Absent where every caller has to wait. */
  readonly kept?: KeptAnswers;
  /** Runs a request: `calls` is the revision that is live when it begins, until it has ended. */
  serving<T>(request: (calls: Calls) => Promise<T | Failed>): Promise<T | Failed>;
}

/** Who a credential stands for. An `operator` may manage the service itself; a `caller` may only what policies permit. */
export interface Identity {
  readonly principal: Principal;
  readonly kind: "operator" | "caller";
  /** What the credential is good for of all that the principal may do; everything where absent. See `scopes.ts`. */
  readonly scopes?: readonly string[];
}

/** What a request shows of its caller. */
export interface Credentials {
  readonly authorization: string | undefined;
  /** The `Origin` header: there where a page in a browser asks. */
  readonly origin?: string | undefined;
  readonly remoteAddress: string;
  /** Any header by its name in lower case: what a proxy says of the caller stands in some. */
  readonly header?: (name: string) => string | undefined;
  /** A header of the request that claims to say who is calling, and means nothing here. */
  readonly claim?: string | undefined;
}

/** Undefined where the credential is missing, unknown or revoked. */
export type Authenticate = (credentials: Credentials) => Identity | undefined | Promise<Identity | undefined>;
