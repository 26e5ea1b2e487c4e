/** The tables about what an automaton asks of the world and the world of it: triggers, timers, keys, webhooks, workflows. */

import { anything, flag, integerFrom, mapping, numeric, oneOrMore, text, texts, word } from "./shapes.ts";
import { type KeyForms, optional, required, type TableForm, table, tables } from "./table.ts";

function form<K extends KeyForms>(name: string, says: string, keys: K): TableForm<K> {
  return { name, says, keys };
}

export const triggerKinds = ["entity", "wasm", "webhook", "adapter", "hook"] as const;
export const livenessKinds = ["none", "best_effort", "required"] as const;
export const targetKinds = ["field", "same_id", "static", "create_if_missing", "create"] as const;
export const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

export const targetForm = form("resolve_target", "Which entity is meant.", {
  type: required(word(targetKinds), "How the entity is found."),
  field: optional(text, "The field that holds its id, or a list of ids."),
  entity_id: optional(text, "Its id, where it is always the same."),
  id_field: optional(text, "The field that holds the id of the entity to be made where it is missing."),
});

export const failureRouteForm = form("failure_routes", "An action for one category of failure.", {
  category: required(text, "The category of the failure."),
  action: required(text, "The action to take then."),
});

export const triggerForm = form("[[action.triggers]]", "What is asked of the world after the action has committed.", {
  name: required(text, "The name of the trigger; unique within its action."),
  kind: required(word(triggerKinds), "What is asked: another entity, a module, an endpoint, an adapter or a hook."),
  principal: optional(text, "The registered agent type that it runs as; by default as the caller."),
  to_state: optional(text, "Only when the action landed in this status."),
  guard: optional(anything, "Only when this holds on the state after the action; any field may be asked."),
  liveness: optional(word(livenessKinds), "Whether it must eventually be handled; by default best_effort."),
  drop_ok: optional(flag, "Whether the target may refuse without that being a dropped reaction."),
  target_entity: optional(text, "The type of the entity that is asked."),
  target_action: optional(text, "The action that is asked of it."),
  resolve_target: optional(table(targetForm), "Which entity of that type."),
  params: optional(mapping, "Parameters of the asked action with their values."),
  params_from: optional(mapping, "Parameters of the asked action with the field that each is taken from."),
  module: optional(text, "The module that is called."),
  on_success: optional(text, "The action on this entity after success."),
  on_failure: optional(text, "The action on this entity after failure."),
  failure_routes: optional(tables(failureRouteForm), "Actions for categories of failure."),
  config: optional(mapping, "What the module or adapter is told; {secret:key} stands for a secret."),
  url: optional(text, "Where the webhook goes; a field's name after $ and in braces stands for its value."),
  method: optional(word(methods), "The webhook's method; by default POST."),
  timeout_ms: optional(integerFrom(1), "How long the webhook may take."),
  max_retries: optional(integerFrom(0), "How often the webhook is tried again."),
  emits: optional(texts, "The call-back actions that it may take besides those of success and failure."),
  headers: optional(mapping, "The webhook's headers."),
  body_template: optional(text, "The webhook's body; a field's name after $ and in braces stands for its value."),
  adapter: optional(text, "The registered native adapter."),
  adapter_type: optional(text, "The registered native adapter."),
  hook: optional(text, "The registered hook of the host."),
  llm: optional(flag, "Whether traces mark it as a call of a language model."),
});

export const constraintForm = form("[[action.constraints]]", "What a parameter of the action must be.", {
  param: required(text, "The parameter."),
  min: optional(numeric, "The least value."),
  max: optional(numeric, "The largest value."),
  pattern: optional(
    text,
    "The form of the whole text, as a regular expression without back-references and lookaround.",
  ),
  enum: optional(oneOrMore(anything, "a value or an array of values"), "The values that it may have."),
  min_length: optional(integerFrom(0), "The least length."),
  max_length: optional(integerFrom(0), "The largest length."),
  message: optional(text, "What a caller is told."),
});

export const subWriteForm = form(
  "[[action.sub_writes]]",
  "An action of another entity that is part of a composite one.",
  {
    target_entity: required(text, "The type of the entity."),
    target_action: required(text, "Its action."),
    resolve_target: required(table(targetForm), "Which entity of that type."),
    params: optional(mapping, "Parameters with their values."),
    params_from: optional(mapping, "Parameters with the field that each is taken from."),
  },
);

