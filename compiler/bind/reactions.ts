/** Binds the tables beside the rules: timers, alternate keys, context entities, admission, webhooks, workflows, vectors. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Rule } from "../ir/automaton.ts";
import type * as ir from "../ir/reaction.ts";
import { classOf } from "../ir/type-class.ts";
import { workflowMaxima } from "../parse/reaction-forms.ts";
import type { ReactionsSyntax } from "../parse/reactions.ts";
import { integerFrom } from "../parse/shapes.ts";
import type { TomlString } from "../parse/toml.ts";
import { bindLiterals, oneOf } from "./deeds.ts";
import { isAutomaton, isField, isOwnAction } from "./fields.ts";
import { bindWebhook } from "./inbound-webhooks.ts";
import { bindMigration } from "./migration.ts";
import { distinct, firstOf } from "./names.ts";
import { type Scope, typeIn } from "./scope.ts";
import { knownStatuses } from "./statuses.ts";

export interface Reactions {
  readonly timeouts: readonly ir.StateTimeout[];
  readonly keys: readonly ir.AlternateKey[];
  readonly vectors: readonly ir.VectorIndex[];
  readonly contextEntities: readonly ir.ContextEntity[];
  readonly admission?: ir.Admission;
  readonly webhooks: readonly ir.InboundWebhook[];
  readonly workflows: readonly ir.CollectionWorkflow[];
  readonly migration?: ir.Migration;
}

/** What binds of each table; every name in them is one that there is. */
export function bindReactions(syntax: ReactionsSyntax, scope: Scope, report: Report): Reactions {
  const admission = syntax.admission && bindAdmission(syntax.admission, scope, report);
  return {
    timeouts: distinctTimeouts(
      syntax.timeouts.flatMap((reader) => bindTimeout(reader, scope, report) ?? []),
      report,
    ),
    keys: named("the key", syntax.keys, report).flatMap((reader) => bindKey(reader, scope, report) ?? []),
    vectors: named("the vector path", syntax.vectors, report).flatMap((each) => bindVector(each, scope, report) ?? []),
    contextEntities: named("the context entity", syntax.contextEntities, report).flatMap(
      (reader) => bindContextEntity(reader, scope, report) ?? [],
    ),
    webhooks: named("the webhook", syntax.webhooks, report).flatMap((each) => bindWebhook(each, scope, report) ?? []),
    workflows: named("the workflow", syntax.workflows, report).flatMap(
      (reader) => bindWorkflow(reader, scope, report) ?? [],
    ),
    ...(admission && { admission }),
    ...(syntax.migration && { migration: bindMigration(syntax.migration, scope, report) }),
  };
}

interface Named {
  readonly get: (key: "name") => TomlString | undefined;
}

function named<R extends Named>(what: string, readers: readonly R[], report: Report): readonly R[] {
  const all = readers.flatMap((reader) => {
    const name = reader.get("name");
    return name === undefined ? [] : [{ name, reader }];
  });
  return distinct(what, all, report).map(({ reader }) => reader);
}

/** A timer's status joins the `from` of its action: otherwise it could never do anything. */
export function withTimeouts(rules: readonly Rule[], timeouts: readonly ir.StateTimeout[]): readonly Rule[] {
  return timeouts.reduce((all, { action, status }) => {
    if (all.some((rule) => rule.action === action && rule.from.includes(status))) return all;
    const first = all.findIndex((rule) => rule.action === action);
    return all.map((rule, index) => (index === first ? { ...rule, from: [...rule.from, status] } : rule));
  }, rules);
}

function bindTimeout(
  reader: ReactionsSyntax["timeouts"][number],
  scope: Scope,
  report: Report,
): ir.StateTimeout | undefined {
  const [state, action, after] = [reader.get("state"), reader.get("on_timeout"), reader.get("after_seconds")];
  const [status] = state === undefined ? [] : knownStatuses([state], scope, report);
  const isKnown = action !== undefined && isOwnAction(action, scope, report);
  const resetOn = (reader.get("reset_on") ?? []).filter((each) => isOwnAction(each, scope, report));
  if (state === undefined || status === undefined || after === undefined || !isKnown) return undefined;
  return {
    status,
    afterSeconds: after.value,
    action: action.value,
    occurrencesMax: reader.get("max_occurrences")?.value ?? 1,
    resetOn: resetOn.map(({ value }) => value),
    params: bindLiterals(reader.get("params") ?? [], report),
    span: state.span,
  };
}

/** A timer is known by its status and its action: a second one of both would take the place of the first. */
function distinctTimeouts(timeouts: readonly ir.StateTimeout[], report: Report): readonly ir.StateTimeout[] {
  const isFirst = firstOf("the timeout", report);
  return timeouts.filter(({ status, action, span }) => isFirst(`${status}: ${action}`, span));
}

function bindKey(reader: ReactionsSyntax["keys"][number], scope: Scope, report: Report): ir.AlternateKey | undefined {
  const name = reader.get("name");
  const written = (reader.get("properties") ?? []).filter((each) => isKeyField(each, scope, report));
  const properties = distinct(
    "the property",
    written.map((property) => ({ name: property })),
    report,
  ).map(({ name: property }) => property);
  const isEntityId = reader.get("entity_id")?.value ?? false;
  if (name === undefined || properties.length === 0) return undefined;
  if (isEntityId && properties.length > 1) {
    report("bind/out-of-range", name.span, {
      key: "properties",
      range: "one property, where it gives the entity its id",
    });
    return undefined;
  }
  return { name: name.value, properties: properties.map(({ value }) => value), isEntityId, span: name.span };
}

