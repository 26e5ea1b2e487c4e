/** Every command of `temperc`, and how a command line ends. */
import { Command, CommanderError } from "commander";
import { addAuthorize } from "./commands/authorize.ts";
import { addBuild } from "./commands/build.ts";
import { addCheck } from "./commands/check.ts";
import { addDecide } from "./commands/decide.ts";
import { addDeploy } from "./commands/deploy.ts";
import { addDev } from "./commands/dev.ts";
import { addDiff } from "./commands/diff.ts";
import { addExplain } from "./commands/explain.ts";
import { addInit } from "./commands/init.ts";
import { addKeys } from "./commands/keys.ts";
import { addMigrate } from "./commands/migrate.ts";
import { addOData } from "./commands/odata.ts";
import { addOutbox } from "./commands/outbox.ts";
import { addRebuild } from "./commands/rebuild.ts";
import { addReplay } from "./commands/replay.ts";
import { addSchema } from "./commands/schema.ts";
import { addServe } from "./commands/serve.ts";
import { addVerify } from "./commands/verify.ts";
import { type ExitCode, exitCodes, exitCodesHelp } from "./exit-codes.ts";
import { version } from "./package-root.ts";
import { type ColourWish, processTerminal, type Terminal } from "./terminal.ts";

/** How a command hands its work over: the terminal is known only when all options are. */
export type Run = (work: (terminal: Terminal) => Promise<ExitCode>) => Promise<void>;

/** What the process has: colour is as the command line and the environment wish. */
type TerminalOf = (wish: ColourWish) => Terminal;

/**
 * Runs one command line, without the `node` and the script before it, on another terminal than the process's where one is given.
 * Resolves when the command has ended.
 */
export async function runCommandLine(
  args: readonly string[],
  terminalOf: TerminalOf = processTerminal,
): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.ok;
  const program = new Command();
  const wish = (): ColourWish => ({
    flag: program.opts<{ color?: boolean }>().color,
    environment: process.env,
  });
  const run: Run = async (work) => {
    exitCode = await work(terminalOf(wish()));
  };
  program.configureOutput({
    writeOut: (text) => terminalOf(wish()).out(text),
    writeErr: (text) => terminalOf(wish()).err(text),
  });
  describe(program);
  const commands = [
    addInit,
    addCheck,
    addVerify,
    addReplay,
    addBuild,
    addServe,
    addDev,
    addDeploy,
    addDiff,
    addMigrate,
    addKeys,
    addOutbox,
    addRebuild,
    addDecide,
    addAuthorize,
    addOData,
    addExplain,
    addSchema,
  ];
  for (const add of commands) add(program, run);
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.unusable;
    apologise(error);
    return exitCodes.internal;
  }
}

function describe(program: Command): void {
  program
    .name("temperc")
    .description("Compiles a spec folder into a verified TypeScript service, and serves it.")
    .version(version())
    .option("--color", "colour the output, even where it is no terminal")
    .option("--no-color", "do not colour the output (also: NO_COLOR=1)")
    .exitOverride()
    .showHelpAfterError("(temperc --help shows every command, temperc COMMAND --help its options)")
    .addHelpText("after", `\nExample:\n  $ temperc serve --specs-dir examples/ecommerce\n\n${exitCodesHelp}`);
}

/** Says that the mistake is ours, with what is needed to mend it. */
export function apologise(error: unknown): void {
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `internal error: temperc made a mistake; your spec did not. We are sorry.\n\n${told}\n\n` +
      `Please report it: these lines, the command, and the spec folder if you can share it (temperc ${version()}, Node ${process.version}).\n`,
  );
}
