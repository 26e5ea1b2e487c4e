/** The baseline of `check`: a process that does nothing but parse the TOML files of a folder. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "smol-toml";

const [folder = "."] = process.argv.slice(2);
for (const name of readdirSync(folder)) if (name.endsWith(".toml")) parse(readFileSync(join(folder, name), "utf8"));
