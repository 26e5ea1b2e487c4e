/** The tally as a Cloudflare Durable Object on SQLite, run by miniflare: `node durable-objects.mjs FOLDER` says where it listens. */
import { Miniflare } from "miniflare";

const script = `
import { DurableObject } from "cloudflare:workers";

export class Tally extends DurableObject {
  constructor(context, env) {
    super(context, env);
    context.storage.sql.exec("CREATE TABLE IF NOT EXISTS tally (id INTEGER PRIMARY KEY, total INTEGER NOT NULL)");
  }

  add() {
    const cursor = this.ctx.storage.sql.exec(
      "INSERT INTO tally VALUES (1, 1) ON CONFLICT DO UPDATE SET total = total + 1 RETURNING total",
    );
    return cursor.one().total;
  }
}

export default {
  async fetch(request, env) {
    await request.json();
    const [name] = new URL(request.url).pathname.slice(1).split("/");
    return Response.json({ total: await env.TALLY.getByName(name).add() });
  },
};
`;

const miniflare = new Miniflare({
  modules: true,
  script,
  compatibilityDate: "2026-04-01",
  durableObjects: { TALLY: { className: "Tally", useSQLite: true } },
  durableObjectsPersist: process.argv[2],
  host: "127.0.0.1",
  port: 0,
});
const url = await miniflare.ready;
console.log(JSON.stringify({ port: Number(url.port) }));
process.once("SIGTERM", () => miniflare.dispose().then(() => process.exit(0)));
