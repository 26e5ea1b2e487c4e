/** Binds `[[action.triggers]]`: what is asked of the world after an action has committed. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { Predicate } from "../ir/expression.ts";
import type { Deed, OutcomeActions, Trigger } from "../ir/reaction.ts";
import type { RuleSyntax } from "../parse/automaton.ts";
import { parseCondition } from "../parse/expression.ts";
import { reportOlder } from "../parse/lowering.ts";
import { lowerCondition } from "../parse/older-conditions.ts";
import { integrationForm } from "../parse/older-triggers.ts";
import { livenessKinds, type triggerForm, triggerKinds } from "../parse/reaction-forms.ts";
import { wrongType } from "../parse/shapes.ts";
import type { Read } from "../parse/table.ts";
import type { TomlString } from "../parse/toml.ts";
import { isCedarName } from "./contract-names.ts";
import { bindArguments, bindTarget, oneOf, scalarOf } from "./deeds.ts";
import { isAutomaton, isOwnAction } from "./fields.ts";
import { bindWebhookRequest, checkCategory } from "./outgoing-webhooks.ts";
import { bindPredicate } from "./predicate.ts";
import type { Scope } from "./scope.ts";
import { knownStatuses } from "./statuses.ts";
import { type KeysOfKinds, reportWithoutEffect } from "./without-effect.ts";

type TriggerReader = Read<typeof triggerForm>;

/** The triggers of all actions, those of one action in file order. Reports names that an action gives twice, or that have no entry. */
export function bindTriggers(rules: readonly RuleSyntax[], scope: Scope, report: Report): readonly Trigger[] {
  const bound = rules.flatMap((rule) =>
    rule.triggerTables.flatMap((reader) => bindTrigger(rule.name.value, reader, scope, report) ?? []),
  );
  for (const rule of rules) for (const name of rule.triggers) checkNamed(rule.name.value, name, rules, report);
  return bound.filter((trigger, index) => {
    const earlier = bound
      .slice(0, index)
      .find(({ action, name }) => action === trigger.action && name === trigger.name);
    if (earlier === undefined) return true;
    const notes = [{ message: "the first is here", span: earlier.span }];
    report("bind/duplicate-name", trigger.span, { what: "the trigger", name: trigger.name }, { notes });
    return false;
  });
}

/** A trigger effect and the entry of that name are one and the same; an effect without an entry would do nothing. */
function checkNamed(action: string, name: TomlString, rules: readonly RuleSyntax[], report: Report): void {
  const entries = rules
    .filter((rule) => rule.name.value === action)
    .flatMap((rule) => rule.triggerTables.flatMap((reader) => reader.get("name")?.value ?? []));
  if (entries.includes(name.value)) return;
  report("bind/unknown-trigger", name.span, { action, trigger: name.value }, { hint: didYouMean(name.value, entries) });
}

/** Whatever is called outside has an outcome. */
const keysOfCalls = ["on_success", "on_failure", "failure_routes", "emits"] as const;

const keysOfKinds: KeysOfKinds<(typeof triggerForm)["keys"], (typeof triggerKinds)[number]> = {
  entity: ["drop_ok", "target_entity", "target_action", "resolve_target", "params", "params_from"],
  wasm: ["module", "config", ...keysOfCalls],
  webhook: ["url", "method", "timeout_ms", "max_retries", "headers", "body_template", ...keysOfCalls],
  adapter: ["adapter", "adapter_type", "config", ...keysOfCalls],
  hook: ["hook", "config", ...keysOfCalls],
};

function bindTrigger(action: string, reader: TriggerReader, scope: Scope, report: Report): Trigger | undefined {
  const name = reader.get("name");
  const written = reader.get("kind");
  const kind = written && oneOf(written, triggerKinds, report);
  if (kind !== undefined) reportWithoutEffect(reader, kind, { what: "a trigger", keys: keysOfKinds }, report);
  const landing = reader.get("to_state");
  const [toStatus] = landing === undefined ? [] : knownStatuses([landing], scope, report);
  const guard = bindGuard(reader, scope, report);
  const liveness = reader.get("liveness");
  const duty = liveness === undefined ? "best_effort" : oneOf(liveness, livenessKinds, report);
  const deed = kind && bindDeed(kind, reader, scope, report);
  const isWhole = landing === undefined || toStatus !== undefined;
  if (name === undefined || deed === undefined || duty === undefined || guard === "unbound" || !isWhole)
    return undefined;
  const principal = bindPrincipal(reader, report);
  return {
    name: name.value,
    action,
    liveness: duty === "best_effort" ? "best-effort" : duty,
    llm: reader.get("llm")?.value ?? false,
    deed,
    span: name.span,
    ...(toStatus !== undefined && { toStatus }),
    ...(guard && { guard }),
    ...(principal !== undefined && { principal }),
  };
}

