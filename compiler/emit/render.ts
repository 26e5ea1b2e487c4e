/** Fills a template; a template sees plain data only, and an absent hole is a mistake of ours that stops at once. */

import Handlebars from "handlebars";

/** The texts of the files in `templates/`, by file name. */
export type Templates = Readonly<Record<string, string>>;

const engine = Handlebars.create();
const compiled = new Map<string, HandlebarsTemplateDelegate>();

/** The text of the template filled from the view. Throws where the template is missing or names what the view lacks. */
export function render(templates: Templates, name: string, view: object): string {
  const source = templates[name];
  if (source === undefined) throw new Error(`the template ${name} is missing`);
  const template =
    compiled.get(source) ?? engine.compile(source, { noEscape: true, strict: true, knownHelpersOnly: true });
  compiled.set(source, template);
  return template(view);
}
