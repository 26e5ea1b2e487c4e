/** Starts a server in a process of its own and waits for the line of JSON that says where it listens. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Resolves with the first line of JSON on standard output and a function that ends the process. */
export async function startProcess(args, options = {}) {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  const errors = [];
  child.stderr.on("data", (chunk) => errors.push(chunk));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const ready = new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith("{")) resolve(JSON.parse(line));
    });
    ended.then((code) => reject(new Error(`${args.join(" ")} ended with ${code}:\n${Buffer.concat(errors)}`)));
  });
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  return { ready: await ready, stop };
}
