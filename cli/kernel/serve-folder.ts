/** The work of `temperc serve`: a verified revision, served until a signal. */
import { servedCache } from "../cache/verdict-cache.ts";
import type { LiveOptions } from "../commands/live-options.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { explainRefusal, objectionTo, reportDiagnostics, verifiedRecord } from "../report.ts";
import { refuse, type Terminal } from "../terminal.ts";
import { announce, warnOfDevPrincipal } from "./announce.ts";
import { openHost } from "./host.ts";
import { liveSettings } from "./live-settings.ts";
import { makeRevision } from "./pipeline.ts";
import { untilSignal } from "./until-signal.ts";

/** Exit codes: 0 ended by a signal; 1 violated or could not start; 2 does not compile or wrong usage; 3 undecided. */
export async function serveFolder(folder: string, options: LiveOptions, terminal: Terminal): Promise<ExitCode> {
  const { json = false, allowUnknown = false } = options;
  const settings = liveSettings(folder, options);
  if (settings.kind === "refused") return refuse(terminal, settings, json);
  const { pipeline } = settings;
  const heldBefore = (specHash: string) => servedCache(specHash, pipeline.verify);
  const revision = await makeRevision(folder, pipeline, { heldBefore });
  if (revision.kind === "refused") return refuse(terminal, revision, json);
  const objection = objectionTo(revision, allowUnknown);
  if (revision.kind !== "made" || objection !== exitCodes.ok) {
    if (json) terminal.json(verifiedRecord(revision));
    else explainRefusal(revision, terminal);
    return objection;
  }
  if (!json) reportDiagnostics(revision.compiled, terminal);
  const ended = untilSignal();
  const host = await openHost(revision, settings.host);
  if (host.kind === "refused") return refuse(terminal, host, json);
  warnOfDevPrincipal(settings.host, terminal);
  await announce({ host, store: settings.host.store }, { terminal, json });
  await ended;
  await host.close();
  return exitCodes.ok;
}
