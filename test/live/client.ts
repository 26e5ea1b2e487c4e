/** A client of a live service: one call, one answer, with what the answer says of itself. */

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly headers: Headers;
}

export interface Sent {
  readonly key?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `call(url, "POST /tdata/Orders", { key, body })`. Rejects where no answer comes. */
export async function call(url: string, request: string, { key, body, headers }: Sent = {}): Promise<Answer> {
  const [method = "", path = ""] = request.split(/ (.*)/s);
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: parsed(text), text, headers: response.headers };
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** Makes a key by the API with an operator's key, and gives its secret. */
export async function keyFor(
  url: string,
  operatorKey: string | undefined,
  principal: string,
  roles: readonly string[] = [],
): Promise<string> {
  const { status, body, text } = await call(url, "POST /api/keys", {
    ...(operatorKey === undefined ? {} : { key: operatorKey }),
    body: { principal, roles },
  });
  if (status !== 201) throw new Error(`no key for ${principal}: ${status} ${text}`);
  return String(body.secret);
}

/** The entities of a list's answer. */
export function values({ body }: Answer): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(body.value) ? body.value : [];
}
