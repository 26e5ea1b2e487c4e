/** The calls of one request: all of them are served by the revision that was live when it began. */
import type { ServiceDefinition, Values } from "../kernel/index.ts";
import type { Principal, StoredRow } from "../ports/index.ts";
import type { Admissions } from "./admission.ts";
import type {
  Attempt,
  CallContext,
  Calls,
  Failed,
  Following,
  Found,
  Listed,
  ListRead,
  MediaWanted,
  Together,
  TogetherOptions,
  Write,
  Written,
} from "./call.ts";
import { storableText } from "./check-values.ts";
import { failed, type Repeatable, storeFailure, unknownType } from "./failures.ts";
import { changesBehind, valuesBefore } from "./feed/changes.ts";
import { observed } from "./observed.ts";
import { isFailed } from "./odata/failure.ts";
import type { Delivering, Message } from "./permit.ts";
import { asSeenBy, idByKey, listEntities, mayShow, readEntity, type Standing, spelledId } from "./reading.ts";
import type { Residents } from "./residents.ts";
import type { Revision } from "./revision.ts";
import type { Singletons } from "./singletons.ts";
import { workTogether } from "./together.ts";
import { told } from "./told.ts";
import type { World } from "./world.ts";

/** What outlives a revision and is shared by all. */
export interface Shared {
  readonly world: World;
  readonly residents: Residents;
  readonly admissions: Admissions;
  readonly singletons: Singletons;
}

export class RevisionCalls implements Calls {
  readonly #world: World;
  readonly #residents: Residents;
  readonly #admissions: Admissions;
  readonly #singletons: Singletons;
  readonly #revision: Revision;
  #hasWritten = false;
  #isOvertaken = false;

  constructor({ world, residents, admissions, singletons }: Shared, revision: Revision) {
    this.#world = world;
    this.#residents = residents;
    this.#admissions = admissions;
    this.#singletons = singletons;
    this.#revision = revision;
  }

  get definition(): ServiceDefinition {
    return this.#revision.definition;
  }

  get revision(): string {
    return this.#revision.hash;
  }

  /** True where the request is to be asked of the revision that has taken over, as if it had never been begun. */
  get isOvertaken(): boolean {
    return this.#isOvertaken && !this.#hasWritten;
  }

