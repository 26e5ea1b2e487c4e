/** The decisions of a server's tenant: what is asked of the API, and the stream of those that are new or have changed. */
import type { Refusal } from "../refusal.ts";
import { type Answer, ask, type Fields, fieldsOf, parsed, refusedBy, type Server, silent } from "../server/server.ts";
import { type Decision, decisionOf } from "./decision.ts";

export interface Queue {
  readonly kind: "queue";
  readonly list: (
    state: string,
  ) => Promise<{ readonly kind: "listed"; readonly decisions: readonly Decision[] } | Refusal>;
  readonly show: (id: string) => Promise<{ readonly kind: "shown"; readonly decision: Decision } | Refusal>;
  readonly approve: (id: string, wish: object) => Promise<Answer>;
  readonly deny: (id: string, note: string | undefined) => Promise<Answer>;
  /** Those that are there and each change from then on, until the signal ends it. */
  readonly follow: (ending: AbortSignal, each: (decision: Decision) => void) => Promise<Refusal | undefined>;
}

const pageMax = 1_000;

/** The queue of that tenant. */
export function queueOf(server: Server, tenant: string): Queue {
  const root = `/api/tenants/${encodeURIComponent(tenant)}/decisions`;
  const one = (id: string): string => `${root}/${encodeURIComponent(id)}`;
  return {
    kind: "queue",
    list: (state) => listed(server, `${root}?top=${pageMax}&state=${state}`),
    show: async (id) => {
      const answer = await ask(server, `GET ${one(id)}`);
      return answer.kind === "refused" ? answer : { kind: "shown", decision: decisionOf(answer.body) };
    },
    approve: (id, wish) => ask(server, `POST ${one(id)}/approve`, wish),
    deny: (id, note) => ask(server, `POST ${one(id)}/deny`, note === undefined ? {} : { note }),
    follow: (ending, each) => follow({ server, path: `${root}/stream`, ending }, each),
  };
}

async function listed(server: Server, path: string): ReturnType<Queue["list"]> {
  const decisions: Decision[] = [];
  for (let next: unknown = 0; next !== undefined; ) {
    const answer: Answer = await ask(server, `GET ${path}&after=${String(next)}`);
    if (answer.kind === "refused") return answer;
    const { value } = answer.body;
    if (Array.isArray(value)) decisions.push(...value.map((each) => decisionOf(fieldsOf(each))));
    next = answer.body.next;
  }
  return { kind: "listed", decisions };
}

interface Following {
  readonly server: Server;
  readonly path: string;
  readonly ending: AbortSignal;
}

async function follow(
  { server, path, ending }: Following,
  each: (decision: Decision) => void,
): Promise<Refusal | undefined> {
  try {
    const headers = { authorization: `Bearer ${server.operatorKey}`, accept: "text/event-stream" };
    const response = await fetch(`${server.url}${path}`, { headers, signal: ending });
    if (!response.ok || response.body === null) return refusedBy(response.status, await membersOf(response));
    let text = "";
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const events = `${text}${chunk}`.split("\n\n");
      text = events.pop() ?? "";
      for (const event of events)
        if (dataOf(event) !== undefined) each(decisionOf(fieldsOf(parsed(dataOf(event) ?? ""))));
    }
    return ending.aborted ? undefined : silent(server, new Error("the stream ended"));
  } catch (error) {
    return ending.aborted ? undefined : silent(server, error);
  }
}

async function membersOf(response: Response): Promise<Fields> {
  return fieldsOf(parsed(await response.text()));
}

/** The data of one server-sent event; undefined for a comment. */
function dataOf(event: string): string | undefined {
  const line = event.split("\n").find((each) => each.startsWith("data: "));
  return line?.slice("data: ".length);
}
