/** The Cedar bindings: policies, the schema that they were validated against, and each resource's attributes. */

import { type CedarAttribute, cedarAttributes } from "../bind/cedar-attributes.ts";
import type { Program } from "../ir/program.ts";
import type { Entity } from "../ir/schema.ts";
import { leftToCedar } from "./decisions.ts";
import type { EmittedFile } from "./emitted.ts";
import { render, type Templates } from "./render.ts";
import { comment, listField, propertyKey, quote, quoteLines } from "./text.ts";

/** `generated/authorization.ts`. The attributes come from the table that the schema is printed from, so they agree. */
export function authorizationFile(program: Program, templates: Templates): EmittedFile {
  const { policies, cedarSchema, contract } = program;
  const files = [...new Set(policies.map(({ span }) => span.file))];
  const text = render(templates, "authorization.ts.hbs", {
    file: comment(files.length === 0 ? program.name : files.join(", ")),
    policies: policies.map(({ id, text: policy }) => ({ id: quote(id), text: quoteLines(policy) })),
    schema: quoteLines(cedarSchema),
    leftToCedar: listField("leftToCedar", leftToCedar(policies).map(quote), "    "),
    resources: contract.entities.map((entity) => ({
      key: propertyKey(entity.name),
      attributes: cedarAttributes(entity).map((attribute) => attributeRow(attribute, entity)),
    })),
  });
  return { path: "generated/authorization.ts", text };
}

function attributeRow({ attribute, property, cedarType }: CedarAttribute, entity: Entity): string {
  const row = `attribute: ${quote(attribute)}, property: ${quote(property)}`;
  if (cedarType !== "decimal") return `{ ${row} }`;
  const scale = entity.properties.find(({ name }) => name === property)?.scale ?? 0;
  return `{ ${row}, decimals: ${scale} }`;
}
