/** `temperc decide`: walks a person through what callers were refused, and decides about it for programs. */
import { type Command, Option } from "commander";
import { type Decision, decisionLine, decisionText, prohibitionsOf, prohibitionText } from "../decide/decision.ts";
import type { Queue } from "../decide/queue.ts";
import { type ExitCode, exitCodes, exitCodesHelp } from "../exit-codes.ts";
import type { Run } from "../program.ts";
import { type Refusal, unusable } from "../refusal.ts";
import { refuse, type Terminal, visible } from "../terminal.ts";

interface DecideOptions {
  readonly server: string;
  readonly tenant?: string;
  readonly list?: boolean;
  readonly follow?: boolean;
  readonly state?: string;
  readonly approve?: string;
  readonly principal?: string;
  readonly action?: string;
  readonly resource?: string;
  readonly role?: string;
  readonly duration?: string;
  readonly preview?: boolean;
  readonly deny?: boolean;
  readonly note?: string;
  readonly json?: boolean;
}

const states = ["pending", "approved", "denied", "refused"];

export function addDecide(program: Command, run: Run): void {
  program
    .command("decide")
    .description("Decide about what callers were refused: in a terminal one after the other, as they come.")
    .argument("[id]", "one decision, as --list shows it; it is shown where nothing is decided about it")
    .requiredOption("--server <url>", "a running server, such as http://127.0.0.1:3000")
    .option("--tenant <name>", "the tenant of the operator key (default: default)")
    .option("--list", "list them and end, as without a terminal")
    .option("--follow", "print each that is there or comes, until it is ended")
    .addOption(
      new Option("--state <state>", "which of them; else --list has those that are pending, --follow all").choices(
        states,
      ),
    )
    .option("--approve <scope>", "narrow, medium or broad; or `cell`, with the three parts below")
    .option("--principal <who>", "this_agent, agents_with_role, agents_of_type or any_agent")
    .option("--action <what>", "this_action or all_actions_on_type")
    .option("--resource <which>", "this_resource or any_of_type")
    .option("--role <name>", "with agents_with_role: the role")
    .option("--duration <how long>", "always, session, or until a time such as 2026-12-31T00:00:00Z (default: always)")
    .option("--preview", "with --approve: print the policy that would be added, and add nothing")
    .option("--deny", "deny it")
    .option("--note <text>", "what is to be remembered with the decision")
    .option("--json", "print one JSON document (with --follow one a line) and nothing else on standard output")
    .addHelpText("after", help)
    .action((id: string | undefined, options: DecideOptions) => run((terminal) => decide({ id, options, terminal })));
}

const help = `
The server is asked with the operator key in the environment variable TEMPERC_KEY. Agents decide nothing, and nobody decides
about what they asked for themselves.

Examples:
  $ temperc decide --server http://127.0.0.1:3000
  $ temperc decide --server http://127.0.0.1:3000 --list --json
  $ temperc decide PD-0199… --server http://127.0.0.1:3000 --approve narrow --duration 2026-12-31T00:00:00Z
  $ temperc decide PD-0199… --server http://127.0.0.1:3000 --deny --note "not before the audit"

${exitCodesHelp}`;

interface Deciding {
  readonly id: string | undefined;
  readonly options: DecideOptions;
  readonly terminal: Terminal;
}

async function decide(deciding: Deciding): Promise<ExitCode> {
  const { options, terminal } = deciding;
  const { defaultTenant } = await import("@temperc/runtime");
  const { serverAt } = await import("../server/server.ts");
  const { queueOf } = await import("../decide/queue.ts");
  const server = serverAt(options.server, process.env.TEMPERC_KEY ?? "");
  const wrong = contradiction(deciding) ?? saidInVain(deciding);
  if (wrong !== undefined) return refuse(terminal, wrong, options.json ?? false);
  if (server.kind === "refused") return refuse(terminal, server, options.json ?? false);
  const ended = await inQueue(queueOf(server, options.tenant ?? defaultTenant), deciding);
  return typeof ended === "object" ? refuse(terminal, ended, options.json ?? false) : ended;
}

/** Options that say different things. */
function contradiction({ id, options }: Deciding): Refusal | undefined {
  const { approve, deny, list, follow, state } = options;
  const isDeciding = approve !== undefined || deny === true;
  if (approve !== undefined && deny === true)
    return unusable("--approve and --deny are both given", "give one of them");
  if (isDeciding && id === undefined)
    return unusable("it is not said which decision", "give its id, as --list shows it");
  if ((list === true || follow === true) && id !== undefined)
    return unusable("--list and --follow are about all of them", "leave the id out");
  if (list === true && follow === true) return unusable("--list ends and --follow does not", "give one of them");
  if (state !== undefined && id !== undefined)
    return unusable("--state chooses among all of them", "leave it or the id out");
  return undefined;
}

