/** The table of kept answers. */
import type { Answers, BeginBounds, KeptAnswer } from "../../ports/index.ts";
import { answerCells, answerFromCells, answersSql, finishCells } from "../sql/answers.ts";
import { type Cell, storable } from "../sql/columns.ts";
import { type Connections, numbered, prepared } from "./connections.ts";

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
  begin(answer: KeptAnswer, { max, now }: BeginBounds): Promise<boolean> {
    return this.#connections.use(async (session) => {
      await session.run(sql.expire, [now]);
      const [own] = await session.run(sql.count, [storable(answer.tenant), storable(answer.principal)]);
      if (Number(own?.[0]) >= max) return false;
      await session.run(sql.begin, answerCells(answer));
      return true;
    });
  }

  finish(finished: Parameters<Answers["finish"]>[0]): Promise<boolean> {
    return this.#change(sql.finish, finishCells(finished));
  }

  async find(tenant: string, id: string): Promise<KeptAnswer | undefined> {
    const key = [storable(tenant), storable(id)];
    const [cells] = await this.#connections.use((session) => session.run(sql.find, key));
    return cells && answerFromCells(cells);
  }

  drop(tenant: string, id: string): Promise<boolean> {
    return this.#change(sql.drop, [storable(tenant), storable(id)]);
  }

  async #change(statement: ReturnType<typeof prepared>, cells: readonly Cell[]): Promise<boolean> {
    return (await this.#connections.use((session) => session.change(statement, cells))) > 0;
  }
}