/** Policies name the type, so it is a name as they have them. */
function bindPrincipal(reader: TriggerReader, report: Report): string | undefined {
  const principal = reader.get("principal");
  if (principal === undefined || isCedarName(principal.value)) return principal?.value;
  const why = "policies name it: it is letters, digits and _, begins with no digit, and is no word of Cedar's";
  report("bind/invalid-name", principal.span, { what: "a principal", name: principal.value, why });
  return undefined;
}

/** It sees the state after the action, with every field of the entity. */
function bindGuard(reader: TriggerReader, scope: Scope, report: Report): Predicate | undefined | "unbound" {
  const node = reader.get("guard");
  if (node === undefined) return undefined;
  const lowered = lowerCondition(node, "guard", report);
  if (lowered === undefined) return "unbound";
  reportOlder("the guard", node, lowered, report);
  const written = parseCondition(lowered.text, report);
  const seeing = { ...scope, seesFields: true, seesRelated: true };
  return (written && bindPredicate(written.syntax, { scope: seeing, text: written.text, report })) ?? "unbound";
}

function bindDeed(
  kind: (typeof triggerKinds)[number],
  reader: TriggerReader,
  scope: Scope,
  report: Report,
): Deed | undefined {
  switch (kind) {
    case "entity":
      return bindEntityDeed(reader, scope, report);
    case "webhook": {
      const request = bindWebhookRequest(needed(reader, "url", report), reader, scope, report);
      const outcome = bindOutcome(reader, scope, report);
      return request && { kind, ...request, outcome };
    }
    case "wasm":
    case "adapter":
    case "hook": {
      const called = bindCalled(calledName(kind, reader, report), reader, scope, report);
      return called && { kind, ...called };
    }
  }
}

type Called = Extract<Deed, { readonly config: unknown }>;

function calledName(kind: Called["kind"], reader: TriggerReader, report: Report): TomlString | undefined {
  if (kind === "wasm") return needed(reader, "module", report);
  if (kind === "hook") return needed(reader, "hook", report);
  return reader.get("adapter_type") ?? needed(reader, "adapter", report);
}

function needed(
  reader: TriggerReader,
  key: "module" | "adapter" | "hook" | "url" | "target_entity" | "target_action",
  report: Report,
): TomlString | undefined {
  const found = reader.get(key);
  if (found === undefined)
    report("parse/missing-key", reader.span, { key, table: reader.name }, { hint: hintAt(key, reader) });
  return found;
}

/** An older integration may have its endpoint in a file of its own. */
function hintAt(key: string, { name }: TriggerReader): string | undefined {
  if (key !== "url" || name !== integrationForm.name) return undefined;
  return "give it a url, or a [[webhook]] of its name in integration.toml";
}

function bindEntityDeed(reader: TriggerReader, scope: Scope, report: Report): Deed | undefined {
  const entity = needed(reader, "target_entity", report);
  const action = needed(reader, "target_action", report);
  const target = bindTarget(reader.get("resolve_target"), scope, report);
  const params = bindArguments(reader.get("params") ?? [], reader.get("params_from") ?? [], scope, report);
  if (entity === undefined || action === undefined || target === undefined) return undefined;
  if (!isAutomaton(entity, scope, report)) return undefined;
  const dropOk = reader.get("drop_ok")?.value ?? false;
  return { kind: "entity", entityType: entity.value, action: action.value, target, dropOk, params, span: action.span };
}

/** What answers outside, and the call-back actions of its outcome. */
function bindCalled(
  name: TomlString | undefined,
  reader: TriggerReader,
  scope: Scope,
  report: Report,
): Omit<Called, "kind"> | undefined {
  const config = (reader.get("config") ?? []).flatMap(({ key, value: node }) => {
    const value = scalarOf(node);
    return value === undefined
      ? (wrongType(node, key, "a string, a number or a bool", report) ?? [])
      : [{ name: key, value }];
  });
  const outcome = bindOutcome(reader, scope, report);
  return name && { name: name.value, config, outcome };
}

/** Call-back actions are the entity's own. */
function bindOutcome(reader: TriggerReader, scope: Scope, report: Report): OutcomeActions {
  const own = (key: "on_success" | "on_failure"): string | undefined => {
    const action = reader.get(key);
    return action !== undefined && isOwnAction(action, scope, report) ? action.value : undefined;
  };
  const [onSuccess, onFailure] = [own("on_success"), own("on_failure")];
  const failureRoutes = (reader.get("failure_routes") ?? []).flatMap((route) => {
    const [category, action] = [route.get("category"), route.get("action")];
    if (category === undefined || action === undefined || !isOwnAction(action, scope, report)) return [];
    if (reader.get("kind")?.value === "webhook") checkCategory(category, report);
    return [{ category: category.value, action: action.value }];
  });
  const mayTake = (reader.get("emits") ?? []).filter((each) => isOwnAction(each, scope, report));
  return {
    failureRoutes,
    mayTake: mayTake.map(({ value }) => value),
    ...(onSuccess !== undefined && { onSuccess }),
    ...(onFailure !== undefined && { onFailure }),
  };
}
