/** One entity's write as a request asks for it, and what came of it. */
import { entityIdOf, ownValue, type Values } from "../../kernel/index.ts";
import type { Failed, Write, Written } from "../call.ts";
import type { EntityBody } from "../odata/bodies.ts";
import { invalid, isFailed } from "../odata/failure.ts";
import { keyName } from "../odata/key-predicate.ts";
import type { NavigationRoute, SetRoute } from "../odata/routes.ts";
import type { Asked } from "./exchange.ts";

/** A write as a request asks for it. */
export interface Wanted {
  readonly kind: Write["change"]["kind"];
  /** Of an action, its parameters are the values. */
  readonly body: EntityBody;
  readonly action?: string;
  /** What the place of a new entity says of it; its body may say the same and nothing else. */
  readonly fixed?: Values;
  /** What is put at its streams. */
  readonly media?: Write["media"];
}

/** What a request demands of the entity as it finds it. */
export type Conditions = Pick<Write, "expectedSequences" | "unexpectedSequences" | "upsert">;

export interface Writing {
  readonly asked: Asked;
  readonly conditions: Conditions;
  readonly idempotency: Write["idempotency"] | undefined;
}

/** An entity as it was written, with those that were made along with it. */
export interface Made {
  readonly set: SetRoute;
  readonly written: Written;
  readonly inside: readonly { readonly navigation: NavigationRoute; readonly made: readonly Made[] }[];
}

type DoWrite = (write: Write) => Promise<Written | Failed>;

/** Writes the entity itself. */
export async function own(
  set: SetRoute,
  wanted: Wanted,
  write: DoWrite,
  inside: Made["inside"] = [],
): Promise<Made | Failed> {
  const values = joined(wanted.body.values, wanted.fixed ?? {});
  if (isFailed(values)) return values;
  const id = wanted.body.id ?? idIn(values, set);
  if (id === undefined) return invalid(`the key ${keyName(set)} is missing`, keyName(set));
  const media = wanted.media && { media: wanted.media };
  const written = await write({ entityType: set.type.name, entityId: id, change: changeOf(wanted, values), ...media });
  return written.kind === "failed" ? written : { set, written, inside };
}

/** The key may come from the place of the entity: where it is what leads there. */
function idIn(values: Values, set: SetRoute): string | undefined {
  const { type, idProperty } = set;
  const id = entityIdOf(type, values) ?? ownValue(values, idProperty?.name ?? type.key) ?? null;
  return id === null ? undefined : String(id);
}

function changeOf({ kind, action = "" }: Wanted, values: Values): Write["change"] {
  switch (kind) {
    case "create":
    case "patch":
    case "put":
      return { kind, values };
    case "delete":
      return { kind };
    case "action":
      return { kind, action, params: values };
  }
}

/** Both, where they do not contradict each other. */
export function joined(values: Values, fixed: Values): Values | Failed {
  const astray = Object.entries(fixed).find(([name, value]) => values[name] !== undefined && values[name] !== value);
  return astray === undefined
    ? { ...values, ...fixed }
    : invalid(`${astray[0]} is not what the relationship says`, astray[0]);
}
