/** API keys behind a running server, for whoever has an operator's key. */
import { impossible, type Refusal, reasonOf, unusable } from "../refusal.ts";
import type { ApiKeys, KeyView } from "./api-keys.ts";

const timeoutMs = 10_000;

interface Server {
  readonly url: string;
  readonly operatorKey: string;
}

type Answer = { readonly kind: "answer"; readonly body: Readonly<Record<string, unknown>> } | Refusal;

/** The keys of the operator's own tenant. */
export function keysBehindServer(url: string, operatorKey: string): ApiKeys | Refusal {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    return unusable(`${url} is no URL of a server`, "write it as http://127.0.0.1:3000");
  }
  if (!/^[\x21-\x7e]+$/.test(operatorKey)) {
    return unusable("the operator key is missing", "export TEMPERC_KEY=tk_…; the first start of the server printed it");
  }
  const server = { url: new URL(url).origin, operatorKey };
  return {
    kind: "keys",
    create: async (wish) => {
      const answer = await ask(server, "POST", "/api/keys", wish);
      if (answer.kind === "refused") return answer;
      return { kind: "made", key: viewOf(answer.body), secret: String(answer.body.secret) };
    },
    list: async () => {
      const answer = await ask(server, "GET", "/api/keys");
      if (answer.kind === "refused") return answer;
      const { value } = answer.body;
      return { kind: "listed", keys: Array.isArray(value) ? value.map((each) => viewOf(fieldsOf(each))) : [] };
    },
    revoke: async (id) => {
      const answer = await ask(server, "DELETE", `/api/keys/${encodeURIComponent(id)}`);
      return answer.kind === "refused" ? answer : { kind: "revoked" };
    },
    close: async () => undefined,
  };
}

async function ask({ url, operatorKey }: Server, method: string, path: string, body?: object): Promise<Answer> {
  try {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${operatorKey}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const fields = fieldsOf(parsed(await response.text()));
    if (response.ok) return { kind: "answer", body: fields };
    const { message = `the server answered ${response.status}` } = fieldsOf(fields.error);
    return impossible(String(message), "the key in TEMPERC_KEY must be an operator's");
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return impossible(`${url} does not answer: ${reasonOf(cause)}`, "check that the server runs, and its port");
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function viewOf(fields: Readonly<Record<string, unknown>>): KeyView {
  const { id, principal, roles, kind, scopes, createdAt, expiresAt, revokedAt } = fields;
  return {
    id: String(id),
    principal: String(principal),
    roles: textsIn(roles),
    kind: String(kind),
    scopes: textsIn(scopes),
    createdAt: String(createdAt),
    expiresAt: typeof expiresAt === "string" ? expiresAt : null,
    revokedAt: typeof revokedAt === "string" ? revokedAt : null,
  };
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
