/** Links of templates, in the format of Cedar's own command line. */
import { linkTemplate, type ReadPolicies, type ReadPolicy } from "../../compiler/index.ts";
import { entityAt } from "./files.ts";
import { isArray, isObject, type Json } from "./json.ts";
import { NoTerm } from "./terms.ts";

/** Policies of `[{ "template_id": …, "link_id": …, "args": { "?principal": "User::\"alice\"" } }]`. Throws `NoTerm` for what is none. */
export function linkedPolicies(json: Json, { policies, templates }: ReadPolicies): readonly ReadPolicy[] {
  if (!isArray(json)) throw new NoTerm("the links are a list");
  const byId = new Map(templates.map((template) => [template.id, template]));
  const taken = new Set([...policies, ...templates].map(({ id }) => id));
  return json.map((each, index) => {
    const link = isObject(each) ? each : new Map<string, Json>();
    const [templateId, id, args] = [link.get("template_id"), link.get("link_id"), link.get("args")];
    const template = typeof templateId === "string" ? byId.get(templateId) : undefined;
    if (template === undefined) throw new NoTerm(`link ${index}: there is no template ${JSON.stringify(templateId)}`);
    if (typeof id !== "string" || taken.has(id)) throw new NoTerm(`link ${index}: link_id is to be an id of its own`);
    taken.add(id);
    const given = isObject(args) ? [...args.keys()] : [];
    const isWhole = given.length === template.slots.length && template.slots.every((slot) => given.includes(slot));
    if (!isObject(args) || !isWhole)
      throw new NoTerm(`link ${index}: args are to fill ${template.slots.join(" and ")} and nothing else`);
    const values = [...args].map(([slot, value]) => {
      const { type, id: entity } = entityAt(slot, value);
      return [slot, { type, id: entity }] as const;
    });
    return linkTemplate(template, id, new Map(values));
  });
}
