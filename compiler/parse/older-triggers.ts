/** Tables of earlier versions that became triggers: `[[integration]]`, `[[agent_trigger]]` and the files beside a spec. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { Span } from "../diagnostics/span.ts";
import type { RuleSyntax } from "./automaton.ts";
import { triggerForm } from "./reaction-forms.ts";
import { integerFrom, mapping, type Shape, text, texts } from "./shapes.ts";
import { atStart, optional, type Read, readTable, required, table, tables } from "./table.ts";
import type { TomlEntry, TomlNode, TomlString, TomlTable } from "./toml.ts";

/** The table as it stands: what is in it is read as part of a trigger. */
const asTable: Shape<TomlNode> = {
  ...text,
  wanted: "a table",
  fits: () => true,
  read: (node) => node,
  schema: () => ({ type: "object" }),
};

export const integrationForm = {
  name: "[[integration]]",
  says: "An endpoint, module or adapter that an action calls; today one of its triggers. Other keys are its configuration.",
  isOpen: true,
  keys: {
    name: required(text, "The name of the integration."),
    trigger: required(text, "The action, or the trigger effect, that calls it."),
    type: optional(text, "What is called: webhook (the default), wasm, or the name of an adapter."),
    module: optional(text, "The module that is called."),
    adapter: optional(text, "The adapter that is called."),
    url: optional(text, "Where the webhook goes."),
    method: optional(text, "The webhook's method."),
    headers: optional(mapping, "The webhook's headers."),
    on_success: optional(text, "The action after success."),
    on_failure: optional(text, "The action after failure."),
    emits: optional(texts, "The call-back actions that it may take."),
    config: optional(mapping, "What it is told."),
  },
};

export const agentTriggerForm = {
  name: "[[agent_trigger]]",
  says: "An agent that is started after an action; today a trigger that creates an Agent.",
  keys: {
    name: required(text, "The name of the trigger."),
    on_action: required(text, "The action after which the agent is started."),
    to_state: optional(text, "Only when the action landed in this status."),
    agent_role: optional(text, "The agent's role."),
    agent_goal: optional(text, "What the agent is to reach."),
    agent_model: optional(text, "The language model of the agent."),
    agent_type_id: optional(text, "The registered type of the agent."),
  },
};

const whenForm = {
  name: "[reaction.when]",
  says: "The action that is reacted to.",
  keys: {
    entity_type: required(text, "The type of the entity."),
    action: required(text, "The action."),
    to_state: optional(text, "Only when it landed in this status."),
  },
};

const thenForm = {
  name: "[reaction.then]",
  says: "The action that is asked for.",
  keys: {
    entity_type: required(text, "The type of the entity that is asked."),
    action: required(text, "The action that is asked of it."),
    params: optional(asTable, "Its parameters."),
  },
};

const reactionForm = {
  name: "[[reaction]]",
  says: "What an action asks of another entity; today one of its triggers.",
  keys: {
    name: required(text, "The name of the reaction."),
    when: required(table(whenForm), "The action that is reacted to."),
    // biome-ignore lint/suspicious/noThenProperty: this is what the key is called
    then: required(table(thenForm), "The action that is asked for."),
    resolve_target: optional(asTable, "Which entity is asked."),
  },
};

const reactionsFile = {
  name: "the file",
  says: "Reactions between entities.",
  keys: { reaction: optional(tables(reactionForm), "Reactions between entities.") },
};

const endpointForm = {
  name: "[[webhook]]",
  says: "The endpoint of an integration.",
  keys: {
    name: required(text, "The name of the integration."),
    url: required(text, "Where it is."),
    method: optional(text, "The method."),
    timeout_ms: optional(integerFrom(1), "How long it may take."),
    max_retries: optional(integerFrom(0), "How often it is tried again."),
  },
};

const endpointsFile = {
  name: "the file",
  says: "The endpoints of integrations.",
  keys: { webhook: optional(tables(endpointForm), "The endpoints of integrations.") },
};

/** A trigger that stands in a file of its own. */
export interface Reaction {
  readonly entityType: TomlString;
  readonly action: TomlString;
  readonly trigger: TomlTable;
  /** The name of the table that it was written as. */
  readonly writtenAs: string;
}

type Endpoint = Read<typeof endpointForm>;

