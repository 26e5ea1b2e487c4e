/** New entities that an action spawns: entries that create them and then perform their first action. */
import { named, type Value, type Values } from "../kernel/index.ts";
import type { OutboxEntry } from "../ports/index.ts";
import type { Asking } from "./asked.ts";

/** One entry a spawn, in the order of the rule; `copies` are taken from the values after the action. */
export function spawned(asking: Asking): readonly OutboxEntry[] {
  const { outputs, after = {} } = asking.part.change;
  return outputs.flatMap((output) => {
    if (output.kind !== "spawn") return [];
    const { entityType, entityId, action, copies } = output;
    const hasId = typeof entityId === "string" && entityId !== "";
    const first = action === undefined ? null : { action, params: {} };
    return [
      asking.entry({
        name: `spawn ${entityType}`,
        deed: {
          kind: "create",
          entityType,
          entityId: hasId ? entityId : "",
          values: copied(after, copies),
          first,
          dropOk: false,
        },
        ...(!hasId && { undeliverable: `there is no id for the new ${entityType}` }),
      }),
    ];
  });
}

function copied(source: Values, names: readonly string[]): Values {
  const values = named<Value>();
  for (const name of names) values[name] = source[name] ?? null;
  return values;
}
