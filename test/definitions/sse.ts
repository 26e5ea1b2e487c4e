/** A reader of server-sent events over a real socket, as strict as a browser: what it was told, and the last id. */
import { type ClientRequest, get, type IncomingMessage } from "node:http";

export interface Told {
  readonly id: string;
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export class SseReader {
  readonly told: Told[] = [];
  status = 0;
  headers: IncomingMessage["headers"] = {};
  body = "";
  lastId = "";
  comments = 0;
  isEnded = false;
  readonly #request: ClientRequest;
  #response: IncomingMessage | undefined;
  #rest = "";
  #name = "message";
  #data: string[] = [];
  #waiting: (() => void)[] = [];

  constructor(url: string, headers: Record<string, string>) {
    this.#request = get(url, { headers, agent: false }, (response) => {
      this.#response = response;
      this.status = response.statusCode ?? 0;
      this.headers = response.headers;
      response.setEncoding("utf8");
      response.on("data", (text: string) => this.#take(text));
      response.on("close", () => this.#end());
      this.#wake();
    });
    this.#request.on("error", () => this.#end());
  }

  /** Waits until it holds; rejects after half a minute, with what was told instead. */
  async until(holds: (reader: SseReader) => boolean): Promise<void> {
    const late = Date.now() + 30_000;
    while (!holds(this)) {
      if (Date.now() > late) throw new Error(`still not: ${JSON.stringify([this.status, this.told, this.body])}`);
      await Promise.race([
        new Promise<void>((resolve) => this.#waiting.push(resolve)),
        new Promise((resolve) => setTimeout(resolve, 100)),
      ]);
    }
  }

  pause(): void {
    this.#response?.pause();
  }

  resume(): void {
    this.#response?.resume();
  }

  close(): void {
    this.#request.destroy();
  }

  #take(text: string): void {
    this.body += text;
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#line(line);
    this.#wake();
  }

  #line(line: string): void {
    if (line.startsWith(":")) this.comments += 1;
    const [, field = "", value = ""] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (field === "id") this.lastId = value;
    if (field === "event") this.#name = value;
    if (field === "data") this.#data.push(value);
    if (line !== "") return;
    if (this.#data.length > 0) {
      this.told.push({ id: this.lastId, name: this.#name, data: JSON.parse(this.#data.join("\n")) });
    }
    this.#data = [];
    this.#name = "message";
  }

  #end(): void {
    this.isEnded = true;
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
