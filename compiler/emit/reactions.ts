/** What one automaton asks of the world, and may be asked by it, as a TypeScript module of data and conditions. */

import type { Automaton, Composite } from "../ir/automaton.ts";
import type { Operand, Predicate } from "../ir/expression.ts";
import type * as ir from "../ir/reaction.ts";
import type { Entity } from "../ir/schema.ts";
import { predicateOperands } from "../ir/walk.ts";
import { layOut } from "./code.ts";
import type { EmittedFile } from "./emitted.ts";
import { type Emission, emitPredicate, relatedName } from "./expression.ts";
import { array, type Literal, layOutLiteral, object, optional, record, scalar } from "./literal.ts";
import { render, type Templates } from "./render.ts";
import { comment, kernelImport, lowerFirst, member, quote } from "./text.ts";
import { untyped } from "./untyped.ts";

/** `generated/reactions/<Automaton>.ts`; an automaton that has nothing of the kind has no such module. */
export function reactionsFile(
  { entity, automaton }: { readonly entity: Entity; readonly automaton: Automaton },
  templates: Templates,
): readonly EmittedFile[] {
  if (!hasReactions(automaton)) return [];
  const uses = new Set<string>();
  const statusProperty = entity.properties.find(({ role }) => role === "status")?.name ?? "status";
  const text = render(templates, "reactions.ts.hbs", {
    file: comment(automaton.file),
    name: `${lowerFirst(automaton.name)}Reactions`,
    title: comment(automaton.name),
    reactions: layOutLiteral(reactionsOf(automaton, { statusProperty, uses }), { indent: "", taken: 60 }),
    uses: uses.size === 0 ? "" : kernelImport(uses),
  });
  return [{ path: `generated/reactions/${automaton.name}.ts`, text }];
}

/** True where the automaton has anything beside its rules and properties. */
export function hasReactions(automaton: Automaton): boolean {
  const { triggers, timeouts, keys, contextEntities, admission, webhooks, workflows, actions } = automaton;
  const lists = [triggers, timeouts, keys, contextEntities, webhooks, workflows];
  const isSpecial = actions.some(({ composite, constraints }) => composite !== undefined || constraints.length > 0);
  return lists.some(({ length }) => length > 0) || admission !== undefined || isSpecial;
}

interface Context {
  readonly statusProperty: string;
  readonly uses: Set<string>;
}

function reactionsOf(automaton: Automaton, context: Context): Literal {
  const composites = automaton.actions.flatMap(({ name, composite }) =>
    composite === undefined ? [] : [compositeLiteral(name, composite)],
  );
  const constraints = automaton.actions.flatMap(({ name, constraints: own }) =>
    own.map((constraint) => constraintLiteral(name, constraint)),
  );
  return object({
    triggers: array(automaton.triggers.flatMap((trigger) => triggerLiteral(trigger, context))),
    timeouts: array(automaton.timeouts.map(timeoutLiteral)),
    keys: array(automaton.keys.map(keyLiteral)),
    contextEntities: array(automaton.contextEntities.map(contextLiteral)),
    admission: automaton.admission && admissionLiteral(automaton.admission),
    webhooks: array(automaton.webhooks.map(webhookLiteral)),
    workflows: array(automaton.workflows.map(workflowLiteral)),
    composites: array(composites),
    constraints: array(constraints),
  });
}

/** Kinds of deeds that this version cannot do are refused before anything is emitted to be run. */
function triggerLiteral(
  { name, action, toStatus, guard, principal, deed }: ir.Trigger,
  context: Context,
): readonly Literal[] {
  const done = deedLiteral(deed);
  if (done === undefined) return [];
  return [
    object({
      name: quote(name),
      action: quote(action),
      toStatus: optional(toStatus),
      ...(guard === undefined ? {} : conditionLiteral(guard, context)),
      principal: optional(principal),
      deed: done,
    }),
  ];
}

function deedLiteral(deed: ir.Deed): Literal | undefined {
  switch (deed.kind) {
    case "entity":
      return object({
        kind: quote("entity"),
        entityType: quote(deed.entityType),
        action: quote(deed.action),
        target: targetLiteral(deed.target),
        dropOk: String(deed.dropOk),
        params: array(deed.params.map(argumentLiteral)),
      });
    case "webhook":
      return object({
        kind: quote("webhook"),
        url: quote(deed.url),
        method: quote(deed.method),
        headers: record(deed.headers.map(({ name, value }) => [name, quote(value)])),
        body: optional(deed.body),
        timeoutMs: optional(deed.timeoutMs),
        retriesMax: optional(deed.retriesMax),
        onSuccess: optional(deed.outcome.onSuccess),
        onFailure: optional(deed.outcome.onFailure),
        ...routesLiteral(deed.outcome),
      });
    case "wasm":
    case "adapter":
    case "hook":
      return undefined;
  }
}

function routesLiteral({ failureRoutes }: ir.OutcomeActions): Readonly<Record<string, Literal>> {
  if (failureRoutes.length === 0) return {};
  const routes = failureRoutes.map(({ category, action }) =>
    object({ category: quote(category), action: quote(action) }),
  );
  return { routes: array(routes) };
}

