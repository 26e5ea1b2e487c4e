/** Puts chevrotain beside the built code as one file: it is some six hundred modules, which take longer to open than to run. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

for (const dist of [join(root, "dist"), join(root, "runtime-lib/dist")]) {
  const vendored = join(dist, "vendor/chevrotain.js");
  buildSync({
    stdin: { contents: 'export * from "chevrotain";', resolveDir: root },
    ...{ bundle: true, format: "esm", platform: "node", target: "node20", legalComments: "eof", outfile: vendored },
  });
  for (const file of importers(dist)) {
    const path = relative(dirname(file), vendored);
    const specifier = path.startsWith(".") ? path : `./${path}`;
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replaceAll('from "chevrotain"', `from ${JSON.stringify(specifier)}`));
  }
}

function importers(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".js"));
  const paths = files.map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  return paths.filter((path) => !path.includes("vendor") && readFileSync(path, "utf8").includes('from "chevrotain"'));
}
