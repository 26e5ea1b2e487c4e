/** The settings of a built service, read from the environment. */
import { type LogLevel, logLevels } from "./logger.ts";

export interface ProcessSettings {
  /** `TEMPERC_STORE`: the database file, or the URL of a PostgreSQL. Never printed as it is. */
  readonly store: string;
  /** `HOST`: the address to listen on. */
  readonly host: string;
  /** `PORT`; 0 takes any free one. */
  readonly port: number;
  /** `TEMPERC_WEBHOOK_HOSTS`: hosts with commas between them; they may be private. Absent: every public host. */
  readonly webhookHosts?: readonly string[];
  /** `TEMPERC_AUTHORIZER`: `compiled`, or `cedar-wasm` to leave every decision to Cedar itself. */
  readonly authorizer: "compiled" | "cedar-wasm";
  /** `TEMPERC_AUTHORIZER_SHADOW`: one compiled decision in this many is compared with Cedar's. Absent: none. */
  readonly shadowOneIn?: number;
  /** `TEMPERC_LOG_LEVEL`: from which level on log lines are written; `info` writes one for each action. */
  readonly logLevel: LogLevel;
  /** `TEMPERC_JWT_ISSUERS`: a JSON list of the issuers whose tokens are taken, or the path of a file with one. */
  readonly jwtIssuers?: string;
  /** `TEMPERC_TRUSTED_PROXIES`: addresses and blocks of them, with commas between them. */
  readonly trustedProxies: readonly string[];
  /** `TEMPERC_SHOWN_PARAMS`: parameters whose values telemetry may show, such as `Order.AddItem.ProductId`. */
  readonly shownParams: readonly string[];
  /** `TEMPERC_METRICS`: `open` lets everybody read them. */
  readonly openMetrics: boolean;
  /** `TEMPERC_LIMITS`: `name=number` with commas between them. */
  readonly limits: ReadonlyMap<string, number>;
}

/** The settings, or the sentence that says which variable is wrong. */
export function settingsFrom(environment: Readonly<Record<string, string | undefined>>): ProcessSettings | string {
  const { TEMPERC_STORE: store = "./temperc.db", HOST: host = "127.0.0.1", PORT: port = "3000" } = environment;
  if (store === "") return "TEMPERC_STORE is empty: name the database file, or postgres://host/database";
  if (host === "") return "HOST is empty: name the address to listen on";
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    return `PORT is ${JSON.stringify(port)}: a number from 0 to 65535`;
  const { TEMPERC_WEBHOOK_HOSTS: hosts } = environment;
  const webhookHosts = hosts?.split(",").map((each) => each.trim());
  if (webhookHosts?.includes("")) return "TEMPERC_WEBHOOK_HOSTS has an empty name: hosts with commas between them";
  const authorization = authorizationFrom(environment);
  if (typeof authorization === "string") return authorization;
  const operation = operationFrom(environment);
  if (typeof operation === "string") return operation;
  return { store, host, port: Number(port), ...(webhookHosts && { webhookHosts }), ...authorization, ...operation };
}

type Operation = Pick<
  ProcessSettings,
  "logLevel" | "jwtIssuers" | "trustedProxies" | "shownParams" | "openMetrics" | "limits"
>;

function operationFrom(environment: Readonly<Record<string, string | undefined>>): Operation | string {
  const { TEMPERC_LOG_LEVEL: level = "warn", TEMPERC_METRICS: metrics = "operators" } = environment;
  const { TEMPERC_JWT_ISSUERS: jwtIssuers, TEMPERC_LIMITS: limitTexts } = environment;
  const logLevel = logLevels.find((each) => each === level);
  if (logLevel === undefined) return `TEMPERC_LOG_LEVEL is ${JSON.stringify(level)}: one of ${logLevels.join(", ")}`;
  if (metrics !== "open" && metrics !== "operators")
    return `TEMPERC_METRICS is ${JSON.stringify(metrics)}: open, or operators`;
  const limits = limitsFrom(listed(limitTexts));
  if (typeof limits === "string") return limits;
  return {
    logLevel,
    ...(jwtIssuers !== undefined && { jwtIssuers }),
    trustedProxies: listed(environment.TEMPERC_TRUSTED_PROXIES),
    shownParams: listed(environment.TEMPERC_SHOWN_PARAMS),
    openMetrics: metrics === "open",
    limits,
  };
}

function listed(text: string | undefined): readonly string[] {
  return (text ?? "").split(",").flatMap((each) => (each.trim() === "" ? [] : [each.trim()]));
}

function limitsFrom(texts: readonly string[]): ReadonlyMap<string, number> | string {
  const limits = new Map<string, number>();
  for (const text of texts) {
    const [, name, count] = /^(\w{1,128})=(\d{1,15})$/.exec(text) ?? [];
    if (name === undefined) return `TEMPERC_LIMITS has ${JSON.stringify(text)}: name=number, such as pageSizeMax=500`;
    limits.set(name, Number(count));
  }
  return limits;
}

function authorizationFrom(
  environment: Readonly<Record<string, string | undefined>>,
): Pick<ProcessSettings, "authorizer" | "shadowOneIn"> | string {
  const { TEMPERC_AUTHORIZER: authorizer = "compiled", TEMPERC_AUTHORIZER_SHADOW: shadow } = environment;
  if (authorizer !== "compiled" && authorizer !== "cedar-wasm")
    return `TEMPERC_AUTHORIZER is ${JSON.stringify(authorizer)}: compiled or cedar-wasm`;
  if (shadow === undefined) return { authorizer };
  if (!/^[1-9]\d{0,8}$/.test(shadow))
    return `TEMPERC_AUTHORIZER_SHADOW is ${JSON.stringify(shadow)}: 100 compares one decision in a hundred`;
  return { authorizer, shadowOneIn: Number(shadow) };
}
