/** The tables of a behaviour file and their keys: what each may be, and the sentence that says what it is for. */

/*
 * One row a key: `required`, `optional` or `legacy`, each with the shape of the value (`shapes.ts`) and
 * a description. `readTable` reads by these rows and `automaton-schema.ts` prints them as JSON Schema, so a key that is
 * added here is parsed, checked, offered by editors and documented at once. A table inside a table is `table(form)` or
 * `tables(form)`; a key that takes several shapes is `either(…)` or `oneOrMore(…)`; a reader's `get("key")` has the type
 * that the shape reads.
 */

import { conditionShape, effectShape, guardShape } from "./older-shapes.ts";
import { agentTriggerForm, integrationForm } from "./older-triggers.ts";
import * as reactions from "./reaction-forms.ts";
import { anything, either, exactWord, flag, integerFrom, list, text, texts, word } from "./shapes.ts";
import { type KeyForms, legacy, optional, required, type TableForm, table, tables } from "./table.ts";

/** Every spelling of a variable's or a parameter's type. */
export const typeWords = [
  "counter",
  "bool",
  "list",
  "set",
  "string",
  "status",
  "int",
  "integer",
  "float",
  "number",
  "ref",
] as const;

/** The kinds of an action, in any case of letters. */
export const actionKinds = ["input", "internal", "output", "composite"] as const;

export const automatonForm = form("[automaton]", "An entity type: its statuses, and where it begins and ends.", {
  name: required(text, "The name of the entity type; the same as the CSDL EntityType's."),
  states: required(texts, "Every status that an entity can be in."),
  initial: required(text, "The status that an entity begins in."),
  terminal: optional(texts, "The statuses that nothing leads out of."),
  allow_indefinite_states: optional(texts, "The statuses that an entity may wait in for ever."),
  strict_action_params: optional(flag, "Whether parameters that are undeclared or of a wrong type are refused."),
  version: legacy(anything, "The version of the spec."),
  timeouts: legacy(anything, "The timeouts of statuses."),
});

export const variableForm = form("[[state]]", "A variable that every entity of this type has beside its status.", {
  name: required(text, "The name of the variable; the same as the CSDL Property's."),
  type: required(exactWord(typeWords), "The type of the variable."),
  initial: optional(anything, "The value that the variable begins with; by default 0, false, empty or null."),
  entity_type: optional(text, "The entity type that a variable of type ref refers to."),
  overflow_inline_max_bytes: optional(
    integerFrom(0),
    "Above this size a value may be stored beside the entity; none is.",
  ),
  overflow_ttl_seconds: optional(integerFrom(1), "How long a value is kept."),
  query_indexed: optional(flag, "Whether queries on the variable have an index."),
});

export const paramForm = form("a parameter", "A parameter of an action.", {
  name: required(text, "The name of the parameter."),
  type: optional(exactWord(typeWords), "The type of the parameter; by default string."),
  entity_type: optional(text, "The entity type that a parameter of type ref refers to."),
  required: optional(flag, "Whether a call must give it; by default true."),
});

const params = either(
  text,
  list(either(text, table(paramForm), "a name or a table"), "an array of names and tables"),
  "a name or an array of names and tables",
);

export const actionForm = form("[[action]]", "A rule: when an action may happen, and what it changes.", {
  name: required(text, "The name of the action; several rules of one name are tried in turn."),
  kind: optional(word(actionKinds), "Who takes it: a caller (input), the entity (internal, the default), or an event."),
  from: optional(texts, "The statuses that the action is possible in; by default all."),
  to: optional(text, "The status that the action leads to; by default the status stays."),
  guard: optional(guardShape, "What must hold for the action to happen, such as `items > 0 && !closed`."),
  effect: optional(effectShape, "What the action changes, such as `items += 1`; several in an array."),
  params: optional(params, "What a call gives to the action."),
  hint: optional(text, "What the action is for, told to agents in the service's metadata."),
  triggers: optional(tables(reactions.triggerForm), "What is asked of the world after the action was committed."),
  constraints: optional(tables(reactions.constraintForm), "What the parameters must be."),
  cedar_gate: optional(text, "The action that a composite action is authorized as; by default itself."),
  sub_writes: optional(tables(reactions.subWriteForm), "The writes that a composite action makes in one transaction."),
  record_parent_event: optional(
    flag,
    "Whether a composite action is itself an event in the journal; by default it is.",
  ),
});

export const invariantForm = form("[[invariant]]", "What must hold in every reachable snapshot.", {
  name: required(text, "The name that a violation is told by."),
  assert: required(text, "The condition, such as `status == 'Paid' => total > 0`."),
  when: optional(texts, "The statuses that it must hold in; an older form of `status in [...] => ...`."),
});

export const fieldInvariantForm = form("[[field_invariant]]", "What is checked on every create, patch and action.", {
  name: required(text, "The name that a violation is told by."),
  assert: optional(text, "The condition, over the fields of the entity."),
  message: optional(text, "What a caller is told whose request breaks it."),
  when: optional(conditionShape, "The premise; an older form of `premise => ...`."),
  require: optional(conditionShape, "The condition; an older form of `assert`."),
});

export const livenessForm = form("[[liveness]]", "What must always stay possible.", {
  name: required(text, "The name that a violation is told by."),
  from: optional(texts, "The statuses that the promise is made in; by default all that are not terminal."),
  reaches: optional(texts, "The statuses of which one can always still be reached."),
  has_actions: optional(flag, "Whether some action must always be possible."),
  eventually: optional(texts, "The statuses of which one is inevitably reached."),
});

/** A whole `*.ioa.toml` file. */
export const fileForm = form("the file", "The behaviour of an entity type, for temperc.", {
  automaton: required(table(automatonForm), automatonForm.says),
  state: optional(tables(variableForm), variableForm.says),
  action: optional(tables(actionForm), actionForm.says),
  invariant: optional(tables(invariantForm), invariantForm.says),
  field_invariant: optional(tables(fieldInvariantForm), fieldInvariantForm.says),
  liveness: optional(tables(livenessForm), livenessForm.says),
  integration: optional(tables(integrationForm), integrationForm.says),
  state_timeout: optional(tables(reactions.timeoutForm), reactions.timeoutForm.says),
  key: optional(tables(reactions.keyForm), reactions.keyForm.says),
  vector: optional(tables(reactions.vectorForm), reactions.vectorForm.says),
  admission: optional(table(reactions.admissionForm), reactions.admissionForm.says),
  webhook: optional(tables(reactions.webhookForm), reactions.webhookForm.says),
  context_entity: optional(tables(reactions.contextEntityForm), reactions.contextEntityForm.says),
  agent_trigger: optional(tables(agentTriggerForm), agentTriggerForm.says),
  collection_workflow: optional(tables(reactions.workflowForm), reactions.workflowForm.says),
  migration: optional(table(reactions.migrationForm), reactions.migrationForm.says),
});

function form<K extends KeyForms>(name: string, says: string, keys: K): TableForm<K> {
  return { name, says, keys };
}
