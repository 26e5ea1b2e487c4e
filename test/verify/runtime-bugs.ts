/** Faults of a runtime, each planted into a copy of its own files, and which run of level 2's default budget shows it. */
import type { Oracle } from "../../verify/l2-simulation/commit-oracles.ts";
import type { Fault } from "./planted.ts";

export interface RuntimeBug extends Fault {
  readonly name: string;
  /** The first seed that finds it, and the promise that is broken there. */
  readonly found: readonly [seed: number, oracle: Oracle];
}

export const runtimeBugs: readonly RuntimeBug[] = [
  {
    name: "the reply goes out before the commit",
    file: "service/handle.ts",
    find: "const appended = await world.store.append(commit);",
    replace: 'void world.store.append(commit).catch(() => {}); const appended = "committed" as Appended;',
    found: [1, "acknowledged-durable"],
  },
  {
    name: "the outbox is outside of the transaction: it is written with the next one",
    file: "service/handle.ts",
    find: "...(outbox.length > 0 && { outbox }),",
    replace: `...((held) => {
      (world as any).held = outbox;
      return held.length > 0 ? { outbox: held } : {};
    })((world as any).held ?? []),`,
    found: [1, "outbox-with-commit"],
  },
  {
    name: "the parts of a composite action are written one after the other",
    file: "service/handle.ts",
    find: "...(also.length > 0 && { also }),",
    replace: "...({ later: also } as object),",
    also: [
      {
        find: "tellOf(world, commit);\n  return",
        replace:
          "tellOf(world, commit);\n  for (const part of (commit as any).later) await world.store.append(part);\n  return",
      },
    ],
    found: [1, "all-or-nothing"],
  },
  {
    name: "timers are not committed",
    file: "service/whole.ts",
    find: "commits.push(asked === undefined || asked.timers.length === 0 ? commit : { ...commit, timers: asked.timers });",
    replace: "commits.push(commit);",
    found: [1, "outbox-with-commit"],
  },
  {
    name: "timers and deliveries that an earlier process left are lost at a restart",
    file: "service/dispatcher.ts",
    find: "this.wake((await this.#ports.store.nextDue(-1)) ?? Number.POSITIVE_INFINITY);",
    replace: "await this.#ports.store.nextDue(-1);",
    found: [2, "delivered"],
  },
  {
    name: "the timer of a status goes on when the status is left",
    file: "service/timers.ts",
    find: '...left.map((timeout): TimerChange => ({ kind: "cancel", slot: timeoutSlot(timeout) })),',
    replace: '...left.slice(0, 0).map(() => ({ kind: "cancel-all" }) as const),',
    found: [2, "outbox-with-commit"],
  },
  {
    name: "timers fire early",
    file: "adapters/memory/outbox.ts",
    find: "const isReady = readyAt !== null && readyAt <= now;",
    replace: "const isReady = readyAt !== null && readyAt <= now + 2_000;",
    found: [2, "not-early"],
  },
  {
    name: "the idempotency key is looked at after the step",
    file: "service/handle.ts",
    find: 'if (earlier !== undefined) return { kind: "answered", reply: earlier };',
    replace: "",
    also: [
      {
        find: 'if (change.kind === "failed") return { kind: "answered", reply: change };',
        replace: `if (change.kind === "failed") return { kind: "answered", reply: change };
          if (earlier !== undefined) return { kind: "answered", reply: earlier };`,
      },
    ],
    found: [3, "replay-equal"],
  },
  {
    name: "the reply to an idempotency key is not in the transaction",
    file: "service/handle.ts",
    find: "...(idempotency && { idempotency }),",
    replace: "",
    found: [2, "effect-once"],
  },
  {
    name: "a guard is read before a concurrent move",
    file: "service/actor.ts",
    find: "return (row?.sequence ?? 0) !== (this.#present?.values === undefined ? 0 : this.#present.sequence);",
    replace: "return row === null;",
    found: [7, "refusal"],
  },
  {
    name: "a second writer's event of the same sequence is not seen",
    file: "adapters/memory/store.ts",
    find: 'if (this.#journal.of(event).some(({ sequence }) => sequence === event.sequence)) return "conflict";',
    replace: "",
    found: [1, "sequence"],
  },
  {
    name: "a delivery takes effect twice",
    file: "adapters/memory/store.ts",
    find: 'if (delivers !== undefined && !this.#outbox.isLeased(delivers)) return "lease-lost";',
    replace: "",
    found: [1, "effect-once"],
  },
  {
    name: "deliveries for one target are made in the wrong order: the last first",
    file: "adapters/memory/outbox.ts",
    find: "const ready = this.#ready(now).slice(0, max);",
    replace: "const ready = [...this.#ready(now)].reverse().slice(0, 1);",
    also: [{ find: "if (!isReady) waitedFor.add(target);", replace: "" }],
    found: [3, "order"],
  },
  {
    name: "the call-back of a webhook is not in the transaction that ends it",
    file: "adapters/memory/outbox.ts",
    find: "if (settlement.next !== undefined) this.put(settlement.next);",
    replace: "",
    found: [1, "delivered"],
  },
  {
    name: "a webhook that was not answered is called done",
    file: "service/send.ts",
    find: 'return outcome.kind === "failed";',
    replace: "return false;",
    also: [
      {
        find: "const result = outcome.kind",
        replace:
          'if (outcome.kind === "failed") return done(trial, "HTTP 200", onSuccess);\n  const result = outcome.kind',
      },
    ],
    found: [10, "outgoing"],
  },
  {
    name: "sequences have gaps",
    file: "service/parts.ts",
    find: "sequence: present.sequence + 1,\n    eventId",
    replace: 'sequence: present.sequence + (change.event === "patched" ? 2 : 1),\n    eventId',
    found: [1, "sequence"],
  },
  {
    name: "the projection is not in the transaction: a commit that is refused leaves its row",
    file: "adapters/memory/store.ts",
    find: 'if (this.#journal.of(event).some(({ sequence }) => sequence === event.sequence)) return "conflict";',
    replace: `if (row !== null) this.#rows.set(key, { ref: event, row: { values: fitValues(type, row), sequence: event.sequence } });
      if (this.#journal.of(event).some(({ sequence }) => sequence === event.sequence)) return "conflict";`,
    found: [1, "projection"],
  },
  {
    name: "the projection is written of what was there before",
    file: "service/parts.ts",
    find: "row: part.change.after ?? null",
    replace: "row: part.present.values ?? part.change.after ?? null",
    found: [1, "projection"],
  },
  {
    name: "policies are kept over a reload",
    file: "service/rule.ts",
    find: "const decision = ruling.authorizer.authorize(request);",
    replace:
      "const kept: any = world; kept.authorizer ??= ruling.authorizer; const decision = kept.authorizer.authorize(request);",
    found: [3, "authorization"],
  },
  {
    name: "who may not read an entity is shown it",
    file: "service/reading.ts",
    find: "const refused = refusing instanceof Promise ? await refusing : refusing;",
    replace: "const refused = undefined as Awaited<typeof refusing>; void refusing;",
    found: [2, "authorization"],
  },
  {
    name: "a full mailbox drops messages silently",
    file: "service/actor.ts",
    find: "answer(this.#overloaded());",
    replace: "",
    found: [1, "answered"],
  },
  {
    name: "a swap does not wait for calls that have begun",
    file: "service/changeover.ts",
    find: "this.gate.alone(() => this.#withoutCalls(next, earlier))",
    replace: "this.#withoutCalls(next, earlier)",
    found: [8, "revision"],
  },
  {
    name: "a process ends without what it has begun",
    file: "service/service.ts",
    find: "await this.#dispatcher?.stop();",
    replace: "void this.#dispatcher?.stop();",
    also: [
      {
        find: "await this.#changeover.gate.alone(async () => {\n      this.#closed = true;\n    });",
        replace: "this.#closed = true;",
      },
    ],
    found: [4, "shutdown"],
  },
  {
    name: "the history is replayed with the new table",
    file: "service/actor.ts",
    find: "this.#present ??= await presentOf(this.#world, this.#ref);",
    replace: `this.#present ??= fold((await this.#world.store.events(this.#ref)).map((event) => {
      const { automaton, statusProperty = "" } = message.type.descriptor;
      if (event.kind !== "action" || automaton === undefined) return event;
      const moved = automaton.step({ ...automaton.initial, status: event.from ?? "" }, event.action, event.params);
      const status = moved.kind === "moved" ? moved.after.status : event.from;
      return { ...event, delta: { ...event.delta, [statusProperty]: status } };
    }));`,
    also: [{ find: "import { fitValues, type Values } from", replace: "import { fitValues, fold, type Values } from" }],
    found: [1, "projection"],
  },
  {
    name: "the newest events of a long history are taken for the whole",
    file: "service/present.ts",
    find: 'if (newest.some(({ kind }) => kind === "created" || kind === "deleted")) return tail;',
    replace: "return tail;",
    found: [1, "projection"],
  },
  {
    name: "the effects of an action are folded in the wrong order",
    file: "kernel/fold.ts",
    find: "values: { ...before.values, ...fact.delta } };",
    replace: "values: { ...fact.delta, ...before.values } };",
    found: [1, "projection"],
  },
  {
    name: "what an action asks for is asked in the wrong order",
    file: "service/triggers.ts",
    find: "entries.push(...entriesOf(trigger, after, asking));",
    replace: "entries.unshift(...entriesOf(trigger, after, asking));",
    found: [2, "order"],
  },
];
