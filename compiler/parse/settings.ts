/** Looks at `temperc.toml`, the place for a project's settings: none is read from it, and whoever writes one is told. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { TomlTable } from "./toml.ts";

export const settingsFile = "temperc.toml";

/** Reports `parse/unread-setting` for each key at the top of the file. */
export function checkSettings(root: TomlTable, report: Report): void {
  for (const { key, keySpan } of root.entries) report("parse/unread-setting", keySpan, { key });
}
