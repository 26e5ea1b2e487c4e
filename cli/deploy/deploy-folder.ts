/** The work of `temperc deploy`: the files of a folder to a server, and what it says of them line by line. */
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { defaultFolderLimits } from "../folder/limits.ts";
import { readSpecFolder } from "../folder/read-folder.ts";
import type { Told } from "../kernel/announce.ts";
import { impossible, type Refusal, reasonOf, unusable } from "../refusal.ts";
import { eventsOf, type PlaneEvent } from "./events.ts";
import { tellEvent } from "./tell-event.ts";

export interface DeployOptions {
  /** The server's URL. */
  readonly to: string;
  readonly tenant: string;
  readonly key?: string;
  readonly validate?: boolean;
}

/** Exit codes as `verify` has them: 0 deployed; 1 violated or refused; 2 does not compile or wrong usage; 3 undecided. */
export async function deployFolder(folder: string, options: DeployOptions, told: Told): Promise<ExitCode | Refusal> {
  const { to, key = "" } = options;
  if (!URL.canParse(to) || !/^https?:$/.test(new URL(to).protocol)) {
    return unusable(`${to} is no URL of a server`, "write it as http://127.0.0.1:3000");
  }
  if (!/^[\x21-\x7e]+$/.test(key)) {
    return unusable("the key is missing", "export TEMPERC_KEY=tk_…, or name it with --key");
  }
  const read = await readSpecFolder(folder, defaultFolderLimits);
  if (read.kind === "refused") return read;
  const files = Object.fromEntries(
    read.sources.files.map(({ path, bytes }) => [path, { base64: Buffer.from(bytes).toString("base64") }]),
  );
  const response = await send(options, key, { files });
  if ("kind" in response) return response;
  let last: PlaneEvent | undefined;
  for await (const event of eventsOf(response)) {
    last = event;
    tellEvent(event, told);
  }
  return last === undefined || !isLast(last) ? cutOff(to) : exitCodeOf(last);
}

async function send({ to, tenant, validate }: DeployOptions, key: string, body: object): Promise<Response | Refusal> {
  const path = `/api/tenants/${encodeURIComponent(tenant)}/specs${validate === true ? "/validate" : ""}`;
  try {
    return await fetch(new URL(path, to), {
      method: "POST",
      headers: {
        authorization: `Bearer ${key}`,
        "content-type": "application/json",
        accept: "application/x-ndjson",
      },
      body: JSON.stringify(body),
    });
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return impossible(`${to} does not answer: ${reasonOf(cause)}`, "check that the server runs, and its port");
  }
}

function isLast({ event }: PlaneEvent): boolean {
  return event === "done" || event === "refused";
}

function cutOff(to: string): Refusal {
  return impossible(`${to} ended the answer before it said what came of it`, "ask it: GET /api/tenants/{t}/revisions");
}

/** A refusal without an outcome has not come as far as a verdict. */
function exitCodeOf({ event, status, outcome, diagnostics }: PlaneEvent): ExitCode {
  if (event === "done") return exitCodes.ok;
  if (outcome === "unknown") return exitCodes.unknown;
  if (outcome === undefined && (diagnostics !== undefined || status === 400)) return exitCodes.unusable;
  return exitCodes.failed;
}
