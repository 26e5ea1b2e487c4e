/** Starts a server in a process of its own and waits for the line of JSON that says where it listens. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** How much of what a server says last is kept. */
const errorLinesMax = 20;

/**
 * Resolves with the first line of JSON on standard output, a function that ends the process, and one that gives the last
 * lines of its standard error.
 */
export async function startProcess(args, options = {}) {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  const errors = lastLines(child.stderr);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const ready = new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith("{")) resolve(JSON.parse(line));
    });
    ended.then((code) => reject(new Error(`${args.join(" ")} ended with ${code}:\n${errors()}`)));
  });
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  return { ready: await ready, stop, errors, pid: child.pid };
}

function lastLines(stream) {
  const lines = [];
  createInterface({ input: stream }).on("line", (line) => {
    lines.push(line);
    if (lines.length > errorLinesMax) lines.shift();
  });
  return () => lines.join("\n");
}
