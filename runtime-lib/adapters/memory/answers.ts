/** Kept answers of the store in memory. */
import type { Answers, BeginBounds, KeptAnswer } from "../../ports/index.ts";

export class MemoryAnswers implements Answers {
  readonly #answers = new Map<string, KeptAnswer>();

  async begin(answer: KeptAnswer, { max, now }: BeginBounds): Promise<boolean> {
    for (const [key, { expiresAt }] of this.#answers) if (expiresAt <= now) this.#answers.delete(key);
    const { tenant, id, principal } = answer;
    const own = [...this.#answers.values()].filter((each) => each.tenant === tenant && each.principal === principal);
    if (own.length >= max) return false;
    this.#answers.set(keyOf(tenant, id), answer);
    return true;
  }

  async finish(finished: Parameters<Answers["finish"]>[0]): Promise<boolean> {
    const key = keyOf(finished.tenant, finished.id);
    const begun = this.#answers.get(key);
    if (begun !== undefined) this.#answers.set(key, { ...begun, ...finished });
    return begun !== undefined;
  }

  async find(tenant: string, id: string): Promise<KeptAnswer | undefined> {
    return this.#answers.get(keyOf(tenant, id));
  }

  async drop(tenant: string, id: string): Promise<boolean> {
    return this.#answers.delete(keyOf(tenant, id));
  }
}

function keyOf(tenant: string, id: string): string {
  return JSON.stringify([tenant, id]);
}
