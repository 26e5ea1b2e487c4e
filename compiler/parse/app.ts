/** Reads `app.toml`, in which earlier versions named an app: what the documents of its service are headed with. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { text } from "./shapes.ts";
import { atStart, optional, readTable } from "./table.ts";
import type { TomlTable } from "./toml.ts";

export const appFile = "app.toml";

const appForm = {
  name: "the file",
  says: "What the app is called.",
  keys: {
    name: optional(text, "The name of the app, for people."),
    description: optional(text, "What the app is for, in a sentence."),
    version: optional(text, "The version of the app."),
  },
};

/** What people are told of the app that a spec describes. */
export interface AppSyntax {
  readonly title?: string;
  readonly description?: string;
  readonly version?: string;
}

/** What the file says; empty text says nothing. */
export function parseApp(root: TomlTable, report: Report): AppSyntax {
  const reader = readTable(atStart(root), appForm, report);
  const written = (key: keyof typeof appForm.keys) => reader.get(key)?.value || undefined;
  const [title, description, version] = [written("name"), written("description"), written("version")];
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(version === undefined ? {} : { version }),
  };
}
