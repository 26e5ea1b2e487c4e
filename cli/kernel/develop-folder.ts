/** The work of `temperc dev`: serves a spec folder and takes over every save that holds. */

import type { LiveOptions } from "../commands/live-options.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { readSpecFolder } from "../folder/read-folder.ts";
import { chosenLimits } from "../options.ts";
import { version } from "../package-root.ts";
import { brokenBy, migrationRecords } from "../plane/migrations.ts";
import type { Refusal } from "../refusal.ts";
import { objectionTo, reportDiagnostics } from "../report.ts";
import { refuse, type Terminal } from "../terminal.ts";
import {
  announce,
  type Told,
  tellKept,
  tellRefused,
  tellSwapped,
  tellUnchanged,
  warnOfDevPrincipal,
} from "./announce.ts";
import { type LiveHost, openHost } from "./host.ts";
import { type LiveSettings, liveSettings } from "./live-settings.ts";
import { makeRevision, type PipelineOptions, type Revision } from "./pipeline.ts";
import { specHash } from "./spec-hash.ts";
import { startStopwatch } from "./stopwatch.ts";
import { untilSignal } from "./until-signal.ts";
import { watchFolder } from "./watch.ts";

/** Exit codes: 0 ended by a signal; 1 could not start; 2 wrong usage. A spec that does not hold is waited for. */
export async function developFolder(folder: string, options: LiveOptions, terminal: Terminal): Promise<ExitCode> {
  const { json = false } = options;
  const settings = liveSettings(folder, options);
  if (settings.kind === "refused") return refuse(terminal, settings, json);
  const found = await readSpecFolder(folder, settings.pipeline.limits);
  if (found.kind === "refused") return refuse(terminal, found, json);
  const ended = untilSignal();
  const live = new LiveFolder({ folder, options, settings, terminal });
  const refused = await live.take();
  if (refused !== undefined) return refused;
  const watcher = await watchFolder(folder, () => live.take());
  await ended;
  await watcher.close();
  await live.close();
  return exitCodes.ok;
}

/** Sequences of requests that level 3 sends at each save, beside one seed of level 2: someone waits for it, and `verify` and `build` send them all. */
const casesAtSave = 8;

function quick(pipeline: PipelineOptions, { limit }: LiveOptions): PipelineOptions {
  const asked = chosenLimits({ cases: casesAtSave, seeds: 1 }, limit ?? new Map());
  const limits = { ...pipeline.verify.limits, ...asked };
  return { ...pipeline, verify: { ...pipeline.verify, limits } };
}

interface Development {
  readonly folder: string;
  readonly options: LiveOptions;
  readonly settings: LiveSettings;
  readonly terminal: Terminal;
}

/** The host between two saves: which revision is live, and which was last tried. */
class LiveFolder {
  readonly #development: Development;
  readonly #told: Told;
  #host: LiveHost | undefined;
  #tried = "";

  constructor(development: Development) {
    this.#development = development;
    this.#told = { terminal: development.terminal, json: development.options.json ?? false };
  }

  /** Serves what is on disk if it holds, and tells why where it does not. Gives the exit code of a host that cannot be opened. */
  async take(): Promise<ExitCode | undefined> {
    const { folder, settings, options, terminal } = this.#development;
    if (!(await this.#isNews())) return undefined;
    const stopwatch = startStopwatch();
    const made = await makeRevision(folder, quick(settings.pipeline, options), { stopwatch });
    const isTaken = made.kind === "made" && objectionTo(made, options.allowUnknown ?? false) === exitCodes.ok;
    if (!isTaken) {
      tellKept(made, this.#host?.specHash(), this.#told);
      return undefined;
    }
    if (options.json !== true) reportDiagnostics(made.compiled, terminal);
    const host = this.#host;
    if (host === undefined) return this.#open(made);
    const migrations = await migrationRecords(made, host.live(), settings.pipeline.verify);
    const broken = brokenBy(migrations);
    if (broken !== undefined) {
      tellRefused({ reasons: [broken], why: "its migration breaks a promise", revision: made }, this.#told);
      return undefined;
    }
    const swapped = await stopwatch.time("swap", () => host.swap(made));
    tellSwapped({ swapped, revision: made, timings: stopwatch.timings() }, this.#told);
    return undefined;
  }

  /** A touch that changes nothing is no news, and what is live already need not be made; what cannot be read is news. */
  async #isNews(): Promise<boolean> {
    const { folder, settings } = this.#development;
    const read = await readSpecFolder(folder, settings.pipeline.limits);
    const found = read.kind === "read" ? specHash(read.sources, version()) : read.message;
    if (found === this.#tried) return false;
    this.#tried = found;
    if (found !== this.#host?.specHash()) return true;
    tellUnchanged(found, this.#told);
    return false;
  }

  async #open(revision: Revision): Promise<ExitCode | undefined> {
    const { settings, terminal, options } = this.#development;
    const host: LiveHost | Refusal = await openHost(revision, { ...settings.host, keepsFolder: false });
    if (host.kind === "refused") return refuse(terminal, host, options.json ?? false);
    this.#host = host;
    warnOfDevPrincipal(settings.host, terminal);
    await announce({ host, store: settings.host.store }, this.#told);
    return undefined;
  }

  async close(): Promise<void> {
    await this.#host?.close();
  }
}
