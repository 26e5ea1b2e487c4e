/** `temperc outbox`: shows what is still to be delivered, what could not be, and entities that are stopped; retries or drops dead letters. */
import type { OutboxRecord, OutboxState, StoppedEntity, Store } from "@temperc/runtime";
import { type Command, InvalidArgumentError } from "commander";
import { type ExitCode, exitCodes, exitCodesHelp } from "../exit-codes.ts";
import type { Run } from "../program.ts";
import { impossible, type Refusal } from "../refusal.ts";
import { refuse, type Terminal, visible } from "../terminal.ts";

interface PlaceOptions {
  readonly store: string;
  readonly tenant?: string;
  readonly json?: boolean;
}

interface PageOptions extends PlaceOptions {
  readonly top: number;
  readonly skip: number;
}

interface ListOptions extends PageOptions {
  readonly state: OutboxState;
}

const states: readonly OutboxState[] = ["dead", "queued", "timer", "done"];
const pageMax = 10_000;

export function addOutbox(program: Command, run: Run): void {
  const outbox = program
    .command("outbox")
    .description("Show what actions have triggered and is not done; retry or drop what could not be.")
    .addHelpText("after", `\nExample:\n  $ temperc outbox list --store .temperc/ecommerce.db\n\n${exitCodesHelp}`);
  withPage(outbox.command("list").description("List the entries of one state, the oldest first."))
    .option("--state <state>", `one of ${states.join(", ")}`, parseState, "dead")
    .addHelpText("after", "\nExample:\n  $ temperc outbox list --state timer --store .temperc/ecommerce.db")
    .action((options: ListOptions) =>
      run((terminal) => inStore(options, terminal, (store, tenant) => list(store, { ...options, tenant }, terminal))),
    );
  withPage(
    outbox.command("stopped").description("List the entities that are stopped because their history cannot be read."),
  )
    .addHelpText(
      "after",
      "\nOnce a history is repaired, temperc rebuild lets its entity go on.\n\nExample:\n  $ temperc outbox stopped --store .temperc/ecommerce.db",
    )
    .action((options: PageOptions) =>
      run((terminal) =>
        inStore(options, terminal, (store, tenant) => stopped(store, { ...options, tenant }, terminal)),
      ),
    );
  withPlace(
    outbox.command("retry").description("Have a dead letter delivered once more, with all its attempts before it."),
  )
    .argument("<key>", "the entry's key, as list shows it")
    .addHelpText(
      "after",
      "\nA running server takes it up within half a minute.\n\nExample:\n  $ temperc outbox retry 0b9c…:0 --store .temperc/ecommerce.db",
    )
    .action((key: string, options: PlaceOptions) =>
      run((terminal) =>
        inStore(options, terminal, (store, tenant) => retry(store, { key, tenant, options, terminal })),
      ),
    );
  withPlace(outbox.command("drop").description("Forget a dead letter."))
    .argument("<key>", "the entry's key, as list shows it")
    .addHelpText("after", "\nExample:\n  $ temperc outbox drop 0b9c…:0 --store .temperc/ecommerce.db")
    .action((key: string, options: PlaceOptions) =>
      run((terminal) => inStore(options, terminal, (store, tenant) => drop(store, { key, tenant, options, terminal }))),
    );
}

function withPlace(command: Command): Command {
  return command
    .requiredOption("--store <place>", "the store: a file, or postgres://host/database")
    .option("--tenant <name>", "the tenant (default: default)")
    .option("--json", "print one JSON document and nothing else on standard output");
}

function withPage(command: Command): Command {
  return withPlace(command)
    .option("--top <n>", "how many at most", parseCount, 100)
    .option("--skip <n>", "how many to leave out first", parseCount, 0);
}

function parseState(text: string): OutboxState {
  const state = states.find((each) => each === text);
  if (state === undefined) throw new InvalidArgumentError(`It is one of ${states.join(", ")}.`);
  return state;
}

