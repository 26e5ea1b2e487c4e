/** The tally as a virtual object of Restate: `node restate.mjs FOLDER` starts the server, registers the object and says where it listens. */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

// The SDK calls what Node 20 lacks.
Promise.withResolvers ??= function withResolvers() {
  let resolve, reject;
  const promise = new Promise((kept, broken) => {
    [resolve, reject] = [kept, broken];
  });
  return { promise, resolve, reject };
};

const startsWithinMs = 60_000;
const [, , folder] = process.argv;

const restate = await import("@restatedev/restate-sdk");
const tally = restate.object({
  name: "tally",
  handlers: {
    add: async (context) => {
      const total = ((await context.get("total")) ?? 0) + 1;
      context.set("total", total);
      return { total };
    },
  },
});
const logger = () => undefined;
const servicePort = await restate.serve({ services: [tally], port: 0, logger });

const [ingress, admin, node] = [await freePort(), await freePort(), await freePort()];
const server = spawn(binary(), ["--no-logo", "--base-dir", folder, "--listen-mode", "tcp"], {
  stdio: ["ignore", "ignore", "inherit"],
  env: {
    ...process.env,
    RUST_LOG: "error",
    RESTATE_DISABLE_TELEMETRY: "true",
    RESTATE_BIND_IP: "127.0.0.1",
    RESTATE_ADVERTISED_HOST: "127.0.0.1",
    RESTATE_BIND_PORT: String(node),
    RESTATE_INGRESS__BIND_PORT: String(ingress),
    RESTATE_ADMIN__BIND_PORT: String(admin),
  },
});
server.once("exit", (code) => process.exit(code ?? 0));
process.once("SIGTERM", () => server.kill("SIGTERM"));
await registered();
console.log(JSON.stringify({ port: ingress }));

/** The server of this platform, without the script around it that passes no signal on. */
function binary() {
  const require = createRequire(import.meta.url);
  const name = `@restatedev/restate-server-${process.platform}-${process.arch}`;
  return join(dirname(require.resolve(`${name}/package.json`)), "bin", "restate-server");
}

/** Asks until the server is there and knows the object. */
async function registered() {
  const body = JSON.stringify({ uri: `http://127.0.0.1:${servicePort}` });
  const request = { method: "POST", headers: { "content-type": "application/json" }, body };
  const endsAt = Date.now() + startsWithinMs;
  for (;;) {
    const reply = await fetch(`http://127.0.0.1:${admin}/deployments`, request).catch(() => undefined);
    if (reply?.ok) return;
    if (Date.now() > endsAt) throw new Error(`Restate does not take the object: ${await reply?.text()}`);
    await sleep(100);
  }
}

async function freePort() {
  const listener = createServer();
  await new Promise((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address();
  await new Promise((resolve) => listener.close(resolve));
  return port;
}
