/** Faults planted into copies of the runtime's own files: each is found by one of sixteen seeds. */
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stormy } from "../../test/definitions/stormy.ts";
import type { Runtime } from "../runtime.ts";
import type { Oracle } from "./commit-oracles.ts";
import { defaultSimulation, simulate } from "./simulate.ts";

const room = join(import.meta.dirname, "../../runtime-lib");

interface Bug {
  readonly name: string;
  readonly file: string;
  readonly snippet: string;
  readonly planted: string;
  /** The first seed that found it, and the oracle that did. */
  readonly found: readonly [seed: number, oracle: Oracle];
}

/** Four times the seeds of `temperc verify` without options: two of the faults need more than its four. */
const budget = { ...defaultSimulation, seeds: 16 };

const bugs: readonly Bug[] = [
  {
    name: "the reply goes out before the commit",
    file: "service/handle.ts",
    snippet: "const appended = await world.store.append(commit);",
    planted: 'void world.store.append(commit).catch(() => {}); const appended = "committed" as Appended;',
    found: [1, "acknowledged-durable"],
  },
  {
    name: "the outbox is outside of the transaction",
    file: "service/handle.ts",
    snippet: "...(outbox.length > 0 && { outbox }),",
    planted: "",
    found: [1, "outbox-with-commit"],
  },
  {
    name: "timers are not committed",
    file: "service/handle.ts",
    snippet:
      "commits.push(asked === undefined || asked.timers.length === 0 ? commit : { ...commit, timers: asked.timers });",
    planted: "commits.push(commit);",
    found: [5, "outbox-with-commit"],
  },
  {
    name: "what an earlier process left is lost at a restart",
    file: "service/dispatcher.ts",
    snippet: "this.wake(Math.min(next ?? Number.POSITIVE_INFINITY, clock.now() + limits.outboxIdleMs));",
    planted: "void [next, clock, limits];",
    found: [2, "delivered"],
  },
  {
    name: "the idempotency key is looked up after the step",
    file: "service/handle.ts",
    snippet: 'if (earlier !== undefined) return { kind: "answered", reply: earlier };',
    planted: "",
    found: [1, "replay-equal"],
  },
  {
    name: "the reply to an idempotency key is not in the transaction",
    file: "service/handle.ts",
    snippet: "...(idempotency && { idempotency }),",
    planted: "",
    found: [1, "replay-equal"],
  },
  {
    name: "a guard is read before a concurrent move",
    file: "service/actor.ts",
    snippet: "return (row?.sequence ?? 0) !== (this.#present?.values === undefined ? 0 : this.#present.sequence);",
    planted: "return row === null;",
    found: [3, "refusal"],
  },
  {
    name: "a second writer's event of the same sequence is not seen",
    file: "adapters/memory/store.ts",
    snippet: 'if (events.some(({ sequence }) => sequence === event.sequence)) return "conflict";',
    planted: "",
    found: [1, "sequence"],
  },
  {
    name: "a delivery takes effect twice",
    file: "adapters/memory/store.ts",
    snippet: 'if (delivers !== undefined && !this.#outbox.isLeased(delivers)) return "lease-lost";',
    planted: "",
    found: [15, "effect-once"],
  },
  {
    name: "sequences have gaps",
    file: "service/parts.ts",
    snippet: "sequence: present.sequence + 1,\n    eventId",
    planted: 'sequence: present.sequence + (change.event === "patched" ? 2 : 1),\n    eventId',
    found: [2, "sequence"],
  },
  {
    name: "the projection is written of what was there before",
    file: "service/parts.ts",
    snippet: "row: part.change.after ?? null",
    planted: "row: part.present.values ?? part.change.after ?? null",
    found: [1, "projection"],
  },
  {
    name: "policies are kept over a reload",
    file: "service/rule.ts",
    snippet: "const decision = authorizer.authorize({",
    planted:
      "const kept: any = type.descriptor.automaton ?? type; kept.authorizer ??= authorizer; const decision = kept.authorizer.authorize({",
    found: [2, "authorization"],
  },
  {
    name: "a full mailbox drops messages silently",
    file: "service/actor.ts",
    snippet: "answer(this.#overloaded());",
    planted: "",
    found: [1, "answered"],
  },
  {
    name: "a swap does not wait for calls that have begun",
    file: "service/gate.ts",
    snippet: "await this.#empty();",
    planted: "",
    found: [1, "revision"],
  },
  {
    name: "the history is replayed with the new table",
    file: "service/actor.ts",
    snippet: "this.#present ??= fold(await this.#world.store.events(this.#ref));",
    planted: `this.#present ??= fold((await this.#world.store.events(this.#ref)).map((event) => {
      const { automaton, statusProperty = "" } = message.type.descriptor;
      if (event.kind !== "action" || automaton === undefined) return event;
      const moved = automaton.step({ ...automaton.initial, status: event.from ?? "" }, event.action, event.params);
      return moved.kind === "moved" ? event : { ...event, delta: { ...event.delta, [statusProperty]: event.from } };
    }));`,
    found: [3, "projection"],
  },
  {
    name: "the effects of an action are folded in the wrong order",
    file: "kernel/fold.ts",
    snippet: "values: { ...before.values, ...fact.delta } };",
    planted: "values: { ...fact.delta, ...before.values } };",
    found: [1, "legal-step"],
  },
];

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "temperc-planted-"));
});

afterAll(() => rm(folder, { recursive: true }));

test.for(bugs)("$name: found", async (bug) => {
  const [seed, oracle] = bug.found;
  const input = { definition: stormy, runtime: await runtimeWith(bug) };
  const there = await simulate(input, { ...defaultSimulation, seed, seeds: 1 });
  // A change of the runtime may move a fault to another seed: then it is another one.
  const { failure } = there.failure === undefined ? await simulate(input, budget) : there;
  expect(failure?.oracle).toBe(oracle);
});

/** The runtime, bundled with one snippet of one file replaced; throws where the snippet is not there, or there twice. */
async function runtimeWith({ name, file, snippet, planted }: Bug): Promise<Runtime> {
  const path = join(room, file);
  const parts = readFileSync(path, "utf8").split(snippet);
  if (parts.length !== 2) throw new Error(`${file} has the snippet of "${name}" ${parts.length - 1} times`);
  const outfile = join(folder, `${bugs.findIndex((bug) => bug.name === name)}.mjs`);
  const contents = `export { Service } from "./service/service.ts";
    export { StoreUnavailable } from "./ports/index.ts";
    export { openMemoryStore } from "./adapters/memory/store.ts";`;
  await build({
    stdin: { contents, resolveDir: room, loader: "ts" },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    logLevel: "silent",
    plugins: [
      {
        name: "plant",
        setup: ({ onLoad }) => {
          onLoad({ filter: /\.ts$/ }, ({ path: loaded }) =>
            loaded === path ? { contents: parts.join(planted), loader: "ts" } : undefined,
          );
        },
      },
    ],
  });
  return import(pathToFileURL(outfile).href);
}
