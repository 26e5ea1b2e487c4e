/** Everything that stands in a built folder, from a verified revision. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { bundleService, cedarWasm, type EmittedFile, finish, packageFiles } from "../../compiler/index.ts";
import { verdictRecords } from "../../verify/index.ts";
import type { Emission, Revision } from "../kernel/pipeline.ts";
import type { Stopwatch } from "../kernel/stopwatch.ts";
import { packageRoot, readTemplates, version } from "../package-root.ts";
import { madeBy, type OutputFile } from "./write-folder.ts";

/** Begins to bundle the service, which other threads than ours do. */
export function beginBundle({ emitted, specHash }: Emission): Promise<readonly EmittedFile[]> {
  const bundling = bundleService(emitted, { resolveDir: packageRoot, revision: specHash });
  // Nobody waits for the bundle of a revision that is refused; whoever waits is still told.
  bundling.catch(() => undefined);
  return bundling;
}

/** The same files with the same bytes, whenever and wherever they are made. */
export async function serviceFiles(
  revision: Revision,
  bundling: Promise<readonly EmittedFile[]>,
  { time }: Stopwatch,
): Promise<readonly OutputFile[]> {
  const { emitted, definition, program } = revision;
  const finished = await time("finish", () => finish(emitted));
  const bundled = await time("bundle service", () => bundling);
  const installed = packageFiles(program, readTemplates(), { libsql: await libsqlVersion(), wasm: cedarWasm.file });
  return [
    ...[...finished.files, ...bundled, ...installed].map(({ path, text }) => ({ path, content: text })),
    { path: cedarWasm.file, content: await readCedarWasm() },
    { path: "openapi.json", content: definition.openapi },
    { path: "metadata.xml", content: definition.metadata.xml },
    { path: "metadata.json", content: definition.metadata.json },
    { path: "manifest.json", content: manifest(revision) },
  ];
}

/** The version of the native store that this runtime was tried with: the one thing that a built service installs. */
async function libsqlVersion(): Promise<string> {
  const require = createRequire(join(packageRoot, "package.json"));
  const manifest: unknown = JSON.parse(await readFile(require.resolve("@temperc/runtime/package.json"), "utf8"));
  const wanted = /"libsql":"([^"]+)"/.exec(JSON.stringify(manifest))?.[1];
  if (wanted === undefined) throw new Error("@temperc/runtime does not say which libsql it needs");
  return wanted;
}

function readCedarWasm(): Promise<Uint8Array> {
  const require = createRequire(join(packageRoot, "package.json"));
  return readFile(join(dirname(require.resolve(cedarWasm.specifier)), cedarWasm.file));
}

/** What was built, from what, and what was proved about it. */
function manifest({ program, specHash, verdicts, outcome, compiled }: Revision): string {
  const content = {
    madeBy,
    temperc: version(),
    name: program.name,
    revision: specHash,
    spec: compiled.folder.sources.files.map(({ path }) => path).toSorted(),
    outcome,
    verdicts: verdictRecords(verdicts),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}
