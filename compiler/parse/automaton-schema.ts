/** The JSON Schema of a behaviour file, for editors: made of the very tables that the parser reads by. */

import { fileForm } from "./automaton-forms.ts";
import { createDefinitions, type JsonSchema } from "./json-schema.ts";
import { tableSchema } from "./table.ts";

/**
 * JSON Schema draft-07 for a `*.ioa.toml` document as a tree of values. It says what the parser checks of keys and the types
 * of their values; what `bind` looks up, such as the names of statuses, no schema can say.
 */
export function automatonSchema(): JsonSchema {
  const { define, definitions } = createDefinitions();
  const file = tableSchema(fileForm, define);
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "temperc behaviour (*.ioa.toml)",
    ...file,
    definitions: definitions(),
  };
}
