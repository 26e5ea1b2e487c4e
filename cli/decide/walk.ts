/** Walks a person through the queue of decisions, in the terminal; new ones come while they look. */
import type { Readable, Writable } from "node:stream";
import * as clack from "@clack/prompts";
import type { Refusal } from "../refusal.ts";
import { visible } from "../terminal.ts";
import { type Decision, decisionText, prohibitionsOf, prohibitionText, whatOf } from "./decision.ts";
import type { Queue } from "./queue.ts";

/** Where it is shown and where keys come from. */
export interface Screen {
  readonly input?: Readable;
  readonly output?: Writable;
}

type Choice = "narrow" | "medium" | "broad" | "deny" | "skip" | "end";

/** Ends when the person has had enough; with a refusal where the server has. */
export async function walk(queue: Queue, screen: Screen = {}): Promise<Refusal | undefined> {
  giveWidth(screen.output ?? process.stdout);
  const ending = new AbortController();
  const waiting = new Waiting();
  const following = queue.follow(ending.signal, (decision) => waiting.put(decision)).then((why) => waiting.stop(why));
  clack.intro("decisions", screen);
  const why = await decideAll(queue, waiting, screen);
  ending.abort();
  await following;
  clack.outro("until next time", screen);
  return why;
}

/** A terminal that nobody has given a size says that it is 0 wide: what is shown in it would stand letter below letter. */
function giveWidth(output: object): void {
  if ("columns" in output && output.columns === 0) output.columns = 80;
}

async function decideAll(queue: Queue, waiting: Waiting, screen: Screen): Promise<Refusal | undefined> {
  for (;;) {
    const next = waiting.take() ?? (await awaited(waiting, screen));
    if (next === "cancelled") return undefined;
    if (next === "stopped") return waiting.why;
    const shown = await queue.show(next.id);
    if (shown.kind === "refused") clack.log.warn(visible(shown.message), screen);
    else if (shown.decision.state === "pending" && (await decideOne(queue, shown.decision, screen)) === "end") {
      return undefined;
    }
  }
}

/** The next decision that comes, unless the person ends it by Ctrl+C. */
async function awaited(waiting: Waiting, screen: Screen): Promise<Decision | "cancelled" | "stopped"> {
  clack.log.step("nothing to decide; waiting (Ctrl+C ends)", screen);
  const pressing = new AbortController();
  try {
    return await Promise.race([waiting.next(), cancelled(screen, pressing.signal)]);
  } finally {
    pressing.abort();
  }
}

const ctrlC = "\u0003";

/** Between questions the terminal makes Ctrl+C a signal; an input that is no terminal gives the key itself. */
function cancelled({ input }: Screen, ending: AbortSignal): Promise<"cancelled"> {
  return new Promise((resolve) => {
    const end = (): void => resolve("cancelled");
    const look = (keys: Buffer | string): void => {
      if (String(keys).includes(ctrlC)) end();
    };
    process.on("SIGINT", end);
    input?.on("data", look).resume();
    ending.addEventListener("abort", () => {
      process.off("SIGINT", end);
      input?.off("data", look);
    });
  });
}

async function decideOne(queue: Queue, decision: Decision, screen: Screen): Promise<"decided" | "end"> {
  clack.note(visible(decisionText(decision)), "refused", screen);
  for (;;) {
    const choice = await clack.select<Choice>({
      message: "What shall it be?",
      options: choicesOf(decision),
      ...screen,
    });
    if (clack.isCancel(choice) || choice === "end") return "end";
    if (choice === "skip") return "decided";
    const isDone =
      choice === "deny" ? await denied(queue, decision, screen) : await approved(queue, decision, { choice, screen });
    if (isDone) return "decided";
  }
}