  #note(answer: unknown): void {
    if (!isFailed(answer)) this.#hasWritten = true;
    else if (answer.isOvertaken) this.#isOvertaken = true;
  }

  /** Creates, patches or deletes an entity, or performs an action on it; answered when durable. */
  write(context: CallContext, write: Write): Promise<Written | Failed> {
    const shared = { world: this.#world, admissions: this.#admissions };
    const asked = { revision: this.#revision, context, write, delivering: undefined };
    return inTurn(shared, asked, (traced, own) => this.writeAdmitted(traced, write, own));
  }

  /** The same for a write that need not wait for admission any more. */
  async writeAdmitted(context: CallContext, write: Write, own: OwnParts): Promise<Written | Failed> {
    try {
      const making = this.#making(context);
      if (making !== undefined) await making;
      const reply = await this.#posted(context, write, own);
      this.#note(reply);
      if (reply.kind !== "failed") return this.#seen(write, reply);
      if (own.trail !== undefined) own.trail.isDenied = reply.denial !== undefined;
      return await told(this.#world, context, reply);
    } catch (error) {
      return thrown(this.#world, error);
    }
  }

  #seen({ entityType }: Write, written: Written): Written {
    const { row } = written;
    if (row === undefined || this.#revision === this.#world.succession.current) return written;
    return { ...written, row: asSeenBy(this.#standing, entityType, row) };
  }

  #posted(context: CallContext, write: Write, own: OwnParts): Promise<Written | Failed> | Failed {
    const type = this.#revision.type(write.entityType);
    if (type === undefined) return unknownType(write.entityType);
    const entityId = spelledId(this.#world, type, write.entityId);
    if (entityId === undefined || !storableText(context.tenant)) {
      return failed("InvalidParameter", `this is no ${type.key.type} that can be a key`, { target: type.key.name });
    }
    const ref = { tenant: context.tenant, entityType: write.entityType, entityId };
    const spelled = entityId === write.entityId ? write : { ...write, entityId };
    return this.#residents.actorOf(ref).post({ context, write: spelled, type, revision: this.#revision, ...own });
  }

  read(context: CallContext, entityType: string, entityId: string): Promise<Found | Failed> {
    const ask = () => readEntity(this.#standing, context, { entityType, entityId });
    return answered(this.#world, () => this.#met(context, ask));
  }

  idOf(context: CallContext, entityType: string, key: Values): Promise<string | Failed> {
    const ask = () => idByKey(this.#standing, context, entityType, key);
    return answered(this.#world, () => this.#met(context, ask));
  }

  list(context: CallContext, read: ListRead): Promise<Listed | Failed> {
    return answered(this.#world, () => this.#met(context, () => listEntities(this.#standing, context, read)));
  }

  media(context: CallContext, { property, hash, ...ref }: MediaWanted): Promise<Uint8Array | undefined | Failed> {
    const { store } = this.#world;
    return answered(this.#world, () => store.media.find({ tenant: context.tenant, ...ref }, property, hash));
  }

  shows(context: CallContext, entityType: string, row: StoredRow): boolean | Promise<boolean> {
    return mayShow(this.#standing, context, entityType, row);
  }

  get following(): Following {
    const standing = this.#standing;
    return {
      end: () => answered(this.#world, () => this.#world.store.feedEnd()),
      changes: (context, asked) => answered(this.#world, () => changesBehind(standing, context, asked)),
      before: (context, asked) => answered(this.#world, () => valuesBefore(standing, context, asked)),
    };
  }

  async together<T>(
    context: CallContext,
    work: (calls: Calls) => Promise<Together<T>>,
    repeatable: TogetherOptions = {},
  ): Promise<T | Failed> {
    const ground = { ...this.#standing, admissions: this.#admissions, context };
    const ask = () => workTogether({ ...ground, ...repeatable }, work);
    const answer = await answered(this.#world, () => this.#met(context, ask), repeatable);
    this.#note(answer);
    return answer;
  }

  /** What is asked of the tenant, once its singletons are there. */
  #met<T>(context: CallContext, ask: () => Promise<T>): Promise<T> {
    const making = this.#making(context);
    return making === undefined ? ask() : making.then(ask);
  }

  #making({ principal, tenant }: CallContext): Promise<void> | undefined {
    return principal.tenant === tenant ? this.#singletons.of(this.#revision, tenant) : undefined;
  }

  async attempted(principal: Principal, attempt: Attempt): Promise<void> {
    await this.#world.governance?.refused(principal, attempt);
  }

  get #standing(): Standing {
    return { world: this.#world, revision: this.#revision };
  }
}

/** What a message has beside the call. */
export type OwnParts = Pick<Message, "delivering" | "trail">;

/** A failed call is an answer, never a throw. */
export function answered<T>(
  world: World,
  call: () => Promise<T | Failed>,
  repeatable?: Repeatable,
): Promise<T | Failed> {
  const told = (error: unknown): Failed => thrown(world, error, repeatable);
  try {
    return call().catch(told);
  } catch (error) {
    return Promise.resolve(told(error));
  }
}

/** What the caller is told of an exception. */
function thrown({ limits, onInternalError }: World, error: unknown, repeatable: Repeatable = {}): Failed {
  const known = storeFailure(error, limits, repeatable);
  if (known !== undefined) return known;
  onInternalError(error);
  return failed("InternalError", "something went wrong in the service");
}

interface Asked {
  readonly revision: Revision;
  readonly context: CallContext;
  readonly write: Write;
  readonly delivering: Delivering | undefined;
}

type Serve = (context: CallContext, own: OwnParts) => Promise<Written | Failed>;

/** Serves a write when its type's admission lets it through, and tells telemetry of it. */
export function inTurn(
  { world, admissions }: Pick<Shared, "world" | "admissions">,
  asked: Asked,
  serve: Serve,
): Promise<Written | Failed> {
  const { revision, context: given, write, delivering } = asked;
  const { telemetry } = world;
  const admit: Serve = (context, own) => {
    const admission = revision.type(write.entityType)?.descriptor.reactions?.admission;
    if (admission === undefined) return serve(context, own);
    const entrance = { tenant: context.tenant, entityType: write.entityType, change: write.change };
    return admissions.pass(admission, entrance, () => serve(context, own));
  };
  const own = delivering === undefined ? {} : { delivering };
  if (telemetry === undefined) return admit(given, own);
  const observing = { revision, context: given, write, delivering, world, telemetry };
  return observed(observing, (traced, trail) =>
    admit(traced, delivering === undefined ? { trail } : { delivering, trail }),
  );
}
