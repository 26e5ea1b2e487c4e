/** A transcript: the commands of a session with `temperc`, run for real, with what they print and how they exit. */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { withoutStormFigures } from "./storm-figures.ts";

const sessionMsMax = 60_000;

/** The exit code that says that the mistake is ours and not the user's. */
const ownMistake = 70;

/** The folders of the repository that a transcript may name. */
const copied = [
  "examples/ecommerce",
  "examples/readers-writers",
  "golden/diagnostics",
  "golden/migrate",
  "golden/verify",
];

/** Runs every `$ temperc …` line of a transcript in a fresh copy of the examples and gives the transcript as it comes out today. */
export function replayTranscript(root: string, transcript: string): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "temperc-transcript-")));
  try {
    for (const each of copied)
      if (existsSync(join(root, each))) cpSync(join(root, each), join(folder, each), { recursive: true });
    const commands = transcript.split("\n").filter((line) => line.startsWith("$ "));
    if (commands.length === 0) throw new Error("a transcript needs a line `$ temperc …`");
    const ended = run(root, commands.map(argumentsOf), folder);
    return commands.map((command, index) => normalise(shown(command, ended[index]), root, folder)).join("\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function argumentsOf(command: string): readonly string[] {
  const [dollar, name, ...args] = command.split(" ");
  if (dollar !== "$" || name !== "temperc") throw new Error(`a transcript runs temperc only, not: ${command}`);
  return args;
}

interface Ended {
  readonly out: string;
  readonly err: string;
  readonly exitCode: number;
}

/** The commands one after the other, in one process that has the command line loaded. */
function run(root: string, commandLines: readonly (readonly string[])[], folder: string): readonly Ended[] {
  const program = join(root, "dist/cli/program.js");
  if (!existsSync(program)) throw new Error("dist/cli/program.js is missing: npm run build");
  const session = join(root, "test/golden/session.mjs");
  const result = spawnSync(process.execPath, [...process.execArgv, session, pathToFileURL(program).href], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: process.env.PATH, HOME: folder },
    input: JSON.stringify(commandLines),
    timeout: sessionMsMax,
  });
  if (result.error !== undefined) throw result.error;
  if (result.status !== 0) throw new Error(`a command ended the session of its transcript\n${result.stderr}`);
  return JSON.parse(result.stdout);
}

function shown(command: string, ended: Ended | undefined): string {
  if (ended === undefined) throw new Error(`${command} did not run`);
  if (ended.exitCode === ownMistake)
    throw new Error(`${command} met a mistake of ours, which is never expected\n${ended.err}`);
  const printed = [...lines(ended.out), ...lines(ended.err).map((line) => `! ${line}`)];
  return [command, ...printed, `[exit ${ended.exitCode}]`, ""].join("\n");
}

function lines(text: string): readonly string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

/** What differs from machine to machine and from release to release is named instead of shown. */
function normalise(text: string, root: string, folder: string): string {
  const manifest: { version: string } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return withoutStormFigures(text)
    .replaceAll(folder, "<folder>")
    .replaceAll(root, "<repository>")
    .replaceAll(manifest.version, "<version>")
    .replace(/\b(?:[0-9a-f]{64}|[0-9a-f]{12})\b/g, "<revision>")
    .replace(/\b[\d,]+(\.\d+)? (states|steps|events)\/s/g, "<rate>")
    .replace(/\b\d+(\.\d+)? ?(ms|s)\b/g, "<time>");
}
