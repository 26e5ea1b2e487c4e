/** Swaps a service through revisions of several kinds while 200 clients ask; prints what that took, what anybody had to wait for it, and what is left of the old ones. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PerformanceObserver } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { buildServer, cedarAuthorizer, openLibsqlStore, Service, systemClock, uuidv7Ids } from "@temperc/runtime";
import { loadBundle } from "../dist/cli/kernel/load-bundle.js";
import { packageRoot, readTemplates } from "../dist/cli/package-root.js";
import { bundleForKernel, compile, emit } from "../dist/compiler/index.js";

const clients = 200;
/** Between two swaps, and until whoever came during one has been let in. */
const quietMs = 10;
const settlingMs = 5;
/** Swaps of each kind while nobody asks, and the entities that live meanwhile. */
const quietSwaps = 60;
const living = 20_000;
const createdTogether = 500;
/** Shorter gaps between turns are not looked at. */
const gapMsMin = 0.2;

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

/** What garbage collections took, by when they began. */
const collections = [];
new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries()) collections.push({ startTime, duration });
}).observe({ entryTypes: ["gc"] });

/** Comes in every turn of a process where nobody else asks: what it is kept from its turn is a pause for every actor. */
class Watch {
  #gaps = [];
  #isOver = false;
  #ended;

  constructor(service) {
    this.#ended = this.#go(service);
  }

  async #go(service) {
    let last = performance.now();
    while (!this.#isOver) {
      await turn();
      await service.serving(async () => ({ kind: "passed" }));
      const now = performance.now();
      if (now - last > gapMsMin) this.#gaps.push({ from: last, until: now });
      last = now;
    }
  }

  /** The longest pause of those that ended since then, and the longest without the collections in it. */
  async longestSince(moment) {
    // Collections are told of a turn later.
    await sleep(settlingMs);
    const since = this.#gaps.filter(({ until }) => until > moment);
    const longest = (lengthOf) => since.reduce((most, gap) => Math.max(most, lengthOf(gap)), 0);
    const collecting = ({ from, until }) =>
      collections
        .filter(({ startTime, duration }) => startTime >= from && startTime + duration <= until)
        .reduce((sum, { duration }) => sum + duration, 0);
    const lengthOf = ({ from, until }) => until - from;
    return { whole: longest(lengthOf), own: longest((gap) => lengthOf(gap) - collecting(gap)) };
  }

  end() {
    this.#isOver = true;
    return this.#ended;
  }
}

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
  for (let swap = 0; swap <= swaps + quietSwaps; swap++) {
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
  const swapped = await swapping(service, bundles.slice(0, swaps + 1), new Probe(service));
  await load.end();
  await turn();
  const heapMiB = [...swapped.heapMiB, collected()];
  const alive = swapped.old.filter((each) => each.deref() !== undefined).length;
  await populate(service, principal);
  const pauses = await pausing(service, bundles.slice(swaps + 1));
  await app.close();
  await service.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
  const { requests, failed, firstFailure } = load;
  const { swapMs, swapWaits, quietWaits, drained } = swapped;
  return { requests, failed, firstFailure, swapMs, swapWaits, quietWaits, drained, heapMiB, alive, living, pauses };
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

async function populate(service, principal) {
  const context = { principal, tenant: principal.tenant, correlationId: "bench" };
  const create = (Id) =>
    service.write(context, { entityType: "Document", entityId: Id, change: { kind: "create", values: { Id } } });
  for (let from = 0; from < living; from += createdTogether) {
    await Promise.all(Array.from({ length: createdTogether }, (_, n) => create(`e-${from + n}`)));
  }
}

/** Further swaps while nobody asks: whatever keeps an actor from its turn then is the swap, or a collection, and both are told. */
async function pausing(service, bundles) {
  const told = { swap: [], own: [], quiet: [] };
  const watch = new Watch(service);
  for (const [index, bundle] of bundles.entries()) {
    await sleep(quietMs);
    const from = performance.now();
    const next = loadBundle(bundle, `quiet${index}`);
    // As in the host, which records the revision between the two.
    await turn();
    const swapped = await service.swap(next, `quiet${index}`);
    if (swapped.kind !== "swapped") throw new Error(swapped.reasons.join("; "));
    const tookMs = performance.now() - from;
    const { whole, own } = await watch.longestSince(from);
    told.swap.push(whole);
    told.own.push(own);
    const between = performance.now();
    await sleep(tookMs);
    told.quiet.push((await watch.longestSince(between)).whole);
  }
  await watch.end();
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
