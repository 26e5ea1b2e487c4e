/** The table of kept answers. */
import type { Answers, BeginBounds, KeptAnswer } from "../../ports/index.ts";
import { answerCells, answerFromCells, answersSql, finishCells } from "../sql/answers.ts";
import { type Cell, storable } from "../sql/columns.ts";
import { type Connections, numbered, type Prepared, prepared } from "./connections.ts";

const sql = {
  expire: prepared(numbered(answersSql.expire)),
  count: prepared(numbered(answersSql.count)),
  begin: prepared(numbered(answersSql.begin)),
  finish: prepared(numbered(answersSql.finish)),
  find: prepared(numbered(answersSql.find)),
  drop: prepared(numbered(answersSql.drop)),
};

export class PostgresAnswers implements Answers {
  readonly #connections: Connections;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  /** Two servers that count at the same time may let a principal have a few more. */
  async begin(answer: KeptAnswer, { max, now }: BeginBounds): Promise<boolean> {
    await this.#connections.useFor("everybody", (session) => session.run(sql.expire, [now]));
    return this.#connections.useFor([storable(answer.tenant)], async (session) => {
      const [own] = await session.run(sql.count, [storable(answer.tenant), storable(answer.principal)]);
      if (Number(own?.[0]) >= max) return false;
      await session.run(sql.begin, answerCells(answer));
      return true;
    });
  }

  finish(finished: Parameters<Answers["finish"]>[0]): Promise<boolean> {
    return this.#change(finished.tenant, sql.finish, finishCells(finished));
  }

  async find(tenant: string, id: string): Promise<KeptAnswer | undefined> {
    const key = [storable(tenant), storable(id)];
    const [cells] = await this.#connections.useFor([storable(tenant)], (session) => session.run(sql.find, key));
    return cells && answerFromCells(cells);
  }

  drop(tenant: string, id: string): Promise<boolean> {
    return this.#change(tenant, sql.drop, [storable(tenant), storable(id)]);
  }

  async #change(tenant: string, statement: Prepared, cells: readonly Cell[]): Promise<boolean> {
    const changes = await this.#connections.useFor([storable(tenant)], (session) => session.change(statement, cells));
    return changes > 0;
  }
}
