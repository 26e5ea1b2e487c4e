/** The shapes of conditions and effects of every generation: strings, and tables with a `type`. */

import type { Define, JsonSchema } from "./json-schema.ts";
import { conditions } from "./older-conditions.ts";
import { effects } from "./older-effects.ts";
import type { Family, Form } from "./older-tables.ts";
import type { Shape } from "./shapes.ts";
import type { TomlNode } from "./toml.ts";

/** Whatever stands there; what is wrong with it is told where it is lowered. */
function lowerable(wanted: string, schema: Shape<TomlNode>["schema"]): Shape<TomlNode> {
  return { wanted, fits: () => true, read: (node) => node, schema };
}

/** One condition. */
export const conditionShape = lowerable("a condition", (define) => single(conditions, define));

/** One condition, or an array of them. */
export const guardShape = lowerable("a condition or an array of them", (define) => oneOrMore(conditions, define));

/** One effect, or an array of them. */
export const effectShape = lowerable("an effect or an array of them", (define) => oneOrMore(effects, define));

function oneOrMore(family: Family, define: Define): JsonSchema {
  const one = single(family, define);
  return { anyOf: [one, { type: "array", items: one }] };
}

function single(family: Family, define: Define): JsonSchema {
  return define(family.what, () => ({
    anyOf: [{ type: "string" }, ...Object.entries(family.forms).map(([type, form]) => tableOf(type, form))],
  }));
}

function tableOf(type: string, { keys }: Form): JsonSchema {
  const names = keys.map((key) => key.replace("?", ""));
  return {
    type: "object",
    properties: { type: { enum: [type] }, ...Object.fromEntries(names.map((key) => [key, {}])) },
    required: ["type", ...keys.filter((key) => !key.endsWith("?"))],
    additionalProperties: false,
  };
}
