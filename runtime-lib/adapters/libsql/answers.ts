/** The table of kept answers in the file. */
import type { Answers, BeginBounds, KeptAnswer } from "../../ports/index.ts";
import { answerCells, answerFromCells, answersSql, finishCells } from "../sql/answers.ts";
import { storable } from "../sql/columns.ts";
import type { Connections } from "./connection.ts";
import { guarded } from "./failures.ts";
import type { GroupCommit } from "./group-commit.ts";

export class LibsqlAnswers implements Answers {
  readonly #connections: Connections;
  readonly #commits: GroupCommit;

  constructor(connections: Connections, commits: GroupCommit) {
    this.#connections = connections;
    this.#commits = commits;
  }

  begin(answer: KeptAnswer, { max, now }: BeginBounds): Promise<boolean> {
    const { writing } = this.#connections;
    return this.#commits.commit(() => {
      writing.prepare(answersSql.expire).run([now]);
      const own = writing
        .prepare(answersSql.count)
        .raw()
        .get([storable(answer.tenant), storable(answer.principal)]);
      if (Number(Array.isArray(own) ? own[0] : 0) >= max) return false;
      writing.prepare(answersSql.begin).run([...answerCells(answer)]);
      return true;
    });
  }

  finish(finished: Parameters<Answers["finish"]>[0]): Promise<boolean> {
    return this.#change(answersSql.finish, finishCells(finished));
  }

  async find(tenant: string, id: string): Promise<KeptAnswer | undefined> {
    const cells = guarded(() =>
      this.#connections.reading
        .prepare(answersSql.find)
        .raw()
        .get([storable(tenant), storable(id)]),
    );
    return Array.isArray(cells) ? answerFromCells(cells) : undefined;
  }

  drop(tenant: string, id: string): Promise<boolean> {
    return this.#change(answersSql.drop, [storable(tenant), storable(id)]);
  }

  #change(sql: string, cells: ReturnType<typeof answerCells>): Promise<boolean> {
    return this.#commits.commit(() => this.#connections.writing.prepare(sql).run([...cells]).changes > 0);
  }
}
