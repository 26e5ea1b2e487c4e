/** Answers to requests whose callers do not wait: they are in the store, so that any server can give them, and outlive the one that made them. */
import type { CallContext, Failed, Kept, KeptAnswers } from "./call.ts";
import { failed } from "./failures.ts";
import { principalText } from "./idempotency.ts";
import { answered } from "./revision-calls.ts";
import type { World } from "./world.ts";

/** Those of a service. */
export function keptAnswers(world: World): KeptAnswers {
  const { limits, clock, store } = world;
  const inFrom = (ms: number): string => new Date(clock.now() + ms).toISOString();
  return {
    runMs: limits.asyncRunMs,
    begin: ({ tenant, principal }, id) =>
      answered(world, () => {
        const lostAt = inFrom(limits.asyncRunMs);
        const expiresAt = inFrom(limits.asyncRunMs + limits.asyncKeptMs);
        const answer = { tenant, id, principal: principalText(principal), reply: null, lostAt, expiresAt };
        return store.answers.begin(answer, { max: limits.asyncPerPrincipalMax, now: inFrom(0) });
      }),
    finish: ({ tenant }, id, reply) =>
      answered(world, () => store.answers.finish({ tenant, id, reply, expiresAt: inFrom(limits.asyncKeptMs) })),
    find: (context, id) => answered(world, () => find(world, context, id)),
    drop: (context, id) =>
      answered(world, async () => {
        const found = await find(world, context, id);
        return found.kind === "failed" ? found : store.answers.drop(context.tenant, id);
      }),
  };
}

async function find({ store, clock }: World, { tenant, principal }: CallContext, id: string): Promise<Kept | Failed> {
  const now = new Date(clock.now()).toISOString();
  const answer = await store.answers.find(tenant, id);
  if (answer?.principal !== principalText(principal) || answer.expiresAt <= now) {
    return failed("NotFound", "there is no such answer, or no longer");
  }
  if (answer.reply !== null) return { kind: "done", reply: answer.reply };
  return { kind: answer.lostAt <= now ? "lost" : "worked-on" };
}
