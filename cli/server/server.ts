/** A running server, asked with an operator's key over HTTP. */
import { impossible, type Refusal, reasonOf, unusable } from "../refusal.ts";

const timeoutMs = 10_000;

export interface Server {
  readonly kind: "server";
  readonly url: string;
  readonly operatorKey: string;
}

export type Fields = Readonly<Record<string, unknown>>;

export type Answer = { readonly kind: "answer"; readonly body: Fields } | Refusal;

/** The server at that URL, or what is wrong with the URL or the key. Nothing is asked yet. */
export function serverAt(url: string, operatorKey: string): Server | Refusal {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    return unusable(`${url} is no URL of a server`, "write it as http://127.0.0.1:3000");
  }
  if (!/^[\x21-\x7e]+$/.test(operatorKey)) {
    return unusable("the operator key is missing", "export TEMPERC_KEY=tk_…; the first start of the server printed it");
  }
  return { kind: "server", url: new URL(url).origin, operatorKey };
}

/** `ask(server, "POST /api/keys", body)`: the answer's members, or why there is none. */
export async function ask(server: Server, request: string, body?: object): Promise<Answer> {
  const [method = "", path = ""] = request.split(" ");
  try {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${server.operatorKey}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const fields = fieldsOf(parsed(await response.text()));
    return response.ok ? { kind: "answer", body: fields } : refusedBy(response.status, fields);
  } catch (error) {
    return silent(server, error);
  }
}

/** What the server said when it refused. */
export function refusedBy(status: number, fields: Fields): Refusal {
  const { message = `the server answered ${status}` } = fieldsOf(fields.error);
  const isAboutKey = status === 401 || status === 403;
  return impossible(String(message), isAboutKey ? "the key in TEMPERC_KEY must be an operator's" : "see what it says");
}

/** The server did not answer at all. */
export function silent({ url }: Server, error: unknown): Refusal {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return impossible(`${url} does not answer: ${reasonOf(cause)}`, "check that the server runs, and its port");
}

/** The JSON value of a text; an empty object where it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
