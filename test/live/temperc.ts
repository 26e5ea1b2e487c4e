/** The built command line as a user runs it: a process of its own, with its streams and its exit code. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, inject } from "vitest";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const main = join(root, "dist/cli/main.js");

export interface Ended {
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Surroundings {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Run as this user, where a test needs one that may not do everything. */
  readonly uid?: number;
}

/** Runs a command to its end. */
export async function temperc(args: readonly string[], surroundings: Surroundings = {}): Promise<Ended> {
  const child = start(process.execPath, [main, ...args], surroundings);
  const [out, err] = [collected(child.stdout), collected(child.stderr)];
  const exitCode = await exitOf(child);
  return { exitCode, out: out(), err: err() };
}

export interface Ready {
  readonly url: string;
  readonly operatorKey?: string;
  readonly revision: string;
}

export interface Server {
  readonly ready: Ready;
  readonly child: ChildProcess;
  /** The next line of JSON of that event, also one that came since the last was taken. */
  readonly next: (...events: readonly string[]) => Promise<Readonly<Record<string, unknown>>>;
  readonly err: () => string;
  /** Sends the signal and gives the exit code when the process has ended. */
  readonly end: (signal?: "SIGTERM" | "SIGINT" | "SIGKILL") => Promise<number | null>;
}

/** How a server verifies before it serves is not what these tests are about: few random runs are enough, and no process that waits for more. */
const verifiesLittle = ["seeds=1", "cases=2", "verifySparesMax=0"].flatMap((limit) => ["--limit", limit]);

/** Starts `temperc serve` or `temperc dev` with `--json` on a free port and waits for its ready line. */
export async function startServer(args: readonly string[], surroundings: Surroundings = {}): Promise<Server> {
  const child = start(process.execPath, [main, ...args, ...verifiesLittle, "--port", "0", "--json"], surroundings);
  const err = collected(child.stderr);
  const ended = exitOf(child);
  const events = new Events(
    child,
    ended.then(() => err()),
  );
  const end = (signal: "SIGTERM" | "SIGINT" | "SIGKILL" = "SIGTERM"): Promise<number | null> => {
    child.kill(signal);
    return ended;
  };
  const { url, operatorKey, revision } = await events.next("ready");
  const key = operatorKey === undefined ? {} : { operatorKey: String(operatorKey) };
  const ready = { url: String(url), revision: String(revision), ...key };
  return { ready, child, next: (...names) => events.next(...names), err, end };
}

/** Whoever still runs when the tests end, as after a failure, is ended with them. */
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill("SIGKILL");
});

/** What held in this run is known to the process, and nothing else of the user's. */
export function start(command: string, args: readonly string[], { cwd, env, uid }: Surroundings): ChildProcess {
  if (!existsSync(main)) throw new Error("dist/cli/main.js is missing: npm run build");
  const child = spawn(command, args, {
    cwd: cwd ?? root,
    env: { PATH: process.env.PATH, TEMPERC_CACHE_DIR: inject("verdicts"), ...env },
    stdio: ["ignore", "pipe", "pipe"],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

export function collected(stream: NodeJS.ReadableStream | null): () => string {
  const chunks: Buffer[] = [];
  stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString("utf8");
}

export function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code));
  });
}

type Event = Readonly<Record<string, unknown>>;

/** The lines of JSON of a server, waited for by the name of their event. */
class Events {
  readonly #come: Event[] = [];
  readonly #ended: Promise<string>;
  #look: () => void = () => undefined;

  constructor(child: ChildProcess, ended: Promise<string>) {
    this.#ended = ended;
    if (child.stdout === null) throw new Error("the process has no output");
    createInterface({ input: child.stdout }).on("line", (line) => {
      this.#come.push(JSON.parse(line));
      this.#look();
    });
  }

  async next(...events: readonly string[]): Promise<Event> {
    const gone = this.#ended.then((err): never => {
      throw new Error(`the server ended before it said ${events.join(" or ")}: ${JSON.stringify(this.#come)}\n${err}`);
    });
    return Promise.race([gone, this.#when(events)]);
  }

  async #when(events: readonly string[]): Promise<Event> {
    for (;;) {
      const index = this.#come.findIndex(({ event }) => events.includes(String(event)));
      const [found] = index < 0 ? [] : this.#come.splice(index, 1);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#look = resolve;
      });
    }
  }
}

/** A fresh folder, and how to be rid of it. */
export function freshFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "temperc-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
