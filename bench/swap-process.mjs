/** Swaps a service through revisions of several kinds while 200 clients ask; prints what that took, what anybody had to wait for it, and what is left of the old ones. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildServer, cedarAuthorizer, openLibsqlStore, Service, systemClock, uuidv7Ids } from "@temperc/runtime";
import { loadBundle } from "../dist/cli/kernel/load-bundle.js";
import { packageRoot, readTemplates } from "../dist/cli/package-root.js";
import { bundleForKernel, compile, emit } from "../dist/compiler/index.js";

const clients = 200;
/** Between two swaps, and until whoever came during one has been let in. */
const quietMs = 10;
const settlingMs = 5;

const text = readFileSync("examples/readers-writers/readers-writers.ioa.toml", "utf8");
const guard = (most) => text.replace("readers < 5", `readers < ${most}`);
const invariant = '\n[[invariant]]\nname = "NotThatMany"\nassert = "readers <= 100"\n';
const variable = (name) => `\n[[state]]\nname = "${name}"\ntype = "counter"\n`;
const dropping = (name) => `\n[migration.variables]\n${name} = "drop"\n`;

/** By kind of revision: how many swaps, and the text that comes after so many. */
const kinds = {
  "another guard": { swaps: 200, textOf: (swap) => guard(3 + (swap % 2)) },
  "a promise more, and less": { swaps: 200, textOf: (swap) => (swap % 2 === 0 ? text : text + invariant) },
  "a new variable, and it is dropped": {
    swaps: 60,
    textOf: (swap) => (swap % 2 === 0 ? text + dropping(`extra${swap - 1}`) : text + variable(`extra${swap}`)),
  },
};

async function bundleOf(text) {
  const files = { "document.ioa.toml": text, "all.cedar": "permit(principal, action, resource);\n" };
  const sources = Object.entries(files).map(([path, each]) => ({ path, bytes: new TextEncoder().encode(each) }));
  const { program } = compile({ name: "documents", files: sources }, "run");
  return bundleForKernel(emit(program, readTemplates()), { resolveDir: packageRoot });
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Comes every millisecond, as a call to an actor that is idle does, and notes how late it was let in. */
class Probe {
  waits = [];
  #isOver = false;
  #ended;

  constructor(service) {
    this.#ended = this.#go(service);
  }

  async #go(service) {
    while (!this.#isOver) {
      const due = performance.now() + 1;
      await sleep(1);
      await service.serving(async () => ({ kind: "passed" }));
      this.waits.push(Math.max(0, performance.now() - due));
    }
  }

  /** The longest since the place. */
  longestSince(place) {
    return this.waits.slice(place).reduce((longest, wait) => Math.max(longest, wait), 0);
  }

  end() {
    this.#isOver = true;
    return this.#ended;
  }
}

async function measured({ swaps, textOf }) {
  const bundles = [];
  const made = new Map();
  for (let swap = 0; swap <= swaps; swap++) {
    const text = textOf(swap);
    if (!made.has(text)) made.set(text, await bundleOf(text));
    bundles.push(made.get(text));
  }
  const folder = mkdtempSync(join(tmpdir(), "temperc-bench-"));
  const store = await openLibsqlStore({ path: join(folder, "swap.db") });
  const world = { store, authorizer: cedarAuthorizer, clock: systemClock, ids: uuidv7Ids };
  const service = await Service.open(loadBundle(bundles[0], "r0"), "r0", world);
  const principal = { type: "Customer", id: "c", tenant: "default", roles: [] };
  const limits = { requestsPerSecond: Number.POSITIVE_INFINITY };
  const app = await buildServer({ service, authenticate: () => ({ principal, kind: "caller" }), limits });
  const load = new Load(app);
  const swapped = await swapping(service, bundles, new Probe(service));
  await load.end();
  await turn();
  const heapMiB = [...swapped.heapMiB, collected()];
  const alive = swapped.old.filter((each) => each.deref() !== undefined).length;
  await app.close();
  await service.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
  const { requests, failed, firstFailure } = load;
  const { swapMs, swapWaits, quietWaits, drained } = swapped;
  return { requests, failed, firstFailure, swapMs, swapWaits, quietWaits, drained, heapMiB, alive };
}

/** 200 clients of which each waits for its answer before it asks again. */
class Load {
  requests = 0;
  failed = 0;
  #isOver = false;
  #driving;

  constructor(app) {
    this.#driving = Array.from({ length: clients }, (_, index) => this.#client(app, `d-${index}`));
  }

  async #client(app, name) {
    const entity = `/tdata/Documents('${name}')`;
    await app.inject({ method: "POST", url: "/tdata/Documents", payload: { Id: name } });
    for (let n = 0; !this.#isOver; n++) {
      const action = n % 2 === 0 ? "StartReading" : "StopReading";
      const { statusCode, body } = await app.inject({ method: "POST", url: `${entity}/${action}`, payload: {} });
      this.requests += 1;
      if (statusCode !== 200) {
        this.failed += 1;
        this.firstFailure ??= `${statusCode}: ${body}`;
      }
      await turn();
    }
  }

  async end() {
    this.#isOver = true;
    await Promise.all(this.#driving);
  }
}

/** Swaps, each begun in a turn of its own, so that it answers for itself only; after each as long a time without one. */
async function swapping(service, bundles, probe) {
  const told = { swapMs: [], swapWaits: [], quietWaits: [], drained: 0, old: [], heapMiB: [] };
  for (let swap = 1; swap < bundles.length; swap++) {
    await sleep(quietMs);
    const from = probe.waits.length;
    const startedAt = performance.now();
    const next = loadBundle(bundles[swap], `r${swap}`);
    told.old.push(new WeakRef(service.definition));
    const swapped = await service.swap(next, `r${swap}`);
    const tookMs = performance.now() - startedAt;
    if (swapped.kind !== "swapped") throw new Error(swapped.reasons.join("; "));
    if (swapped.drained) told.drained += 1;
    await sleep(settlingMs);
    told.swapMs.push(tookMs);
    told.swapWaits.push(probe.longestSince(from));
    const between = probe.waits.length;
    await sleep(tookMs);
    await sleep(settlingMs);
    told.quietWaits.push(probe.longestSince(between));
    if (swap === 20) told.heapMiB.push(collected());
  }
  await probe.end();
  return told;
}

function collected() {
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

const found = {};
for (const [name, kind] of Object.entries(kinds)) found[name] = await measured(kind);
console.log(JSON.stringify(found));