function targetLiteral(target: ir.Target): Literal {
  switch (target.kind) {
    case "field":
    case "create-if-missing":
      return object({ kind: quote(target.kind), field: quote(target.field) });
    case "static":
      return object({ kind: quote("static"), entityId: quote(target.entityId) });
    case "same-id":
    case "create":
      return object({ kind: quote(target.kind) });
  }
}

function argumentLiteral(argument: ir.Argument): Literal {
  return argument.kind === "field"
    ? object({ param: quote(argument.param), field: quote(argument.field) })
    : object({ param: quote(argument.param), value: scalar(argument.value) });
}

/** `references` and `holds` of a condition on an entity's values and on related entities. */
export function conditionLiteral(
  predicate: Predicate,
  { statusProperty, uses }: Context,
): Readonly<Record<string, Literal>> {
  const operands = predicateOperands(predicate);
  const related = operands.filter((operand): operand is RelatedOperand => operand.kind === "related");
  const distinct = [...new Map(related.map((operand) => [relatedName(operand), operand])).values()];
  const holds: Literal = (place) => {
    const current = (name: string) => member("values", name === "status" ? statusProperty : name);
    const emission: Emission = { current, statusIsNarrowed: true, uses, params: "values", related: "related" };
    const code = emitPredicate(untyped(predicate, statusProperty), emission);
    const opening = `(${["values", ...(distinct.length > 0 ? ["related"] : [])].join(", ")}) =>`;
    const line = `${opening} ${layOut(code, 0, -1_000)}`;
    if (place.taken + line.length <= 120) return line;
    const column = place.indent.length + 2;
    return `${opening}\n${" ".repeat(column)}${layOut(code, column, 1)}`;
  };
  return { ...(distinct.length > 0 && { references: array(distinct.map(referenceLiteral)) }), holds };
}

type RelatedOperand = Operand & { readonly kind: "related" };

function referenceLiteral(operand: RelatedOperand): Literal {
  const { entityType, reference, property } = operand;
  return object({
    name: quote(relatedName(operand)),
    entityType: quote(entityType),
    reference: quote(reference),
    property: quote(property),
  });
}

function timeoutLiteral({ status, afterSeconds, action, occurrencesMax, resetOn, params }: ir.StateTimeout): Literal {
  return object({
    status: quote(status),
    afterSeconds: String(afterSeconds),
    action: quote(action),
    occurrencesMax: String(occurrencesMax),
    resetOn: scalar(resetOn),
    params: record(params.map(({ param, value }) => [param, scalar(value)])),
  });
}

function keyLiteral({ name, properties, isEntityId }: ir.AlternateKey): Literal {
  return object({ name: quote(name), properties: scalar(properties), isEntityId: String(isEntityId) });
}

function contextLiteral({ name, entityType, idField }: ir.ContextEntity): Literal {
  return object({ name: quote(name), entityType: quote(entityType), idField: quote(idField) });
}

function admissionLiteral(admission: ir.Admission): Literal {
  const { concurrentCreatesMax, concurrentActionsMax, queueDepth, queueTimeoutSeconds } = admission;
  return object({
    concurrentCreatesMax: optional(concurrentCreatesMax),
    concurrentActionsMax: record(concurrentActionsMax.map(({ action, max }) => [action, String(max)])),
    queueDepth: String(queueDepth),
    queueTimeoutSeconds: String(queueTimeoutSeconds),
  });
}

function webhookLiteral({ name, path, method, action, lookup, extract, hmac }: ir.InboundWebhook): Literal {
  return object({
    name: quote(name),
    path: quote(path),
    method: quote(method),
    action: quote(action),
    lookup: object({ kind: quote(lookup.kind), name: quote(lookup.name) }),
    extract: array(extract.map((each) => object({ param: quote(each.param), path: quote(each.path) }))),
    hmac: hmac && object({ secret: quote(hmac.secret), header: quote(hmac.header) }),
  });
}

function workflowLiteral({ span: _span, memberSpan: _memberSpan, ...workflow }: ir.CollectionWorkflow): Literal {
  return object(Object.fromEntries(Object.entries(workflow).map(([name, value]) => [name, scalar(value)])));
}

function compositeLiteral(action: string, { gate, subWrites, recordsParentEvent }: Composite): Literal {
  return object({
    action: quote(action),
    gate: quote(gate ?? action),
    recordsParentEvent: String(recordsParentEvent),
    subWrites: array(
      subWrites.map(({ entityType, action: asked, target, params }) =>
        object({
          entityType: quote(entityType),
          action: quote(asked),
          target: targetLiteral(target),
          params: array(params.map(argumentLiteral)),
        }),
      ),
    ),
  });
}

function constraintLiteral(action: string, { span: _span, oneOf, ...constraint }: ir.ParamConstraint): Literal {
  const plain = Object.entries(constraint).map(([name, value]) => [name, scalar(value)] as const);
  return object({
    action: quote(action),
    ...Object.fromEntries(plain),
    oneOf: oneOf && array(oneOf.map(scalar)),
  });
}