/** What a key is looked up by is one value. */
function isKeyField(property: TomlString, scope: Scope, report: Report): boolean {
  if (!isField(property, scope, report)) return false;
  const type = typeIn(scope, property.value);
  if (type === undefined || classOf(type) !== "list") return true;
  report("bind/out-of-range", property.span, {
    key: "properties",
    range: "properties of one value, and no list or set",
  });
  return false;
}

function bindVector(
  reader: ReactionsSyntax["vectors"][number],
  scope: Scope,
  report: Report,
): ir.VectorIndex | undefined {
  const [name, property, dims] = [reader.get("name"), reader.get("property"), reader.get("dims")];
  const written = reader.get("metric");
  const metric = written === undefined ? "cosine" : oneOf(written, ["cosine", "dot", "l2"], report);
  const model = reader.get("model_property");
  if (name === undefined || property === undefined || dims === undefined || metric === undefined) return undefined;
  if (![property, ...(model === undefined ? [] : [model])].every((each) => isField(each, scope, report)))
    return undefined;
  const vector = { name: name.value, property: property.value, dims: dims.value, metric, span: name.span };
  return model === undefined ? vector : { ...vector, modelProperty: model.value };
}

function bindContextEntity(
  reader: ReactionsSyntax["contextEntities"][number],
  scope: Scope,
  report: Report,
): ir.ContextEntity | undefined {
  const [name, type, idField] = [reader.get("name"), reader.get("entity_type"), reader.get("id_field")];
  if (name === undefined || type === undefined || idField === undefined) return undefined;
  if (!/^\w{1,64}$/.test(name.value)) {
    report("bind/invalid-name", name.span, {
      what: "a context entity",
      name: name.value,
      why: "it is letters, digits and _",
    });
    return undefined;
  }
  if (!isAutomaton(type, scope, report) || !isField(idField, scope, report)) return undefined;
  return { name: name.value, entityType: type.value, idField: idField.value, span: name.span };
}

const queueDepthDefault = 100;
const queueTimeoutSecondsDefault = 30;

function bindAdmission(reader: NonNullable<ReactionsSyntax["admission"]>, scope: Scope, report: Report): ir.Admission {
  const creates = reader.get("max_concurrent_creates")?.value;
  const concurrentActionsMax = (reader.get("max_concurrent_actions") ?? []).flatMap(({ key, keySpan, value }) => {
    const name: TomlString = { kind: "string", value: key, source: "", span: keySpan, pieces: [] };
    if (!isOwnAction(name, scope, report)) return [];
    const max = integerFrom(1).read(value, key, report);
    return max === undefined ? [] : [{ action: key, max: max.value }];
  });
  return {
    concurrentActionsMax,
    queueDepth: reader.get("queue_depth")?.value ?? queueDepthDefault,
    queueTimeoutSeconds: reader.get("queue_timeout_seconds")?.value ?? queueTimeoutSecondsDefault,
    span: reader.span,
    ...(creates !== undefined && { concurrentCreatesMax: creates }),
  };
}

function bindWorkflow(
  reader: ReactionsSyntax["workflows"][number],
  scope: Scope,
  report: Report,
): ir.CollectionWorkflow | undefined {
  const own = (key: OwnActionKey): string | undefined => {
    const action = reader.get(key);
    return action !== undefined && isOwnAction(action, scope, report) ? action.value : undefined;
  };
  const [name, roster] = [reader.get("name"), reader.get("roster_field")];
  const [member, memberAction] = [reader.get("member_entity"), reader.get("member_action")];
  const startAction = own("start_action");
  const bounds = {
    membersMax: reader.get("max_members")?.value ?? workflowMaxima.membersMax,
    concurrencyMax: reader.get("max_concurrency")?.value ?? workflowMaxima.concurrencyMax,
    attemptsMax: reader.get("max_attempts")?.value ?? workflowMaxima.attemptsMax,
  };
  const optional = {
    cancelAction: own("cancel_action"),
    timeoutAction: own("timeout_action"),
    memberCancelAction: reader.get("member_cancel_action")?.value,
    onSuccess: own("on_success"),
    onPartialFailure: own("on_partial_failure"),
    onFailure: own("on_failure"),
    onCancelled: own("on_cancelled"),
    onTimedOut: own("on_timed_out"),
  };
  if (name === undefined || roster === undefined || member === undefined || memberAction === undefined)
    return undefined;
  if (startAction === undefined || !isRoster(roster, scope, report) || !isAutomaton(member, scope, report))
    return undefined;
  return {
    name: name.value,
    startAction,
    rosterField: roster.value,
    memberEntity: member.value,
    memberAction: memberAction.value,
    memberSpan: memberAction.span,
    ...bounds,
    ...present(optional),
    span: name.span,
  };
}

/** The members' ids are the items of a list or a set. */
function isRoster(roster: TomlString, scope: Scope, report: Report): boolean {
  if (!isField(roster, scope, report)) return false;
  const type = typeIn(scope, roster.value);
  if (type === undefined || classOf(type) === "list") return true;
  report("bind/not-a-list", roster.span, { text: roster.value, type, wanted: "list" });
  return false;
}

type OwnActionKey =
  | "start_action"
  | "cancel_action"
  | "timeout_action"
  | "on_success"
  | "on_partial_failure"
  | "on_failure"
  | "on_cancelled"
  | "on_timed_out";

/** The fields that are there. */
function present<K extends string>(
  fields: Readonly<Record<K, string | undefined>>,
): Readonly<Partial<Record<K, string>>> {
  const found: Partial<Record<K, string>> = {};
  for (const key in fields) {
    const value = fields[key];
    if (value !== undefined) found[key] = value;
  }
  return found;
}
