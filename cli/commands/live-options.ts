/** The options that `serve` and `dev` share. */
import { basename, join, resolve } from "node:path";
import type { AuthorizerEngine, LogLevel } from "@temperc/runtime";
import { type Command, Option } from "commander";
import { type Assignments, collectAssignment, collectText, parseCount, parsePort } from "../options.ts";

export interface LiveOptions {
  readonly port: number;
  readonly host: string;
  readonly store?: string;
  readonly tenant?: string;
  readonly insecureDevPrincipal?: string;
  readonly allowUnknown?: boolean;
  readonly json?: boolean;
  readonly bound?: Assignments;
  readonly limit?: Assignments;
  readonly webhookHost?: readonly string[];
  readonly authorizer: AuthorizerEngine;
  readonly authorizerShadow?: number;
  readonly jwtIssuers?: string;
  readonly trustedProxy?: readonly string[];
  readonly logLevel: LogLevel;
  readonly showParam?: readonly string[];
  readonly openMetrics?: boolean;
}

export function withLiveOptions(command: Command): Command {
  return command
    .option("--port <n>", "the port to listen on; 0 takes any free one", parsePort, 3000)
    .option("--host <address>", "the address to listen on", "127.0.0.1")
    .option(
      "--store <place>",
      "the database: a file, made where it is missing, or postgres://host/database (default: .temperc/<folder>.db)",
    )
    .option("--tenant <name>", "the tenant of the operator key that the first start prints (default: default)")
    .option(
      "--insecure-dev-principal <principal>",
      `calls from this machine need no key and are this principal, such as 'Customer::"alice"'`,
    )
    .option(
      "--webhook-host <host>",
      "the only host that webhooks are sent to, also a private one; may be given again (default: every public host)",
      collectText,
    )
    .addOption(
      new Option("--authorizer <engine>", "who decides: the policies compiled, or Cedar itself")
        .choices(["compiled", "cedar-wasm"])
        .default("compiled"),
    )
    .option("--authorizer-shadow <n>", "compare one compiled decision in n with Cedar's own", parseCount)
    .option("--jwt-issuers <file>", "a JSON file of the issuers whose tokens are taken (docs/operations.md)")
    .option(
      "--trusted-proxy <address>",
      "an address or block such as 10.0.0.0/8 whose identity headers are believed; may be given again (default: none)",
      collectText,
    )
    .addOption(
      new Option("--log-level <level>", "which log lines are written, as JSON on standard error; info: one an action")
        .choices(["silent", "fatal", "error", "warn", "info", "debug"])
        .default("warn"),
    )
    .option(
      "--show-param <name>",
      "a parameter whose values logs and telemetry may show, such as Order.AddItem.ProductId; may be given again",
      collectText,
    )
    .option("--open-metrics", "let everybody read /metrics (default: operators, and keys of the scope metrics)")
    .option("--allow-unknown", "serve even where a level could not decide; a violated spec is never served")
    .option("--json", "print lines of JSON and nothing else on standard output; the first says where it listens")
    .option("--bound <variable=n>", "follow a variable up to n, instead of the derived bound", collectAssignment)
    .option("--limit <name=n>", "raise or lower a limit, such as bodyBytesMax=65536", collectAssignment);
}

/** `.temperc/<name>.db` where the user is; a folder called `spec` or `specs` is named for the folder around it. */
export function defaultStorePath(folder: string): string {
  const path = resolve(folder);
  const name = basename(path);
  const named = name === "spec" || name === "specs" ? basename(resolve(path, "..")) : name;
  return join(".temperc", `${named === "" ? "temperc" : named}.db`);
}
