/** The tables of a behaviour file and their keys, each with what it is to this version. */

import type { TableForm } from "./table.ts";

/** The tables at the top of a `*.ioa.toml` file; `once` is `[name]`, `many` is `[[name]]`. */
export const topLevelTables = {
  automaton: "once",
  state: "many",
  action: "many",
  invariant: "many",
  field_invariant: "many",
  liveness: "many",
  integration: "not-available-yet",
  state_timeout: "not-available-yet",
  key: "not-available-yet",
  vector: "not-available-yet",
  admission: "not-available-yet",
  webhook: "not-available-yet",
  context_entity: "not-available-yet",
  agent_trigger: "not-available-yet",
  collection_workflow: "not-available-yet",
  migration: "not-available-yet",
} as const;

export const automatonForm: TableForm = {
  name: "[automaton]",
  keys: {
    name: "read",
    states: "read",
    initial: "read",
    terminal: "read",
    allow_indefinite_states: "read",
    strict_action_params: "read",
    version: "legacy",
    timeouts: "legacy",
  },
};

export const variableForm: TableForm = {
  name: "[[state]]",
  keys: {
    name: "read",
    type: "read",
    initial: "read",
    entity_type: "read",
    overflow_inline_max_bytes: "not-available-yet",
    overflow_ttl_seconds: "not-available-yet",
    query_indexed: "not-available-yet",
  },
};

export const actionForm: TableForm = {
  name: "[[action]]",
  keys: {
    name: "read",
    kind: "read",
    from: "read",
    to: "read",
    guard: "read",
    effect: "read",
    params: "read",
    hint: "read",
    triggers: "not-available-yet",
    constraints: "not-available-yet",
    cedar_gate: "not-available-yet",
    sub_writes: "not-available-yet",
    record_parent_event: "not-available-yet",
  },
};

export const paramForm: TableForm = {
  name: "a parameter",
  keys: { name: "read", type: "read", entity_type: "read", required: "read" },
};

export const invariantForm: TableForm = {
  name: "[[invariant]]",
  keys: { name: "read", assert: "read", when: "read" },
};

export const fieldInvariantForm: TableForm = {
  name: "[[field_invariant]]",
  keys: { name: "read", assert: "read", message: "read", when: "read", require: "read" },
};

export const livenessForm: TableForm = {
  name: "[[liveness]]",
  keys: { name: "read", from: "read", reaches: "read", has_actions: "read", eventually: "read" },
};
