/** The events of a streamed answer: one line of JSON each; an answer that is not streamed is one event. */

/** `event` says what it is; whatever else is in it comes from the server, and is looked at before it is used. */
export type PlaneEvent = Readonly<Record<string, unknown>>;

const lineLengthMax = 64 * 1024 * 1024;

export async function* eventsOf(response: Response): AsyncGenerator<PlaneEvent> {
  const type = response.headers.get("content-type") ?? "";
  if (!type.startsWith("application/x-ndjson") || response.body === null) {
    yield { event: response.ok ? "done" : "refused", status: response.status, ...parsed(await response.text()) };
    return;
  }
  let rest = "";
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = `${rest}${text}`.split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > lineLengthMax) return;
    for (const line of lines) yield parsed(line);
  }
}

function parsed(text: string): PlaneEvent {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
