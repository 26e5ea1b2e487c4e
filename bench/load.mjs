/** A closed-loop HTTP/1.1 load generator on raw sockets: light enough that the server, not the client, is measured. */
import { connect } from "node:net";

const headerEnd = Buffer.from("\r\n\r\n");

/** One keep-alive connection. `request` resolves with status, body and the `temperc-revision` header; one request at a time. */
export class Connection {
  #socket;
  #received = Buffer.alloc(0);
  #waiting;

  constructor(socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("error", (error) => this.#waiting?.reject(error));
    socket.on("close", () => this.#waiting?.reject(new Error("connection closed by the server")));
  }

  static open(port) {
    return new Promise((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () => resolve(new Connection(socket)));
      socket.once("error", reject);
    });
  }

  request(method, path, key, body) {
    const text = body === undefined ? "" : JSON.stringify(body);
    const head =
      `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${key}\r\n` +
      `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n`;
    return new Promise((resolve, reject) => {
      if (this.#socket.closed) {
        reject(new Error("connection closed by the server"));
        return;
      }
      this.#waiting = { resolve, reject };
      this.#socket.write(head + text);
    });
  }

  #receive(chunk) {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const end = this.#received.indexOf(headerEnd);
    if (end < 0) return;
    const head = this.#received.latin1Slice(0, end);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    const total = end + headerEnd.length + length;
    if (this.#received.length < total) return;
    const text = this.#received.utf8Slice(end + headerEnd.length, total);
    this.#received = this.#received.subarray(total);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    const revision = /\r\ntemperc-revision: ([^\r]*)/i.exec(head)?.[1];
    waiting?.resolve({ status: Number(head.slice(9, 12)), text, revision });
  }

  close() {
    this.#waiting = undefined;
    this.#socket.destroy();
  }
}

/**
 * Runs `scripts` (each an array of requests, in order) over `clients` connections and returns the requests per second
 * and every latency in milliseconds. With `secondsMax` no script begins after that time, so that they may be without end.
 * A reply that is not 2xx is an error: a benchmark of refusals measures nothing.
 */
export async function drive(port, clients, scripts, { secondsMax = Number.POSITIVE_INFINITY } = {}) {
  const connections = await Promise.all(Array.from({ length: clients }, () => Connection.open(port)));
  const latenciesMs = [];
  const waiting = scripts[Symbol.iterator]();
  const startedAt = performance.now();
  const endsAt = startedAt + secondsMax * 1000;
  const worker = async (_, index) => {
    while (performance.now() < endsAt) {
      const { value: script, done } = waiting.next();
      if (done) return;
      for (const request of script) latenciesMs.push(await timed(port, connections, index, request));
    }
  };
  try {
    await Promise.all(connections.map(worker));
  } finally {
    for (const connection of connections) connection.close();
  }
  return { perSecond: latenciesMs.length / ((performance.now() - startedAt) / 1000), latenciesMs };
}

/** A server may close a connection that it keeps: as other clients do, the request is then made once more on a new one. */
async function timed(port, connections, index, { method, path, key, body }) {
  const startedAt = performance.now();
  const ask = () => connections[index].request(method, path, key, body);
  const reply = await ask().catch(async () => {
    connections[index].close();
    connections[index] = await Connection.open(port);
    return ask();
  });
  const latencyMs = performance.now() - startedAt;
  if (reply.status >= 300) throw new Error(`${method} ${path} answered ${reply.status}: ${reply.text}`);
  return latencyMs;
}