/** What the older files beside a spec say. */
export interface Sidecars {
  readonly reactions: readonly Reaction[];
  readonly endpoints: readonly Endpoint[];
}

/** The reactions of a `*.reactions.toml`, each as the trigger that it is today. */
export function parseReactions(root: TomlTable, report: Report): readonly Reaction[] {
  return (readTable(atStart(root), reactionsFile, report).get("reaction") ?? []).flatMap((reaction) => {
    const [name, when, then] = [reaction.get("name"), reaction.get("when"), reaction.get("then")];
    const [entityType, action] = [when?.get("entity_type"), when?.get("action")];
    const [targetEntity, targetAction] = [then?.get("entity_type"), then?.get("action")];
    reportOlder("a [[reaction]]", reaction.span, report);
    if (name === undefined || entityType === undefined || action === undefined) return [];
    const trigger = tableOf(reaction.span, {
      name,
      kind: word("entity", reaction.span),
      target_entity: targetEntity,
      target_action: targetAction,
      params: then?.get("params"),
      to_state: when?.get("to_state"),
      resolve_target: reaction.get("resolve_target"),
    });
    return [{ entityType, action, trigger, writtenAs: reactionForm.name }];
  });
}

/** The endpoints of an `integration.toml`. */
export function parseEndpoints(root: TomlTable, report: Report): readonly Endpoint[] {
  const endpoints = readTable(atStart(root), endpointsFile, report).get("webhook") ?? [];
  const hint = "today the url stands in the webhook's [[action.triggers]] entry";
  for (const { span } of endpoints) report("parse/older-form", span, { what: "an endpoint" }, { hint });
  return endpoints;
}

interface Older {
  readonly automaton: string;
  readonly integrations: readonly Read<typeof integrationForm>[];
  readonly agentTriggers: readonly Read<typeof agentTriggerForm>[];
}

/** The triggers that older tables and files ask for. Reports those whose action there is not. */
export function olderTriggers(
  rules: readonly RuleSyntax[],
  { automaton, integrations, agentTriggers }: Older,
  { reactions, endpoints }: Sidecars,
  report: Report,
): readonly AddedTrigger[] {
  const own = reactions.filter(({ entityType }) => entityType.value === automaton);
  return [
    ...integrations.flatMap((each) => integrationTriggers(each, rules, endpoints, report)),
    ...agentTriggers.flatMap((each) => agentTrigger(each, report)),
    ...own,
  ].filter(({ action }) => isAction(action, automaton, rules, report));
}

/** The rules with those triggers: each is one of the first rule of its action. */
export function withTriggers(
  rules: readonly RuleSyntax[],
  added: readonly AddedTrigger[],
  report: Report,
): readonly RuleSyntax[] {
  return rules.map((rule, index) => {
    const isFirst = rules.findIndex(({ name }) => name.value === rule.name.value) === index;
    const mine = isFirst ? added.filter(({ action }) => action.value === rule.name.value) : [];
    if (mine.length === 0) return rule;
    return {
      ...rule,
      triggerTables: [
        ...rule.triggerTables,
        ...mine.map(({ trigger, writtenAs }) => readTable(trigger, { ...triggerForm, name: writtenAs }, report)),
      ],
    };
  });
}

/** Reports reactions to entities that there are not: they would never come. */
export function checkReactions({ reactions }: Sidecars, automata: readonly string[], report: Report): void {
  for (const { entityType } of reactions) {
    if (automata.includes(entityType.value)) continue;
    const hint = didYouMean(entityType.value, automata);
    report("bind/unknown-automaton", entityType.span, { name: entityType.value }, { hint });
  }
}

function isAction(action: TomlString, automaton: string, rules: readonly RuleSyntax[], report: Report): boolean {
  const names = [...new Set(rules.map(({ name }) => name.value))];
  if (names.includes(action.value)) return true;
  const hint = didYouMean(action.value, names);
  report("bind/unknown-action", action.span, { automaton, action: action.value }, { hint });
  return false;
}

/** A trigger of an action, as the table that it is today. */
export type AddedTrigger = Omit<Reaction, "entityType">;

