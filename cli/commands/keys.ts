/** `temperc keys`: makes, lists and revokes API keys, in a store file or through a running server. */
import type { Command } from "commander";
import { type ExitCode, exitCodes, exitCodesHelp } from "../exit-codes.ts";
import type { ApiKeys, KeyView } from "../keys/api-keys.ts";
import { collectText, parseExpiry } from "../options.ts";
import type { Run } from "../program.ts";
import { type Refusal, unusable } from "../refusal.ts";
import { refuse, type Terminal, visible } from "../terminal.ts";

interface PlaceOptions {
  readonly server?: string;
  readonly store?: string;
  readonly tenant?: string;
  readonly json?: boolean;
}

interface CreateOptions extends PlaceOptions {
  readonly role?: readonly string[];
  readonly operator?: boolean;
  readonly scope?: readonly string[];
  readonly expires?: string;
}

const where = `Where the keys are: in a store (--store PLACE: a file, or postgres://host/database), or behind a running server (--server URL), which is
asked with the operator key in the environment variable TEMPERC_KEY.`;

export function addKeys(program: Command, run: Run): void {
  const keys = program
    .command("keys")
    .description("Make, list and revoke API keys.")
    .addHelpText(
      "after",
      `\n${where}\n\nExample:\n  $ temperc keys create 'Customer::"alice"' --store .temperc/ecommerce.db\n\n${exitCodesHelp}`,
    );
  withPlace(keys.command("create").description("Make a key and print it; it is shown this once."))
    .argument("<principal>", `for whom it is, as Cedar spells it: 'Customer::"alice"'`)
    .option("--role <name>", "a role of the principal; may be given again", collectText)
    .option(
      "--scope <scope>",
      "what it is good for: read, write, manage, Order or Order::SubmitOrder; may be given again (default: everything)",
      collectText,
    )
    .option(
      "--expires <when>",
      "until when it is good: 30d, 12h, or 2027-01-01T00:00:00Z (default: for ever)",
      parseExpiry,
    )
    .option("--operator", "let it manage the service itself, such as its keys")
    .addHelpText(
      "after",
      `\nExample:\n  $ temperc keys create 'Agent::"picker-1"' --role fulfilment --server http://127.0.0.1:3000`,
    )
    .action((principal: string, options: CreateOptions) =>
      run((terminal) => inPlace(options, terminal, (place) => create(place, { principal, options, terminal }))),
    );
  withPlace(keys.command("list").description("List the keys; secrets are not among what is known of them."))
    .addHelpText("after", "\nExample:\n  $ temperc keys list --store .temperc/ecommerce.db")
    .action((options: PlaceOptions) =>
      run((terminal) => inPlace(options, terminal, (place) => list(place, options, terminal))),
    );
  withPlace(keys.command("revoke").description("Revoke a key; the next request with it is refused."))
    .argument("<id>", "the key's id, as list shows it")
    .addHelpText("after", "\nExample:\n  $ temperc keys revoke 0b9c… --store .temperc/ecommerce.db")
    .action((id: string, options: PlaceOptions) =>
      run((terminal) => inPlace(options, terminal, (place) => revoke(place, { id, options, terminal }))),
    );
}

function withPlace(command: Command): Command {
  return command
    .option("--store <place>", "the store: a file, or postgres://host/database")
    .option("--server <url>", "a running server, such as http://127.0.0.1:3000")
    .option("--tenant <name>", "the tenant, with --store (default: default)")
    .option("--json", "print one JSON document and nothing else on standard output");
}

async function inPlace(
  options: PlaceOptions,
  terminal: Terminal,
  work: (place: ApiKeys) => Promise<ExitCode | Refusal>,
): Promise<ExitCode> {
  const { store, server, tenant, json = false } = options;
  const { keysBehindServer } = await import("../keys/behind-server.ts");
  const { serverAt } = await import("../server/server.ts");
  const { keysInStore } = await import("../keys/in-store.ts");
  if ((store === undefined) === (server === undefined)) {
    const hint = "give --store PLACE or --server URL, one of them";
    return refuse(terminal, unusable("it is not said where the keys are", hint), json);
  }
  const reached = server === undefined ? undefined : serverAt(server, process.env.TEMPERC_KEY ?? "");
  if (reached?.kind === "refused") return refuse(terminal, reached, json);
  const place = reached === undefined ? await keysInStore(store ?? "", tenant) : keysBehindServer(reached);
  if (place.kind === "refused") return refuse(terminal, place, json);
  try {
    const ended = await work(place);
    return typeof ended === "object" ? refuse(terminal, ended, json) : ended;
  } finally {
    await place.close();
  }
}

interface Creation {
  readonly principal: string;
  readonly options: CreateOptions;
  readonly terminal: Terminal;
}

async function create(place: ApiKeys, { principal, options, terminal }: Creation): Promise<ExitCode | Refusal> {
  const { role: roles = [], scope: scopes = [], expires, operator, json } = options;
  const kind = operator === true ? "operator" : "caller";
  const made = await place.create({ principal, roles, kind, scopes, ...(expires && { expiresAt: expires }) });
  if (made.kind === "refused") return made;
  const { key, secret, unknownScopes } = made;
  if (json === true) terminal.json({ ok: true, ...key, secret, ...(unknownScopes.length > 0 && { unknownScopes }) });
  else {
    terminal.out(`${secret}\n`);
    terminal.err(`key ${key.id} of ${key.principal}; the line above is shown this once\n`);
    for (const { scope, hint } of unknownScopes) {
      terminal.err(`${visible(`the scope "${scope}" names nothing that is live here now; ${hint}`)}\n`);
    }
  }
  return exitCodes.ok;
}

async function list(place: ApiKeys, { json }: PlaceOptions, terminal: Terminal): Promise<ExitCode | Refusal> {
  const found = await place.list();
  if (found.kind === "refused") return found;
  if (json === true) terminal.json({ ok: true, keys: found.keys });
  else for (const key of found.keys) terminal.out(`${keyLine(key)}\n`);
  return exitCodes.ok;
}

function keyLine({ id, kind, principal, roles, scopes, expiresAt, ...key }: KeyView): string {
  const role = roles.length === 0 ? "" : ` (${roles.join(", ")})`;
  const scope = scopes.length === 0 ? "" : ` for ${scopes.join(", ")}`;
  const expiry = expiresAt === null ? "" : `, good until ${expiresAt}`;
  const state = key.revokedAt === null ? "" : `, revoked ${key.revokedAt}${byWhom(key.revokedBy)}`;
  const made = `made ${key.createdAt}${byWhom(key.createdBy)}`;
  return `${id}  ${kind.padEnd(8)}  ${principal}${role}${scope}, ${made}${expiry}${state}`;
}

function byWhom(operator: string | null): string {
  return operator === null ? "" : ` by ${operator}`;
}

interface Revocation {
  readonly id: string;
  readonly options: PlaceOptions;
  readonly terminal: Terminal;
}

async function revoke(place: ApiKeys, { id, options, terminal }: Revocation): Promise<ExitCode | Refusal> {
  const ended = await place.revoke(id);
  if (ended.kind === "refused") return ended;
  if (options.json === true) terminal.json({ ok: true, id });
  else terminal.out(`revoked ${id}\n`);
  return exitCodes.ok;
}
