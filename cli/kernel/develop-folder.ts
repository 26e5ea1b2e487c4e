/** The work of `temperc dev`: serves a spec folder and takes over every save that holds. */
import type { LiveOptions } from "../commands/live-options.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { readSpecFolder } from "../folder/read-folder.ts";
import { version } from "../package-root.ts";
import type { Refusal } from "../refusal.ts";
import { refuseRevision, reportDiagnostics } from "../report.ts";
import { refuse, type Terminal } from "../terminal.ts";
import { announce, tellKept, tellSwapped, warnOfDevPrincipal } from "./announce.ts";
import { type LiveHost, openHost } from "./host.ts";
import { type LiveSettings, liveSettings } from "./live-settings.ts";
import { makeRevision, type Revision } from "./pipeline.ts";
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

interface Development {
  readonly folder: string;
  readonly options: LiveOptions;
  readonly settings: LiveSettings;
  readonly terminal: Terminal;
}

/** The host between two saves: which revision is live, and which was last tried. */
class LiveFolder {
  readonly #development: Development;
  #host: LiveHost | undefined;
  #tried = "";

  constructor(development: Development) {
    this.#development = development;
  }

  /** Makes a revision of what is on disk and serves it if it holds; tells why where not. The exit code of a host that cannot be opened. */
  async take(): Promise<ExitCode | undefined> {
    const { folder, settings, options, terminal } = this.#development;
    if (!(await this.#hasChanged())) return undefined;
    const { json = false, allowUnknown = false } = options;
    const stopwatch = startStopwatch();
    const made = await makeRevision(folder, settings.pipeline, { stopwatch });
    if (made.kind !== "made" || refuseRevision(made, { json, allowUnknown }, terminal) !== undefined) {
      if (made.kind === "refused") refuse(terminal, made, json);
      if (made.kind === "compiled") refuseRevision(made, { json, allowUnknown }, terminal);
      tellKept(this.#host?.specHash(), json, terminal);
      return undefined;
    }
    if (!json) reportDiagnostics(made.compiled, terminal);
    const host = this.#host;
    if (host === undefined) return this.#open(made);
    const swapped = await stopwatch.time("swap", () => host.swap(made));
    tellSwapped({ swapped, revision: made, timings: stopwatch.timings() }, json, terminal);
    return undefined;
  }

  /** A touch that changes nothing is no save; what cannot be read is one. */
  async #hasChanged(): Promise<boolean> {
    const { folder, settings } = this.#development;
    const read = await readSpecFolder(folder, settings.pipeline.limits);
    const found = read.kind === "read" ? specHash(read.sources, version()) : read.message;
    const changed = found !== this.#tried;
    this.#tried = found;
    return changed;
  }

  async #open(revision: Revision): Promise<ExitCode | undefined> {
    const { options, settings, terminal } = this.#development;
    const json = options.json ?? false;
    const host: LiveHost | Refusal = await openHost(revision, settings.host);
    if (host.kind === "refused") {
      this.#tried = "";
      return refuse(terminal, host, json);
    }
    this.#host = host;
    warnOfDevPrincipal(settings.host, terminal);
    await announce({ revision, host, storePath: settings.host.storePath }, json, terminal);
    return undefined;
  }

  async close(): Promise<void> {
    await this.#host?.close();
  }
}
