/** The baseline of `serve`: Fastify alone, which parses the bodies and answers an object as large as an order; nothing is stored. */
import Fastify from "fastify";
import { orderOf } from "./order.mjs";

const order = {
  "@odata.context": "http://127.0.0.1/tdata/$metadata#Orders/$entity",
  "@odata.etag": 'W/"1"',
  Id: "o-1",
  ...orderOf({}),
};

const app = Fastify();
app.post("/*", async (request) => ({ received: Object.keys(request.body ?? {}).length }));
app.get("/*", async () => order);
await app.listen({ host: "127.0.0.1", port: 0 });
console.log(JSON.stringify({ port: app.server.address().port }));
