/** Reactions as outline lines: triggers, timers, keys, webhooks, workflows and what a composite action writes. */

import type { Automaton } from "./automaton.ts";
import { printLiteral, printPredicate } from "./print.ts";
import type * as reaction from "./reaction.ts";

/** One line a thing, in the order of the tables of the language; indented as the lines of an automaton. */
export function reactionLines(automaton: Automaton): readonly string[] {
  const { admission } = automaton;
  return [
    ...automaton.actions.flatMap(({ name, constraints }) => constraints.map((each) => constraintLine(name, each))),
    ...automaton.actions.flatMap(({ name, composite }) =>
      composite === undefined ? [] : compositeLines(name, composite),
    ),
    ...automaton.triggers.map(triggerLine),
    ...automaton.timeouts.map(timeoutLine),
    ...automaton.keys.map(
      ({ name, properties, isEntityId }) => `  key ${name}: ${properties.join(", ")}${isEntityId ? " (the id)" : ""}`,
    ),
    ...automaton.vectors.map(({ name, property, modelProperty, dims, metric }) =>
      says(`  vector ${name}: ${property}, ${dims} dimensions, ${metric}`, [["model in", modelProperty]]),
    ),
    ...(admission === undefined ? [] : [admissionLine(admission)]),
    ...automaton.webhooks.map(webhookLine),
    ...automaton.contextEntities.map(
      ({ name, entityType, idField }) => `  context ctx_${name}_status: ${entityType}[${idField}].status`,
    ),
    ...automaton.workflows.map(workflowLine),
    ...(automaton.migration === undefined ? [] : migrationLines(automaton.migration)),
  ];
}

/** The line, followed by what is there of the rest. */
function says(line: string, rest: readonly (readonly [string, string | number | undefined])[]): string {
  return [line, ...rest.flatMap(([word, value]) => (value === undefined ? [] : [`${word} ${value}`]))].join(", ");
}

function constraintLine(action: string, constraint: reaction.ParamConstraint): string {
  const { param, min, max, lengthMin, lengthMax, pattern, oneOf, message } = constraint;
  return says(`  constraint ${action}.${param}`, [
    ["at least", min],
    ["at most", max],
    ["length at least", lengthMin],
    ["length at most", lengthMax],
    ["matches", pattern],
    ["one of", oneOf?.map(printLiteral).join(" | ")],
    ["else", message && printLiteral(message)],
  ]);
}

function compositeLines(
  action: string,
  { gate, recordsParentEvent, subWrites }: NonNullable<Automaton["actions"][number]["composite"]>,
): readonly string[] {
  const head = says(`  composite ${action}`, [["authorized as", gate]]);
  return [
    recordsParentEvent ? head : `${head}, without an event of its own`,
    ...subWrites.map((write) => `    write ${callText(write)}`),
  ];
}

function callText({ entityType, action, target, params }: Omit<reaction.SubWrite, "span">): string {
  return `${entityType}[${targetText(target)}].${action}(${params.map(argumentText).join(", ")})`;
}

function targetText(target: reaction.Target): string {
  switch (target.kind) {
    case "field":
      return target.field;
    case "same-id":
      return "the same id";
    case "static":
      return printLiteral(target.entityId);
    case "create-if-missing":
      return `${target.field}, made where missing`;
    case "create":
      return "a new one";
  }
}

function argumentText(argument: reaction.Argument): string {
  if (argument.kind === "field") return `${argument.param} = ${argument.field}`;
  return `${argument.param} = ${valueText(argument.value)}`;
}

function valueText(value: Parameters<typeof printLiteral>[0] | readonly string[]): string {
  return value !== null && typeof value === "object" ? `[${value.map(printLiteral).join(", ")}]` : printLiteral(value);
}

function triggerLine({ name, action, toStatus, guard, principal, liveness, llm, deed }: reaction.Trigger): string {
  return says(`  trigger ${action}/${name}: ${deedText(deed)}`, [
    ["only to", toStatus],
    ["only when", guard && printPredicate(guard)],
    ["as", principal],
    ["liveness", liveness === "best-effort" ? undefined : liveness],
    ["marked", llm ? "llm" : undefined],
  ]);
}

