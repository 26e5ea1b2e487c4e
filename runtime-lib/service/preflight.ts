/** May a caller do this? Asked without doing it, and answered as the call would be. */
import type { Around, Values } from "../kernel/index.ts";
import type { CallContext, Failed } from "./call.ts";
import { actionNames } from "./decisions/scopes.ts";
import { clause, notFound, unknownAction, unknownType } from "./failures.ts";
import { hiddenAround } from "./reading.ts";
import { Readings } from "./readings.ts";
import type { Revision } from "./revision.ts";
import { blankOf, missingTo, type Question, refusalOf, rulingFor } from "./rule.ts";
import { isInScope } from "./scopes.ts";
import { taken } from "./unsaid.ts";
import type { World } from "./world.ts";

export interface PreflightQuestion {
  readonly entityType: string;
  /** An action of the automaton, or a verb. */
  readonly action: string;
  /** Absent for `list`. */
  readonly entityId?: string;
  readonly params: Values;
  /** Of an entity that would be created. */
  readonly values: Values;
}

export interface Permission {
  readonly kind: "permission";
  readonly allowed: boolean;
  /** The clause that denies; absent where it is allowed. */
  readonly because?: string;
  readonly policies?: readonly string[];
}

export type Preflight = (context: CallContext, question: PreflightQuestion) => Promise<Permission | Failed>;

/** The answer on the entity as it is now. What the caller may not know to exist is `NotFound`, as for the call itself. */
export async function preflight(
  world: World,
  revision: Revision,
  context: CallContext,
  asked: PreflightQuestion,
): Promise<Permission | Failed> {
  const { entityType, action, entityId = "", params } = asked;
  const type = revision.type(entityType);
  if (type === undefined) return unknownType(entityType);
  if (!actionNames(revision.definition, entityType).includes(action)) return unknownAction(entityType, action);
  const question: Question = { context, revision, type, entityType, entityId, action, params };
  const readings = new Readings(world.store, revision, context.tenant);
  if (action === "list") return listPermission(world, question);
  const valuesOf = ({ parent, id }: Around) => readings.values(parent, id);
  const hidden = await hiddenAround({ world, revision, readings }, context, question, valuesOf);
  if (hidden !== undefined) return notFound(hidden.parent, hidden.id);
  const row = await world.store.row({ tenant: context.tenant, entityType, entityId });
  if (action === "create") {
    const values = { ...blankOf(type.descriptor, entityId), ...asked.values };
    const refused = await refusalOf(world, question, values, readings);
    return permissionOf(refused ?? (row && (await taken(world, question, { type, row }))));
  }
  if (row === undefined) return permissionOf(await missingTo(world, question, readings));
  return permissionOf(await refusalOf(world, question, row.values, readings));
}

/** A denial is the answer; every other refusal is one. */
function permissionOf(refusal: Failed | undefined): Permission | Failed {
  if (refusal === undefined) return { kind: "permission", allowed: true };
  const { denial, ...shown } = refusal;
  if (shown.code !== "AuthorizationDenied" || denial === undefined) return shown;
  const { because, policies } = denial;
  return { kind: "permission", allowed: false, because, policies };
}

async function listPermission(world: World, { context, revision, entityType }: Question): Promise<Permission> {
  const ruling = await rulingFor(world, revision, context);
  const readable = ruling.readable(context, entityType, world.limits.readableCacheMax);
  const isReached = context.principal.tenant === context.tenant && isInScope(context.scopes, entityType, "list");
  if (isReached && readable.kind !== "none") return { kind: "permission", allowed: true };
  const policies = isReached && readable.kind === "none" ? readable.forbids : [];
  return { kind: "permission", allowed: false, because: clause(policies), policies };
}
