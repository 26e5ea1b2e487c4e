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
  return { storePath, host, port: Number(port), ...(webhookHosts && { webhookHosts }) };
}