export const timeoutForm = form("[[state_timeout]]", "A durable timer that runs while the entity is in a status.", {
  state: required(text, "The status."),
  after_seconds: required(integerFrom(1), "How long the entity may stay before it fires."),
  on_timeout: required(text, "The action that it fires."),
  max_occurrences: optional(integerFrom(1), "How often it fires during one stay; by default once."),
  reset_on: optional(texts, "Actions that start it anew."),
  params: optional(mapping, "Parameters of the fired action with their values."),
});

export const keyForm = form("[[key]]", "A unique combination of properties besides the key.", {
  name: required(text, "The name of the key."),
  properties: required(texts, "The properties."),
  entity_id: optional(flag, "Whether it gives the entity its id."),
});

export const vectorForm = form("[[vector]]", "An access path to the nearest neighbours.", {
  name: required(text, "The name of the path."),
  property: required(text, "The property that holds the vector."),
  model_property: optional(text, "The property that names the model."),
  dims: required(integerFrom(1), "How many numbers a vector has."),
  metric: optional(word(["cosine", "dot", "l2"]), "How nearness is measured; by default cosine."),
});

export const admissionForm = form("[admission]", "How many calls are let in at a time; the others wait in order.", {
  max_concurrent_creates: optional(integerFrom(1), "Creations at a time."),
  max_concurrent_actions: optional(mapping, "By action, how many at a time."),
  queue_depth: optional(integerFrom(0), "How many may wait; by default 100."),
  queue_timeout_seconds: optional(integerFrom(0), "How long one may wait; by default 30."),
});

export const lookupKinds = ["query_param", "body_field", "header", "path_param"] as const;

export const webhookForm = form("[[webhook]]", "An endpoint that others call back.", {
  name: required(text, "The name of the endpoint."),
  path: required(text, "Its path; {name} is a parameter of the path."),
  method: optional(word(methods), "Its method; by default POST."),
  action: required(text, "The action that a call becomes."),
  entity_lookup: required(word(lookupKinds), "Where the id of the entity is."),
  entity_param: required(text, "The name of the query parameter, body field, header or path parameter with the id."),
  extract: optional(mapping, "Parameters of the action with the place in the body that each is taken from."),
  hmac_secret: optional(text, "The secret that signs the body, as {secret:key}."),
  hmac_header: optional(text, "The header that carries the signature."),
});

export const contextEntityForm = form("[[context_entity]]", "An entity whose status policies may ask for.", {
  name: required(text, "The name: policies ask for context.ctx_<name>_status."),
  entity_type: required(text, "The type of the entity."),
  id_field: required(text, "The field that holds its id."),
});

/** What a workflow is bounded by where it says nothing of it, and at most. */
export const workflowMaxima = { membersMax: 64, concurrencyMax: 8, attemptsMax: 5 } as const;
const { membersMax, concurrencyMax, attemptsMax } = workflowMaxima;

export const workflowForm = form("[[collection_workflow]]", "One action on every member of a roster, and the join.", {
  name: required(text, "The name of the workflow."),
  start_action: required(text, "The action that starts it."),
  cancel_action: optional(text, "The action that cancels it."),
  timeout_action: optional(text, "The action that ends it as timed out."),
  roster_field: required(text, "The field that holds the members' ids."),
  member_entity: required(text, "The type of the members."),
  member_action: required(text, "The action on each member."),
  member_cancel_action: optional(text, "The action on each member when it is cancelled."),
  max_members: optional(integerFrom(1, membersMax), `How many members there may be; at most ${membersMax}.`),
  max_concurrency: optional(integerFrom(1, concurrencyMax), `How many at a time; at most ${concurrencyMax}.`),
  max_attempts: optional(integerFrom(1, attemptsMax), `How often each is tried; at most ${attemptsMax}.`),
  on_success: optional(text, "The action when every member succeeded."),
  on_partial_failure: optional(text, "The action when some failed."),
  on_failure: optional(text, "The action when all failed."),
  on_cancelled: optional(text, "The action when it was cancelled."),
  on_timed_out: optional(text, "The action when it timed out."),
});

export const migrationForm = form("[migration]", "How entities of an earlier revision become entities of this one.", {
  status: optional(mapping, "Each status that there was with the one that takes its place."),
  variables: optional(mapping, 'Each variable that there was: "drop", "rename:x", or the value that it begins with.'),
});
