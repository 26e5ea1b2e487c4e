/** Swaps a service through 200 revisions while 200 clients ask; prints what that took and what is left of the old ones. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildServer, cedarAuthorizer, openLibsqlStore, Service, systemClock, uuidv7Ids } from "@temperc/runtime";
import { loadBundle } from "../dist/cli/kernel/load-bundle.js";
import { packageRoot, readTemplates } from "../dist/cli/package-root.js";
import { bundleForKernel, compile, emit } from "../dist/compiler/index.js";

const clients = 200;
const swaps = 200;

async function bundleOf(readersMax) {
  const text = readFileSync("examples/readers-writers/readers-writers.ioa.toml", "utf8");
  const files = {
    "document.ioa.toml": text.replace("readers < 5", `readers < ${readersMax}`),
    "all.cedar": "permit(principal, action, resource);\n",
  };
  const sources = Object.entries(files).map(([path, each]) => ({ path, bytes: new TextEncoder().encode(each) }));
  const { program } = compile({ name: "documents", files: sources }, "run");
  return bundleForKernel(emit(program, readTemplates()), { resolveDir: packageRoot });
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const bundles = [await bundleOf(3), await bundleOf(4)];
const folder = mkdtempSync(join(tmpdir(), "temperc-bench-"));
const store = await openLibsqlStore({ path: join(folder, "swap.db") });
const world = { store, authorizer: cedarAuthorizer, clock: systemClock, ids: uuidv7Ids };
const service = await Service.open(loadBundle(bundles[0], "r0"), "r0", world);
const principal = { type: "Customer", id: "c", tenant: "default", roles: [] };
const app = await buildServer({ service, authenticate: () => ({ principal, kind: "caller" }) });

let isOver = false;
let [requests, failed] = [0, 0];
async function client(name) {
  const entity = `/tdata/Documents('${name}')`;
  await app.inject({ method: "POST", url: "/tdata/Documents", payload: { Id: name } });
  for (let n = 0; !isOver; n++) {
    const action = n % 2 === 0 ? "StartReading" : "StopReading";
    const { statusCode } = await app.inject({ method: "POST", url: `${entity}/${action}`, payload: {} });
    requests += 1;
    if (statusCode !== 200) failed += 1;
    await turn();
  }
}

const driving = Array.from({ length: clients }, (_, index) => client(`d-${index}`));
const [swapMs, old, heapMiB] = [[], [], []];
for (let swap = 1; swap <= swaps; swap++) {
  const next = loadBundle(bundles[swap % 2], `r${swap}`);
  old.push(new WeakRef(service.definition));
  const startedAt = performance.now();
  const swapped = await service.swap(next, `r${swap}`);
  swapMs.push(performance.now() - startedAt);
  if (swapped.kind !== "swapped") throw new Error(swapped.reasons.join("; "));
  await turn();
  if (swap === 20) heapMiB.push(collected());
}
isOver = true;
await Promise.all(driving);
await turn();
heapMiB.push(collected());
const alive = old.filter((each) => each.deref() !== undefined).length;
await app.close();
await service.close();
await store.close();
rmSync(folder, { recursive: true, force: true });
console.log(JSON.stringify({ requests, failed, swapMs, worstMs: Math.max(...swapMs), heapMiB, alive }));

function collected() {
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
