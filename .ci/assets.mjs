/** Writes what the package ships beside its code: compiled templates, every diagnostic's golden case, the JSON Schema of behaviour files. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import Handlebars from "handlebars";
import { templateOptions } from "temperc/compiler";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const diagnostics = join(root, "golden/diagnostics");

writeFileSync(join(root, "dist/templates.cjs"), `module.exports = {${templates().join(",")}\n};\n`);

const cases = Object.fromEntries(codes().map((code) => [code, goldenCase(join(diagnostics, code))]));
writeFileSync(join(root, "dist/diagnostics.json"), `${JSON.stringify(cases, null, 1)}\n`);
writeFileSync(
  join(root, "dist/temperc.schema.json"),
  execFileSync(process.execPath, [join(root, "dist/cli/main.js"), "schema"]),
);

/** As lines of an object: the name of each, and what Handlebars makes of it. */
function templates() {
  const folder = join(root, "templates");
  const names = readdirSync(folder).filter((name) => name.endsWith(".hbs"));
  return names.sort().map((name) => {
    const compiled = Handlebars.precompile(readFileSync(join(folder, name), "utf8"), templateOptions);
    return `\n${JSON.stringify(name)}: ${compiled}`;
  });
}

function codes() {
  const all = folders(diagnostics).flatMap((phase) =>
    folders(join(diagnostics, phase)).map((slug) => `${phase}/${slug}`),
  );
  // A case that is being written has no expected files yet, and `npm run golden` builds before it makes them.
  return all.filter((code) => existsSync(join(diagnostics, code, "expected/diagnostics.txt")));
}

function folders(parent) {
  const entries = readdirSync(parent, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
}

/** The spec that makes the mistake, and what temperc prints about it. */
function goldenCase(folder) {
  const paths = readdirSync(join(folder, "spec"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return {
    // `door.ioa.toml@5000000` stands for a file that is filled up to so many bytes; what a reader wants is its beginning.
    spec: Object.fromEntries(
      paths.map((path) => [path.slice(join(folder, "spec/").length).replace(/@\d+$/, ""), readFileSync(path, "utf8")]),
    ),
    printed: readFileSync(join(folder, "expected/diagnostics.txt"), "utf8"),
  };
}
