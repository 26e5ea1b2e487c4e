/** A built service as a process: started, waited for, and killed. */
import { join } from "node:path";
import { collected, exitOf, start } from "./temperc.ts";

export interface BuiltService {
  readonly url: string;
  /** Present on the first start of a store. */
  readonly operatorKey: string | undefined;
  /** Sends the signal and gives the exit code when the process has ended. */
  readonly end: (signal: "SIGTERM" | "SIGKILL") => Promise<number | null>;
}

/** Runs `node service.mjs` of a built folder on any free port. */
export async function startBuilt(folder: string, storePath: string): Promise<BuiltService> {
  const env = { TEMPERC_STORE: storePath, PORT: "0" };
  const child = start(process.execPath, [join(folder, "service.mjs")], { env, cwd: folder });
  const [out, err] = [collected(child.stdout), collected(child.stderr)];
  const ended = exitOf(child);
  const listening = new Promise<void>((resolve) => {
    child.stdout?.on("data", () => {
      if (/listens on .*\n/.test(out())) setImmediate(resolve);
    });
  });
  await Promise.race([listening, ended]);
  const url = /listens on (http:\S+)\/tdata/.exec(out())?.[1];
  if (url === undefined) throw new Error(`the service did not start: ${out()}${err()}`);
  return {
    url,
    operatorKey: /operator key, shown this once: (tk_\S+)/.exec(out())?.[1],
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}