function choicesOf({
  action,
  entityType,
  entityId,
  scopes,
}: Decision): { value: Choice; label: string; hint?: string }[] {
  const which = entityId === null ? `any ${entityType}` : `this ${entityType}`;
  const scoped = [
    { value: "narrow" as const, label: "approve, narrow", hint: visible(`${action} on ${which}`) },
    { value: "medium" as const, label: "approve, medium", hint: visible(`${action} on any ${entityType}`) },
    { value: "broad" as const, label: "approve, broad", hint: visible(`every action of today on any ${entityType}`) },
  ];
  return [
    ...scoped.filter(({ value }) => scopes[value]?.text !== undefined),
    { value: "deny", label: "deny" },
    { value: "skip", label: "leave it for later" },
    { value: "end", label: "end" },
  ];
}

interface Approving {
  readonly choice: "narrow" | "medium" | "broad";
  readonly screen: Screen;
}

/** The policy is shown before it is agreed to, and what is agreed to is what was shown. */
async function approved(queue: Queue, decision: Decision, { choice, screen }: Approving): Promise<boolean> {
  const duration = await clack.select<string>({ message: "For how long?", options: durationsOf(decision), ...screen });
  if (clack.isCancel(duration)) return false;
  const text = decision.scopes[choice]?.text ?? "";
  clack.note(visible(text), "the policy that would be added", screen);
  const isAgreed = await clack.confirm({ message: "Add it?", initialValue: false, ...screen });
  if (clack.isCancel(isAgreed) || !isAgreed) return false;
  const until = duration === "always" || duration === "session" ? duration : laterBy(Number(duration));
  const answer = await queue.approve(decision.id, { scope: choice, duration: until, text });
  const forbids = answer.kind === "refused" ? [] : prohibitionsOf(answer.body);
  for (const each of forbids) clack.log.warn(visible(prohibitionText(each)), screen);
  return said(answer.kind === "refused" ? answer : undefined, `approved: ${whatOf(decision)}`, screen);
}

async function denied(queue: Queue, { id, ...decision }: Decision, screen: Screen): Promise<boolean> {
  const note = await clack.text({ message: "Why not? (may stay empty)", defaultValue: "", ...screen });
  if (clack.isCancel(note)) return false;
  const answer = await queue.deny(id, note === "" ? undefined : note);
  return said(answer.kind === "refused" ? answer : undefined, `denied: ${whatOf({ id, ...decision })}`, screen);
}

/** Says what became of it. True in any case: who was too late has nothing left to decide. */
function said(refusal: Refusal | undefined, done: string, screen: Screen): true {
  if (refusal === undefined) clack.log.success(visible(done), screen);
  else clack.log.error(visible(refusal.message), screen);
  return true;
}

const hourMs = 60 * 60 * 1_000;

function durationsOf({ session }: Decision): { value: string; label: string }[] {
  return [
    { value: "always", label: "until it is revoked" },
    { value: String(hourMs), label: "an hour" },
    { value: String(24 * hourMs), label: "a day" },
    ...(session === null ? [] : [{ value: "session", label: "in the caller's present session" }]),
  ];
}

function laterBy(ms: number): string {
  return new Date(Date.now() + ms).toISOString();
}

/** The decisions that have come and were not looked at; each once, however often it changes. */
class Waiting {
  readonly #ids = new Set<string>();
  readonly #queue: Decision[] = [];
  #stopped = false;
  #wake: () => void = () => undefined;
  /** Why no more will come. */
  why: Refusal | undefined;

  put(decision: Decision): void {
    if (decision.state !== "pending" || this.#ids.has(decision.id)) return;
    this.#ids.add(decision.id);
    this.#queue.push(decision);
    this.#wake();
  }

  stop(why: Refusal | undefined): void {
    this.why = why;
    this.#stopped = true;
    this.#wake();
  }

  take(): Decision | undefined {
    return this.#queue.shift();
  }

  async next(): Promise<Decision | "stopped"> {
    for (;;) {
      const next = this.take();
      if (next !== undefined) return next;
      if (this.#stopped) return "stopped";
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
