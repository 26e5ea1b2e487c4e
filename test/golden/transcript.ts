/** A transcript: the commands of a session with `temperc`, run for real, with what they print and how they exit. */
import { type ChildProcess, fork } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { collected } from "../live/temperc.ts";
import { withoutStormFigures } from "./storm-figures.ts";

/** The exit code that says that the mistake is ours and not the user's. */
const ownMistake = 70;

/** The folders of the repository that a transcript may name. */
const nameable = [
  "examples/ecommerce",
  "examples/readers-writers",
  "golden/diagnostics",
  "golden/migrate",
  "golden/verify",
];

/** Runs every `$ temperc …` line of a transcript in a fresh copy of the folders that it names and gives the transcript as it comes out today. */
export async function replayTranscript(root: string, transcript: string): Promise<string> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "temperc-transcript-")));
  try {
    const commands = transcript.split("\n").filter((line) => line.startsWith("$ "));
    if (commands.length === 0) throw new Error("a transcript needs a line `$ temperc …`");
    const words = commands.flatMap((command) => command.split(" "));
    for (const each of nameable) {
      if (words.some((word) => areNested(word, each)))
        cpSync(join(root, each), join(folder, each), { recursive: true });
    }
    session ??= startSession(root);
    const ended = await session.run({ folder, commandLines: commands.map(argumentsOf) });
    return commands.map((command, index) => normalise(shown(command, ended[index]), root, folder)).join("\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** True where one of two paths is the other, or lies in it. */
function areNested(one: string, other: string): boolean {
  return `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`);
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

/** What a session is asked: the commands of one transcript, one after the other, in its folder. */
interface Asked {
  readonly folder: string;
  readonly commandLines: readonly (readonly string[])[];
}

interface Session {
  readonly run: (asked: Asked) => Promise<readonly Ended[]>;
  readonly end: () => void;
}

/** One process for the commands of all transcripts: it has the command line loaded. */
let session: Session | undefined;

/** To be called when no more transcripts are replayed. */
export function endSession(): void {
  session?.end();
}

function startSession(root: string): Session {
  const program = join(root, "dist/cli/program.js");
  if (!existsSync(program)) throw new Error("dist/cli/program.js is missing: npm run build");
  const child = fork(join(root, "test/golden/session.mjs"), [pathToFileURL(program).href], {
    env: { PATH: process.env.PATH },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const err = collected(child.stderr);
  return { run: (asked) => answer(child, asked, err), end: () => void child.kill("SIGKILL") };
}

function answer(child: ChildProcess, asked: Asked, err: () => string): Promise<readonly Ended[]> {
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(new Error(`a command ended the session of its transcript\n${err()}`));
    if (!child.connected) return fail();
    child.once("exit", fail).once("message", (ended: readonly Ended[]) => {
      child.off("exit", fail);
      resolve(ended);
    });
    child.send(asked);
  });
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