function deedText(deed: reaction.Deed): string {
  switch (deed.kind) {
    case "entity":
      return `${callText(deed)}${deed.dropOk ? " which may refuse" : ""}`;
    case "webhook": {
      const headers = deed.headers.map(({ name, value }) => `${name}: ${printLiteral(value)}`).join(", ");
      const line = says(`${deed.method} ${printLiteral(deed.url)}`, [
        ["headers", headers === "" ? undefined : headers],
        ["body", deed.body && printLiteral(deed.body)],
        ["timeout ms", deed.timeoutMs],
        ["retries", deed.retriesMax],
      ]);
      return `${line}${outcomeText(deed.outcome)}`;
    }
    case "wasm":
    case "adapter":
    case "hook": {
      const config = deed.config.map(({ name, value }) => `${name} = ${printLiteral(value)}`).join(", ");
      return `${deed.kind} ${deed.name}(${config})${outcomeText(deed.outcome)}`;
    }
  }
}

function outcomeText({ onSuccess, onFailure, failureRoutes, mayTake }: reaction.OutcomeActions): string {
  return says("", [
    ["then", onSuccess],
    ["else", onFailure],
    ...failureRoutes.map(({ category, action }) => [`on ${category}`, action] as const),
    ["may take", mayTake.length === 0 ? undefined : mayTake.join(" | ")],
  ]);
}

function timeoutLine({ status, afterSeconds, action, occurrencesMax, resetOn, params }: reaction.StateTimeout): string {
  return says(`  timeout ${status}: ${action}(${params.map(argumentText).join(", ")}) after ${afterSeconds} s`, [
    ["at most", occurrencesMax === 1 ? undefined : `${occurrencesMax} times`],
    ["anew on", resetOn.length === 0 ? undefined : resetOn.join(" | ")],
  ]);
}

function admissionLine({
  concurrentCreatesMax,
  concurrentActionsMax,
  queueDepth,
  queueTimeoutSeconds,
}: reaction.Admission): string {
  return says(`  admission: ${queueDepth} waiting, ${queueTimeoutSeconds} s`, [
    ["creates at a time", concurrentCreatesMax],
    ...concurrentActionsMax.map(({ action, max }) => [`${action} at a time`, max] as const),
  ]);
}

function webhookLine({ name, path, method, action, lookup, extract, hmac }: reaction.InboundWebhook): string {
  return says(`  webhook ${name}: ${method} ${path} is ${action} on ${lookup.kind} ${lookup.name}`, [
    ...extract.map(({ param, path: place }) => [`${param} from`, place] as const),
    ["signed in", hmac && `${hmac.header} with ${hmac.secret}`],
  ]);
}

function workflowLine(workflow: reaction.CollectionWorkflow): string {
  const { name, startAction, rosterField, memberEntity, memberAction, membersMax, concurrencyMax, attemptsMax } =
    workflow;
  return says(`  workflow ${name}: ${startAction} asks ${memberEntity}[${rosterField}].${memberAction}`, [
    ["members", membersMax],
    ["at a time", concurrencyMax],
    ["attempts", attemptsMax],
    ["cancel", workflow.cancelAction],
    ["member cancel", workflow.memberCancelAction],
    ["timeout", workflow.timeoutAction],
    ["on success", workflow.onSuccess],
    ["on partial failure", workflow.onPartialFailure],
    ["on failure", workflow.onFailure],
    ["on cancelled", workflow.onCancelled],
    ["on timed out", workflow.onTimedOut],
  ]);
}

function migrationLines({ statuses, variables }: reaction.Migration): readonly string[] {
  return [
    ...statuses.map(({ from, to }) => `  migration of status ${from}: ${to}`),
    ...variables.map((each) => `  migration of ${each.variable}: ${variableText(each)}`),
  ];
}

function variableText(migration: reaction.VariableMigration): string {
  if (migration.kind === "drop") return "dropped";
  return migration.kind === "rename" ? `renamed to ${migration.to}` : `begins with ${valueText(migration.value)}`;
}
