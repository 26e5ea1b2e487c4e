/** Fills a template; a template sees plain data only, and an absent hole is a mistake of ours that stops at once. */

import Handlebars from "handlebars";

/** The files in `templates/`, by file name: as text, or as Handlebars has compiled it before with `templateOptions`. */
export type Templates = Readonly<Record<string, string | TemplateSpecification>>;

/** The text is code and no HTML; a hole that nobody fills, or a helper that nobody knows, is a mistake. */
export const templateOptions = { noEscape: true, strict: true, knownHelpersOnly: true } as const;

const engine = Handlebars.create();
const known = new Map<string | TemplateSpecification, HandlebarsTemplateDelegate>();

/** The text of the template filled from the view. Throws where the template is missing or names what the view lacks. */
export function render(templates: Templates, name: string, view: object): string {
  const source = templates[name];
  if (source === undefined) throw new Error(`the template ${name} is missing`);
  const template =
    known.get(source) ??
    (typeof source === "string" ? engine.compile(source, templateOptions) : engine.template(source));
  known.set(source, template);
  return template(view);
}
