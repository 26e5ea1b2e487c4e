/** A wire to PostgreSQL that a test can cut: at once, for a while, or in the middle of a commit. */
import { connect, createServer, type Socket } from "node:net";

type Moment = "before" | "after" | "for good";

export interface Wire {
  /** The URL through the wire. */
  readonly url: string;
  /** Ends every connection and takes no new ones until `mend`. */
  readonly cut: () => void;
  readonly mend: () => void;
  /**
   * The next COMMIT ends its connection: before it reaches the server, or when the server has done it and not yet said so;
   * `for good` is the latter, and the wire stays cut.
   */
  readonly cutAtCommit: (moment: Moment) => void;
  readonly close: () => Promise<void>;
}

export async function proxyTo(target: string): Promise<Wire> {
  const server = new URL(target);
  const wires = new Set<Socket>();
  let isCut = false;
  let atCommit: Moment | undefined;
  const cut = (): void => {
    isCut = true;
    for (const wire of wires) wire.destroy();
  };
  const listener = createServer((client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const upstream = connect(Number(server.port), server.hostname);
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const wire of [client, upstream]) {
      wires.add(wire);
      wire.on("error", end).on("close", end);
      wire.once("close", () => wires.delete(wire));
    }
    let muted: Moment | undefined;
    client.on("data", (bytes) => {
      const moment = bytes.includes("COMMIT\0") ? atCommit : undefined;
      if (moment !== undefined) atCommit = undefined;
      muted = moment;
      if (moment === "before") end();
      else upstream.write(bytes);
    });
    upstream.on("data", (bytes) => {
      if (muted === "for good") cut();
      else if (muted === "after") end();
      else client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const address = listener.address();
  const url = new URL(target);
  url.port = String(typeof address === "object" ? address?.port : "");
  return {
    url: url.href,
    cut,
    mend: () => {
      isCut = false;
    },
    cutAtCommit: (moment) => {
      atCommit = moment;
    },
    close: () => {
      cut();
      return new Promise((resolve) => listener.close(() => resolve()));
    },
  };
}
