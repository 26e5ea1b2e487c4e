/** The settings of a built service, read from the environment. */

export interface ProcessSettings {
  /** `TEMPERC_STORE`: the database file. */
  readonly storePath: string;
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
}

/** The settings, or the sentence that says which variable is wrong. */
export function settingsFrom(environment: Readonly<Record<string, string | undefined>>): ProcessSettings | string {
  const { TEMPERC_STORE: storePath = "./temperc.db", HOST: host = "127.0.0.1", PORT: port = "3000" } = environment;
  if (storePath === "") return "TEMPERC_STORE is empty: name the database file";
  if (host === "") return "HOST is empty: name the address to listen on";
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    return `PORT is ${JSON.stringify(port)}: a number from 0 to 65535`;
  const { TEMPERC_WEBHOOK_HOSTS: hosts } = environment;
  const webhookHosts = hosts?.split(",").map((each) => each.trim());
  if (webhookHosts?.includes("")) return "TEMPERC_WEBHOOK_HOSTS has an empty name: hosts with commas between them";
  const authorization = authorizationFrom(environment);
  if (typeof authorization === "string") return authorization;
  return { storePath, host, port: Number(port), ...(webhookHosts && { webhookHosts }), ...authorization };
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
