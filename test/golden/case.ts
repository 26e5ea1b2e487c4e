/** The golden cases that there are, found by looking: what a case's input is and where its expected files are. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

export type Kind = "program" | "diagnostics" | "verify" | "language" | "migrate" | "cli";

export interface Case {
  /** As `npm run golden -- <name>` takes it: the path below `golden/`, without an extension. */
  readonly name: string;
  readonly kind: Kind;
  /** The spec folder, or the transcript; absolute. */
  readonly input: string;
  /** The folder that holds the expected files, or the transcript itself; absolute. */
  readonly expected: string;
}

/** Something in `golden/` that belongs to no case, and what to do about it. */
export interface Stray {
  readonly path: string;
  readonly advice: string;
}

export interface Found {
  readonly cases: readonly Case[];
  readonly strays: readonly Stray[];
}

/** Every case below `golden/`, in name order. */
export function findCases(root: string): Found {
  const programs = foldersIn(join(root, "golden")).filter(
    (name) => !["diagnostics", "verify", "language", "migrate", "cli"].includes(name),
  );
  const names = [...new Set([...programs, ...exampleSpecs(root)])].sort();
  const diagnostics = foldersIn(join(root, "golden/diagnostics")).flatMap((phase) =>
    foldersIn(join(root, "golden/diagnostics", phase)).map((slug) => `diagnostics/${phase}/${slug}`),
  );
  const verify = foldersIn(join(root, "golden/verify")).map((name) => `verify/${name}`);
  const language = foldersIn(join(root, "golden/language")).map((name) => `language/${name}`);
  const migrate = foldersIn(join(root, "golden/migrate")).map((name) => `migrate/${name}`);
  const found = [
    ...names.map((name) => folderCase(root, name, "program")),
    ...diagnostics.map((name) => folderCase(root, name, "diagnostics")),
    ...verify.map((name) => folderCase(root, name, "verify")),
    ...language.map((name) => folderCase(root, name, "language")),
    ...migrate.map((name) => folderCase(root, name, "migrate")),
    transcripts(root),
    looseFiles(root, [
      "",
      "diagnostics",
      ...foldersIn(join(root, "golden/diagnostics")).map((phase) => `diagnostics/${phase}`),
      "verify",
      "language",
      "migrate",
    ]),
  ];
  return { cases: found.flatMap((each) => each.cases), strays: found.flatMap((each) => each.strays) };
}

/** The names of the folders in a folder; none where it is missing. */
function foldersIn(folder: string): readonly string[] {
  return entriesOf(folder, true);
}

function filesIn(folder: string): readonly string[] {
  return entriesOf(folder, false);
}

function entriesOf(folder: string, folders: boolean): readonly string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() === folders)
    .map((entry) => entry.name)
    .sort();
}

function folderCase(root: string, name: string, kind: Kind): Found {
  const folder = join(root, "golden", name);
  const example = join(root, "examples", name);
  const strays = [
    ...foldersIn(folder).filter((entry) => entry !== "spec" && entry !== "expected"),
    ...filesIn(folder),
  ].map((entry) => ({
    path: `golden/${name}/${entry}`,
    advice: "a case has `spec/` and `expected/` and nothing else: move it into `spec/` or delete it",
  }));
  const input = existsSync(join(folder, "spec"))
    ? join(folder, "spec")
    : kind === "program" && existsSync(example)
      ? example
      : undefined;
  if (input === undefined) {
    const advice = "it has no input: write `spec/` into it or delete it";
    return { cases: [], strays: [...strays, { path: `golden/${name}`, advice }] };
  }
  return { cases: [{ name, kind, input, expected: join(folder, "expected") }], strays };
}

function transcripts(root: string): Found {
  const folder = join(root, "golden/cli");
  const files = filesIn(folder);
  const cases = files
    .filter((file) => file.endsWith(".txt"))
    .map((file): Case => {
      const path = join(folder, file);
      return { name: `cli/${file.slice(0, -".txt".length)}`, kind: "cli", input: path, expected: path };
    });
  const strays = [...files.filter((file) => !file.endsWith(".txt")), ...foldersIn(folder)].map((entry) => ({
    path: `golden/cli/${entry}`,
    advice: "only transcripts (`*.txt`) stand here: move or delete it",
  }));
  return { cases, strays };
}

const readmes: readonly string[] = ["golden/README.md", "golden/diagnostics/README.md", "golden/verify/README.md"];

function looseFiles(root: string, folders: readonly string[]): Found {
  const strays = folders
    .flatMap((folder) => filesIn(join(root, "golden", folder)).map((file) => join("golden", folder, file)))
    .filter((path) => !readmes.includes(path))
    .map((path) => ({ path, advice: "a file stands in a case: move or delete it" }));
  return { cases: [], strays };
}

/** Every example that is a spec folder is a case, before its expected files are written too. */
function exampleSpecs(root: string): readonly string[] {
  const examples = foldersIn(join(root, "examples"));
  return examples.filter((name) => filesIn(join(root, "examples", name)).some((file) => file.endsWith(".ioa.toml")));
}
