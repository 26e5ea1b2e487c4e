/** SPIN on the same models, written in Promela: the compiled verifier `pan`, where spin and a C compiler are installed. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const models = join(dirname(fileURLToPath(import.meta.url)), "models");

/** Longer runs than this it would leave out. */
const depthMax = 1_000_000;

/**
 * `run` searches `models/<name>.pml` once and gives the seconds, its start included; it throws where `pan` finds an error or
 * another number of states. Absent where SPIN is not installed.
 */
export function spinOn({ name, states }) {
  const folder = mkdtempSync(join(tmpdir(), "temperc-spin-"));
  const isBuilt =
    succeeds("spin", ["-a", join(models, `${name}.pml`)], folder) &&
    succeeds("gcc", ["-O2", "-DSAFETY", "-o", "pan", "pan.c"], folder);
  const end = () => rmSync(folder, { recursive: true, force: true });
  if (!isBuilt) {
    end();
    return undefined;
  }
  const run = async () => {
    const started = process.hrtime.bigint();
    const { stdout } = spawnSync("./pan", [`-m${depthMax}`, "-n", "-E"], { cwd: folder, encoding: "utf8" });
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    const [, stored] = /(\d+) states, stored/.exec(stdout) ?? [];
    if (!/errors: 0/.test(stdout) || Number(stored) !== states) throw new Error(`SPIN on ${name}:\n${stdout}`);
    return seconds;
  };
  return { name: `${name}, SPIN`, states, rates: [], run, end, bytesPerState: () => undefined };
}

function succeeds(command, args, cwd) {
  const { error, status } = spawnSync(command, args, { cwd, stdio: "ignore" });
  return error === undefined && status === 0;
}
