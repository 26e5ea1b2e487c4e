/** The `console` blocks of a document, as a reader pastes them: each command run by one shell, what it prints held to what the document shows. */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { collected, root } from "./temperc.ts";

export interface Step {
  readonly command: string;
  /** As the document shows it: `…` stands for anything, and lines may be broken and indented. */
  readonly shown: string;
}

/** Every command of the document's `console` blocks, in order, with the lines below it. */
export function stepsOf(document: string): readonly Step[] {
  const blocks = [...document.matchAll(/^```console\n(.*?)^```/gms)].map(([, text]) => text ?? "");
  return blocks.flatMap((block) => block.split(/^\$ /m).slice(1)).map(stepIn);
}

/** A command goes on in the next line after a backslash. */
function stepIn(text: string): Step {
  const command = /^(?:.*\\\n)*.*/.exec(text)?.[0] ?? "";
  return { command, shown: text.slice(command.length).trim() };
}

export interface Shell {
  /** What the command prints, on both streams. */
  readonly run: (command: string) => Promise<string>;
  readonly end: () => Promise<void>;
}

/** A shell in a folder, in which `temperc` and `npx temperc` are the built command line and `localhost:3000` is that server. */
export function shellIn(folder: string, url: string, env: Readonly<Record<string, string>>): Shell {
  const bin = join(folder, ".bin");
  mkdirSync(bin);
  const temperc = `#!/bin/sh\nexec "${process.execPath}" "${join(root, "dist/cli/main.js")}" "$@"\n`;
  const npx = '#!/bin/sh\nexec "$@"\n';
  for (const [name, text] of Object.entries({ temperc, npx })) {
    writeFileSync(join(bin, name), text);
    chmodSync(join(bin, name), 0o755);
  }
  const child = spawn("bash", ["--noprofile", "--norc"], {
    cwd: folder,
    env: { ...env, PATH: `${bin}:${process.env.PATH}` },
    stdio: ["pipe", "pipe", "inherit"],
  });
  return { run: commands(child, new URL(url).host), end: () => ended(child) };
}

const mark = "-- that was all of it --";

function commands(child: ChildProcess, host: string): Shell["run"] {
  const printed = collected(child.stdout);
  let decision = "";
  return async (command) => {
    const from = printed().length;
    const meant = command.replaceAll("localhost:3000", host).replaceAll(/PD-\w+…/g, decision);
    child.stdin?.write(`{ ${meant}\n} < /dev/null 2>&1; echo; echo '${mark}'\n`);
    while (!printed().includes(mark, from)) await new Promise((resolve) => child.stdout?.once("data", resolve));
    const text = printed().slice(from).split(mark)[0] ?? "";
    decision = /PD-[\da-f-]{36}/.exec(text)?.[0] ?? decision;
    return text.replaceAll(host, "localhost:3000").trim();
  };
}

async function ended(child: ChildProcess): Promise<void> {
  const closed = new Promise((resolve) => child.once("close", resolve));
  child.stdin?.end();
  await closed;
}

/** True where that was printed, up to line breaks, what the document leaves out, and ids, hashes and times. */
export function isAsShown(shown: string, printed: string): boolean {
  const parts = anew(shown).split("…").map(escaped);
  return new RegExp(`^${parts.join(".*")}$`, "s").test(anew(printed));
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** What is another with every run is one and the same. */
function anew(text: string): string {
  return text
    .replaceAll(/PD-[\da-f-]{36}/g, "PD-…")
    .replaceAll(/PD-\w+…/g, "PD-…")
    .replaceAll("PD-…", "PD")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replaceAll(/\([\da-f]{12}\)/g, "(HASH)")
    .replaceAll(/\s+/g, "");
}
