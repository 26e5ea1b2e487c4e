/** A transcript: the commands of a session with `temperc`, run for real, with what they print and how they exit. */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const commandMsMax = 60_000;

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
  const main = join(root, "dist/cli/main.js");
  if (!existsSync(main)) throw new Error("dist/cli/main.js is missing: npm run build");
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "temperc-transcript-")));
  try {
    for (const each of copied)
      if (existsSync(join(root, each))) cpSync(join(root, each), join(folder, each), { recursive: true });
    const commands = transcript.split("\n").filter((line) => line.startsWith("$ "));
    if (commands.length === 0) throw new Error("a transcript needs a line `$ temperc …`");
    return commands.map((command) => normalise(run(main, command, folder), root, folder)).join("\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(main: string, command: string, folder: string): string {
  const [dollar, name, ...args] = command.split(" ");
  if (dollar !== "$" || name !== "temperc") throw new Error(`a transcript runs temperc only, not: ${command}`);
  const result = spawnSync(process.execPath, [main, ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: process.env.PATH, HOME: folder },
    input: "",
    timeout: commandMsMax,
  });
  if (result.error !== undefined) throw result.error;
  if (result.status === ownMistake)
    throw new Error(`${command} met a mistake of ours, which is never expected\n${result.stderr}`);
  const shown = [...lines(result.stdout), ...lines(result.stderr).map((line) => `! ${line}`)];
  return [command, ...shown, `[exit ${result.status ?? result.signal}]`, ""].join("\n");
}

function lines(text: string): readonly string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

/** What differs from machine to machine and from release to release is named instead of shown. */
function normalise(text: string, root: string, folder: string): string {
  const manifest: { version: string } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return text
    .replaceAll(folder, "<folder>")
    .replaceAll(root, "<repository>")
    .replaceAll(manifest.version, "<version>")
    .replace(/\b(?:[0-9a-f]{64}|[0-9a-f]{12})\b/g, "<revision>")
    .replace(/\b[\d,]+(\.\d+)? (states|steps|events)\/s/g, "<rate>")
    .replace(/\b\d+(\.\d+)? ?(ms|s)\b/g, "<time>");
}