/** It is called by an action, or by each action that has a trigger effect of that name. */
function integrationTriggers(
  reader: Read<typeof integrationForm>,
  rules: readonly RuleSyntax[],
  endpoints: readonly Endpoint[],
  report: Report,
): readonly AddedTrigger[] {
  const [name, caller] = [reader.get("name"), reader.get("trigger")];
  reportOlder("an [[integration]]", reader.span, report);
  if (name === undefined || caller === undefined) return [];
  const [trigger, writtenAs] = [integrationTable(reader, name, endpoints), reader.name];
  const asking = rules.filter(({ triggers }) => triggers.some(({ value }) => value === caller.value));
  if (asking.length === 0) return [{ action: caller, trigger, writtenAs }];
  const named = tableOf(reader.span, {
    ...fieldsOf(trigger),
    name: { ...name, value: caller.value, source: "", pieces: [] },
  });
  return [...new Map(asking.map((rule) => [rule.name.value, rule.name])).values()].map((action) => ({
    action,
    trigger: named,
    writtenAs,
  }));
}

function integrationTable(
  reader: Read<typeof integrationForm>,
  name: TomlString,
  endpoints: readonly Endpoint[],
): TomlTable {
  const written = reader.get("type");
  const type = written?.value.toLowerCase() ?? "webhook";
  const kind = type === "webhook" || type === "wasm" ? type : "adapter";
  const endpoint = kind === "webhook" ? endpoints.find((each) => each.get("name")?.value === name.value) : undefined;
  const config = [...(reader.get("config") ?? []), ...reader.others];
  return tableOf(reader.span, {
    name,
    kind: word(kind, written?.span ?? reader.span),
    module: reader.get("module"),
    adapter: kind === "adapter" ? (reader.get("adapter") ?? (type === "adapter" ? undefined : written)) : undefined,
    url: reader.get("url") ?? endpoint?.get("url"),
    method: reader.get("method") ?? endpoint?.get("method"),
    timeout_ms: numberOf(endpoint?.get("timeout_ms")),
    max_retries: numberOf(endpoint?.get("max_retries")),
    headers: entriesTable(reader.get("headers")),
    on_success: reader.get("on_success"),
    on_failure: reader.get("on_failure"),
    emits: listOf(reader.get("emits"), reader.span),
    config: entriesTable(config),
  });
}

/** A new agent, which is given its task by its first action. */
function agentTrigger(reader: Read<typeof agentTriggerForm>, report: Report): readonly AddedTrigger[] {
  const [name, action] = [reader.get("name"), reader.get("on_action")];
  const { span } = reader;
  reportOlder("an [[agent_trigger]]", span, report);
  if (name === undefined || action === undefined) return [];
  const params = tableOf(span, {
    role: reader.get("agent_role"),
    goal: reader.get("agent_goal"),
    model: reader.get("agent_model"),
    agent_type_id: reader.get("agent_type_id"),
  });
  const trigger = tableOf(span, {
    name,
    kind: word("entity", span),
    target_entity: word("Agent", span),
    target_action: word("Assign", span),
    resolve_target: tableOf(span, { type: word("create", span) }),
    to_state: reader.get("to_state"),
    params,
  });
  return [{ action, trigger, writtenAs: reader.name }];
}

function reportOlder(what: string, span: Span, report: Report): void {
  report("parse/older-form", span, { what }, { hint: "today it is an [[action.triggers]] entry of the action" });
}

type Fields = Readonly<Record<string, TomlNode | undefined>>;

function tableOf(span: Span, fields: Fields): TomlTable {
  const entries = Object.entries(fields).flatMap(([key, value]): readonly TomlEntry[] =>
    value === undefined ? [] : [{ key, keySpan: value.span, value }],
  );
  return { kind: "table", isInline: false, entries, span };
}

function fieldsOf({ entries }: TomlTable): Fields {
  return Object.fromEntries(entries.map(({ key, value }) => [key, value]));
}

function entriesTable(entries: readonly TomlEntry[] | undefined): TomlTable | undefined {
  const [first] = entries ?? [];
  if (entries === undefined || first === undefined) return undefined;
  return { kind: "table", isInline: false, entries, span: first.keySpan };
}

function listOf(items: readonly TomlString[] | undefined, span: Span): TomlNode | undefined {
  return items && { kind: "array", items, span };
}

function numberOf(located: { readonly value: number; readonly span: Span } | undefined): TomlNode | undefined {
  return located && { kind: "number", isInteger: true, ...located };
}

/** A word that the older form leaves unsaid. */
function word(value: string, span: Span): TomlString {
  return { kind: "string", value, source: "", span, pieces: [] };
}