const partsOfCell = ["principal", "action", "resource", "role"] as const;
const partsOfApproval = ["duration", "preview"] as const;

/** An option that nothing would come of: whoever gives it means something narrower than what would be done. */
function saidInVain({ options }: Deciding): Refusal | undefined {
  const { approve, deny, note } = options;
  const part = approve === "cell" ? undefined : partsOfCell.find((name) => options[name] !== undefined);
  if (part !== undefined) {
    return unusable(
      `--${part} is a part of a cell`,
      "give --approve cell and its three parts, or a scope and none of them",
    );
  }
  const of = approve === undefined ? partsOfApproval.find((name) => options[name] !== undefined) : undefined;
  if (of !== undefined) return unusable(`--${of} is about an approval`, "give --approve with it");
  if (note !== undefined && approve === undefined && deny !== true)
    return unusable("--note is remembered with what is decided", "give --approve or --deny with it");
  return undefined;
}

async function inQueue(queue: Queue, deciding: Deciding): Promise<ExitCode | Refusal> {
  const { id, options } = deciding;
  if (id !== undefined && options.approve !== undefined) return approveOne(queue, { ...deciding, id });
  if (id !== undefined && options.deny === true) return denyOne(queue, { ...deciding, id });
  if (id !== undefined) return showOne(queue, { ...deciding, id });
  if (options.follow === true) return followAll(queue, deciding);
  const isForPerson = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const isList = options.list === true || options.state !== undefined || options.json === true;
  if (isList || !isForPerson) return listAll(queue, deciding);
  const { walk } = await import("../decide/walk.ts");
  return (await walk(queue)) ?? exitCodes.ok;
}

type OfOne = Deciding & { readonly id: string };

async function listAll(queue: Queue, { options, terminal }: Deciding): Promise<ExitCode | Refusal> {
  const listed = await queue.list(options.state ?? "pending");
  if (listed.kind === "refused") return listed;
  if (options.json === true) terminal.json({ ok: true, decisions: listed.decisions.map(shown) });
  else for (const decision of listed.decisions) terminal.out(`${visible(decisionLine(decision))}\n`);
  return exitCodes.ok;
}

/** Without what only one decision is shown with. */
function shown({ scopes: _scopes, forbids: _forbids, ...rest }: Decision): object {
  return rest;
}

async function followAll(queue: Queue, { options, terminal }: Deciding): Promise<ExitCode | Refusal> {
  const { untilSignal } = await import("../kernel/until-signal.ts");
  const ending = new AbortController();
  const following = queue.follow(ending.signal, (decision) => {
    if (options.state !== undefined && decision.state !== options.state) return;
    if (options.json === true) terminal.json(shown(decision));
    else terminal.out(`${visible(decisionLine(decision))}\n`);
  });
  const why = await Promise.race([following, untilSignal().then(() => undefined)]);
  ending.abort();
  return why ?? exitCodes.ok;
}

async function showOne(queue: Queue, { id, options, terminal }: OfOne): Promise<ExitCode | Refusal> {
  const found = await queue.show(id);
  if (found.kind === "refused") return found;
  const { decision } = found;
  if (options.json === true) {
    terminal.json({ ok: true, ...decision });
    return exitCodes.ok;
  }
  terminal.out(`${visible(decisionText(decision))}\n`);
  for (const [scope, { text, fault }] of Object.entries(decision.scopes)) {
    terminal.out(`\n${scope}:\n${visible(text ?? fault ?? "")}\n`);
  }
  return exitCodes.ok;
}

async function approveOne(queue: Queue, { id, options, terminal }: OfOne): Promise<ExitCode | Refusal> {
  const { approve, principal, action, resource, role, duration = "always", note, preview = false } = options;
  const cell = approve === "cell" ? { principal, action, resource, role } : { scope: approve };
  const answer = await queue.approve(id, { ...cell, duration, note, preview });
  if (answer.kind === "refused") return answer;
  const { fieldsOf } = await import("../server/server.ts");
  const { text } = fieldsOf(answer.body.policy);
  if (options.json === true) terminal.json({ ok: true, ...answer.body });
  else {
    terminal.out(`${visible(String(text))}\n`);
    terminal.err(
      preview ? `${id} is not decided; this would be added\n` : `${id} is approved; the policy above is in force\n`,
    );
    for (const each of prohibitionsOf(answer.body)) terminal.err(`${visible(prohibitionText(each))}\n`);
  }
  return exitCodes.ok;
}

async function denyOne(queue: Queue, { id, options, terminal }: OfOne): Promise<ExitCode | Refusal> {
  const answer = await queue.deny(id, options.note);
  if (answer.kind === "refused") return answer;
  if (options.json === true) terminal.json({ ok: true, ...answer.body });
  else terminal.out(`denied ${visible(id)}\n`);
  return exitCodes.ok;
}
