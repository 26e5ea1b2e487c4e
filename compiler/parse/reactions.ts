/** The tables beside the rules as they were read: what `bind` makes timers, keys, webhooks and workflows of. */

import type { fileForm } from "./automaton-forms.ts";
import type * as forms from "./reaction-forms.ts";
import type { Read } from "./table.ts";

export interface ReactionsSyntax {
  readonly timeouts: readonly Read<typeof forms.timeoutForm>[];
  readonly keys: readonly Read<typeof forms.keyForm>[];
  readonly vectors: readonly Read<typeof forms.vectorForm>[];
  readonly contextEntities: readonly Read<typeof forms.contextEntityForm>[];
  readonly admission?: Read<typeof forms.admissionForm>;
  readonly webhooks: readonly Read<typeof forms.webhookForm>[];
  readonly workflows: readonly Read<typeof forms.workflowForm>[];
  readonly migration?: Read<typeof forms.migrationForm>;
}

/** The tables of a file. */
export function readReactions(file: Read<typeof fileForm>): ReactionsSyntax {
  const admission = file.get("admission");
  const migration = file.get("migration");
  return {
    timeouts: file.get("state_timeout") ?? [],
    keys: file.get("key") ?? [],
    vectors: file.get("vector") ?? [],
    contextEntities: file.get("context_entity") ?? [],
    webhooks: file.get("webhook") ?? [],
    workflows: file.get("collection_workflow") ?? [],
    ...(admission && { admission }),
    ...(migration && { migration }),
  };
}
