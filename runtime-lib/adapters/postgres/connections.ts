/** Sessions on one PostgreSQL: pooled, set up alike, thrown away when they are lost, and opened again by themselves. */
import type { Pool, PoolClient } from "pg";
import { OutcomeUnknown, StoreUnavailable } from "../../ports/index.ts";
import type { Cell } from "../sql/columns.ts";
import { defaultStoreLimits } from "../store-limits.ts";
import { type Address, addressOf } from "./address.ts";
import { classified, codeOf, isLost, isRivalry } from "./failures.ts";
import { type Reach, reachText } from "./fence.ts";

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database?schema=temperc`; what is not in it comes from PGUSER, PGPASSWORD and their like. */
  readonly url: string;
  /** Refuse where the schema holds no store yet, instead of making one. */
  readonly mustExist?: boolean;
  /** Told of every transaction: how many commits shared it. */
  readonly onGroupCommit?: (size: number) => void;
  /** Sessions at once. */
  readonly connectionsMax?: number;
  /** How long to wait for a session. */
  readonly connectTimeoutMs?: number;
  /** How long a statement may take before its session is given up. */
  readonly answerTimeoutMs?: number;
  /** Commits that may share one transaction. */
  readonly batchMax?: number;
  /** Transactions with commits that may be under way at once. */
  readonly batchesMax?: number;
  /** How long to go on asking what became of a commit when its session was lost. */
  readonly outcomeTimeoutMs?: number;
}

export type Row = readonly Cell[];

/** What is run often; its plan is kept in the session under its name. */
export interface Prepared {
  readonly name: string;
  readonly sql: string;
}

export interface Session {
  /** The rows that the statement gives, each by column. */
  readonly run: (statement: string | Prepared, cells?: readonly unknown[]) => Promise<readonly Row[]>;
  /** How many rows the statement has changed. */
  readonly change: (statement: string | Prepared, cells?: readonly unknown[]) => Promise<number>;
}

/** How often a transaction is tried that another one was in the way of. */
const attemptsMax = 5;
const askAgainMs = 100;

let statements = 0;

export function prepared(sql: string): Prepared {
  statements += 1;
  return { name: `t${statements}`, sql };
}

/** `?` as PostgreSQL has it. The texts of ours have no other question marks. */
export function numbered(sql: string): string {
  let count = 0;
  return sql.replaceAll("?", () => {
    count += 1;
    return `$${count}`;
  });
}

/** Numbers as numbers and truths as 1 and 0: what SQLite gives too. */
const parsers: ReadonlyMap<number, (text: string) => Cell> = new Map<number, (text: string) => Cell>([
  [16, (text) => (text === "t" ? 1 : 0)],
  [20, Number],
  [21, Number],
  [23, Number],
  [700, Number],
  [701, Number],
  [1_700, Number],
]);
const asText = (text: string): Cell => text;

export class Connections {
  readonly address: Address;
  readonly #pool: Pool;
  readonly #outcomeTimeoutMs: number;
  readonly #setUp = new WeakSet<PoolClient>();
  /** What each session reaches outside transactions; most go on with what they had. */
  readonly #reached = new WeakMap<PoolClient, string>();

  private constructor(pool: Pool, address: Address, outcomeTimeoutMs: number) {
    this.#pool = pool;
    this.address = address;
    this.#outcomeTimeoutMs = outcomeTimeoutMs;
    // A session that is lost while nobody waits for it: the next statement on it rejects, and the pool opens another one.
    pool.on("error", () => undefined);
    pool.on("connect", (client) => client.on("error", () => undefined));
  }

  /** `pg` is loaded by those only who use it. */
  static async open(options: PostgresOptions): Promise<Connections> {
    const address = addressOf(options.url);
    const { default: pg } = await import("pg");
    const pool = new pg.Pool({
      connectionString: address.connection,
      max: options.connectionsMax ?? defaultStoreLimits.storeSessionsMax,
      connectionTimeoutMillis: options.connectTimeoutMs ?? defaultStoreLimits.storeConnectTimeoutMs,
      query_timeout: options.answerTimeoutMs ?? defaultStoreLimits.storeAnswerTimeoutMs,
      keepAlive: true,
      // What does not wait for an answer is sent without waiting; each statement still succeeds or fails by itself.
      pipeline: true,
      application_name: "temperc",
      types: { getTypeParser: (oid: number) => parsers.get(oid) ?? asText },
    });
    return new Connections(pool, address, options.outcomeTimeoutMs ?? defaultStoreLimits.storeOutcomeTimeoutMs);
  }

  /** For tables that are of no tenant. Rejects with `StoreUnavailable` where the server cannot serve. */
  use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.useFor(undefined, work);
  }

  /** For the rows of these tenants and nobody else's. */
  async useFor<T>(reach: Reach | undefined, work: (session: Session) => Promise<T>): Promise<T> {
    const client = await this.#acquire();
    try {
      if (reach !== undefined) await this.#reach(client, reachText(reach));
      const result = await work(sessionOf(client));
      client.release();
      return result;
    } catch (error) {
      client.release(isLost(error));
      throw classified(error);
    }
  }

  /** One round trip more, where the session has worked for others before. */
  async #reach(client: PoolClient, text: string): Promise<void> {
    if (this.#reached.get(client) === text) return;
    this.#reached.delete(client);
    await client.query(`SET temperc.reach = ${client.escapeLiteral(text)}`);
    this.#reached.set(client, text);
  }

  /** Begins a transaction for these tenants, in one round trip. */
  async #begin(client: PoolClient, reach: Reach): Promise<void> {
    const local = `SET LOCAL temperc.reach = ${client.escapeLiteral(reachText(reach))}`;
    await client.query(`BEGIN ISOLATION LEVEL READ COMMITTED; ${local}`);
  }

  /** All of `work`'s statements or none of them, again where another transaction was in the way. */
  async transact<T>(reach: Reach, work: (session: Session) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#attempt(reach, work);
      } catch (error) {
        if (attempt === attemptsMax || !isRivalry(error)) throw classified(error);
      }
    }
  }

  async #attempt<T>(reach: Reach, work: (session: Session) => Promise<T>): Promise<T> {
    const client = await this.#acquire();
    const session = sessionOf(client);
    try {
      await this.#begin(client, reach);
      const result = await work(session);
      await session.run("COMMIT");
      client.release();
      return result;
    } catch (error) {
      await this.#giveBack(client, error);
      throw error;
    }
  }

  /**
   * As `transact`, once. `work` tells its transaction's number before it is committed: where the session is lost at that
   * moment, the server is asked what became of it.
   */
  async commit<T>(
    reach: Reach,
    work: (session: Session, begun: (transaction: string) => void) => Promise<T>,
  ): Promise<T> {
    const client = await this.#acquire();
    const session = sessionOf(client);
    let transaction: string | undefined;
    let result: { readonly value: T } | undefined;
    try {
      await this.#begin(client, reach);
      const value = await work(session, (number) => {
        transaction = number;
      });
      result = { value };
      await session.run("COMMIT");
      client.release();
      return value;
    } catch (error) {
      await this.#giveBack(client, error);
      if (result === undefined || transaction === undefined || !isLost(error)) throw error;
      await this.#assertCommitted(transaction, error);
      return result.value;
    }
  }

  /** Resolves where the transaction was committed after all; rejects where it was not, or where nobody can tell. */
  async #assertCommitted(transaction: string, lost: unknown): Promise<void> {
    const until = performance.now() + this.#outcomeTimeoutMs;
    while (performance.now() < until) {
      const status = await this.#statusOf(transaction);
      if (status === "committed") return;
      if (status === "aborted") throw classified(lost);
      await new Promise((resolve) => setTimeout(resolve, askAgainMs));
    }
    throw new OutcomeUnknown({ cause: lost });
  }

  async #statusOf(transaction: string): Promise<Cell | undefined> {
    try {
      const [row] = await this.use((session) => session.run("SELECT pg_xact_status($1::xid8)", [transaction]));
      return row?.[0];
    } catch (error) {
      if (error instanceof StoreUnavailable) return undefined;
      // A server that has never heard of it: a stand-by took over before the transaction had reached it.
      if (codeOf(error) === "22023") return "aborted";
      throw error;
    }
  }

  async #giveBack(client: PoolClient, error: unknown): Promise<void> {
    if (isLost(error)) return client.release(true);
    try {
      await client.query("ROLLBACK");
      client.release();
    } catch {
      client.release(true);
    }
  }

  async #acquire(): Promise<PoolClient> {
    try {
      const client = await this.#pool.connect();
      if (!this.#setUp.has(client)) await this.#prepare(client);
      return client;
    } catch (error) {
      const known = classified(error);
      if (known instanceof StoreUnavailable) throw known;
      throw new StoreUnavailable(`cannot connect to ${this.address.shown}: ${reasonOf(error)}`, { cause: error });
    }
  }

  /** A server that stops in the middle of a transaction must not hold its locks for ever; durability is never less than the disk. */
  async #prepare(client: PoolClient): Promise<void> {
    try {
      await client.query(`SET search_path = ${this.address.schema};
        SET idle_in_transaction_session_timeout = '30s';
        SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`);
      this.#setUp.add(client);
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  async close(): Promise<void> {
    if (!this.#pool.ending) await this.#pool.end();
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}

function sessionOf(client: PoolClient): Session {
  const ask = (statement: string | Prepared, cells: readonly unknown[] = []) => {
    const named = typeof statement === "string" ? { text: statement } : { name: statement.name, text: statement.sql };
    return client.query<Cell[]>({ ...named, values: [...cells], rowMode: "array" });
  };
  return {
    run: async (statement, cells) => (await ask(statement, cells)).rows,
    change: async (statement, cells) => (await ask(statement, cells)).rowCount ?? 0,
  };
}