function parseCount(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= pageMax) return Number(text);
  throw new InvalidArgumentError(`It is a whole number, ${pageMax} at most.`);
}

async function inStore(
  { store: path, tenant, json = false }: PlaceOptions,
  terminal: Terminal,
  work: (store: Store, tenant: string) => Promise<ExitCode | Refusal>,
): Promise<ExitCode> {
  const { defaultTenant } = await import("@temperc/runtime");
  const { storeHolding } = await import("../store/existing-store.ts");
  const whose = tenant ?? defaultTenant;
  const opened = await storeHolding(path, whose);
  if (opened.kind === "refused") return refuse(terminal, opened, json);
  try {
    const ended = await work(opened.store, whose);
    return typeof ended === "object" ? refuse(terminal, ended, json) : ended;
  } finally {
    await opened.store.close();
  }
}

async function list(
  store: Store,
  options: ListOptions & { readonly tenant: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const { tenant, state, top, skip, json } = options;
  const records = await store.outbox({ tenant, state, top, skip });
  if (json === true) terminal.json({ ok: true, entries: records });
  else for (const record of records) terminal.out(`${lineOf(record)}\n`);
  return exitCodes.ok;
}

/** What the entry does to whom, who asked, and why it is where it is; names and reasons may quote strangers. */
function lineOf({ entry, attempts, note, dueAt }: OutboxRecord): string {
  const { deed, origin } = entry;
  const what = deedText(deed);
  const asked = `asked by ${origin.entityType} ${JSON.stringify(origin.entityId)} (${origin.name})`;
  const due = dueAt === null ? "" : `, due ${new Date(dueAt).toISOString()}`;
  const why = note === null ? "" : `: ${note}`;
  return visible(`${entry.key}  ${what}, ${asked}, attempts ${attempts}${due}${why}`);
}

function deedText(deed: OutboxRecord["entry"]["deed"]): string {
  switch (deed.kind) {
    case "webhook":
      return `${deed.method} ${deed.url}`;
    case "watch":
      return `watch ${deed.invariant}`;
    case "workflow": {
      const left = deed.members.filter(({ state }) => state === "waiting").length;
      return `${deed.action} of ${left} more ${deed.entityType} members`;
    }
    case "create":
      return `create ${deed.entityType} ${JSON.stringify(deed.entityId)}`;
    case "action":
      return `${deed.action} ${deed.entityType} ${JSON.stringify(deed.entityId)}`;
  }
}

async function stopped(
  store: Store,
  { tenant, top, skip, json }: PageOptions & { readonly tenant: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const entities = await store.quarantine.list({ tenant, top, skip });
  if (json === true) terminal.json({ ok: true, entities });
  else for (const entity of entities) terminal.out(`${visible(stoppedText(entity))}\n`);
  return exitCodes.ok;
}

function stoppedText({ entityType, entityId, reason }: StoppedEntity): string {
  return `${entityType} ${JSON.stringify(entityId)}: ${reason}`;
}

interface OfKey {
  readonly key: string;
  readonly tenant: string;
  readonly options: PlaceOptions;
  readonly terminal: Terminal;
}

async function retry(store: Store, { key, tenant, options, terminal }: OfKey): Promise<ExitCode | Refusal> {
  if (!(await store.retryDead(tenant, key, Date.now()))) return unknownLetter(key);
  if (options.json === true) terminal.json({ ok: true, key });
  else terminal.out(`${visible(key)} is to be delivered again\n`);
  return exitCodes.ok;
}

async function drop(store: Store, { key, tenant, options, terminal }: OfKey): Promise<ExitCode | Refusal> {
  if (!(await store.dropDead(tenant, key))) return unknownLetter(key);
  if (options.json === true) terminal.json({ ok: true, key });
  else terminal.out(`dropped ${visible(key)}\n`);
  return exitCodes.ok;
}

function unknownLetter(key: string): Refusal {
  return impossible(`there is no dead letter ${key}`, "temperc outbox list shows the keys");
}
