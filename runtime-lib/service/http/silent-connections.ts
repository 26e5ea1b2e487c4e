/** Connections on which nothing was ever asked: Node does not count them as idle, and a closing server would wait for them. */
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

/** Ends them when the server closes. Clients open such connections ahead of a request that they then do not make. */
export function endSilentConnections(app: FastifyInstance): void {
  const opened = new Set<Socket>();
  app.server.on("connection", (socket: Socket) => {
    opened.add(socket);
    socket.once("close", () => opened.delete(socket));
  });
  app.addHook("preClose", (done) => {
    for (const socket of opened) if (socket.bytesRead === 0) socket.destroy();
    done();
  });
}
