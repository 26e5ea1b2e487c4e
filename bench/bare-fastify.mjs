/** The baseline of `serve`: Fastify alone, parsing the same bodies and answering a small object; nothing is stored. */
import Fastify from "fastify";

const app = Fastify();
app.post("/*", async (request) => ({ received: Object.keys(request.body ?? {}).length }));
await app.listen({ host: "127.0.0.1", port: 0 });
console.log(JSON.stringify({ port: app.server.address().port }));
