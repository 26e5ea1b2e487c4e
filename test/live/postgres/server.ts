/** The PostgreSQL of a test run: `TEMPERC_TEST_POSTGRES_URL`, or one that the first test to ask starts for all of them. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { inject } from "vitest";

const startedWithinMs = 90_000;
let schemas = 0;

/** The URL of an empty schema that nobody else has. */
export async function freshPostgres(): Promise<string> {
  const url = new URL(await serverUrl());
  schemas += 1;
  url.searchParams.set("schema", `test_${process.pid}_${Date.now().toString(36)}_${schemas}`);
  return url.href;
}

/** The URL of the server. Rejects with the reason where there is none to be had. */
export async function serverUrl(): Promise<string> {
  const given = process.env.TEMPERC_TEST_POSTGRES_URL;
  if (given !== undefined) return given;
  const { folder, owner } = inject("postgres");
  if (isFirst(folder)) startKeeper(folder, owner);
  const until = Date.now() + startedWithinMs;
  while (!existsSync(join(folder, "url"))) {
    if (existsSync(join(folder, "failed"))) throw new Error(readFileSync(join(folder, "failed"), "utf8"));
    if (Date.now() > until) throw new Error(`PostgreSQL did not start within ${startedWithinMs} ms`);
    await sleep(50);
  }
  return readFileSync(join(folder, "url"), "utf8");
}

/** The rows that a statement gives, as texts: for looking behind a store's back, at everybody's rows where nothing else is said. */
export async function asked(sql: string, reach = "*"): Promise<readonly (readonly unknown[])[]> {
  const client = new pg.Client({ connectionString: await serverUrl() });
  await client.connect();
  try {
    await client.query("SELECT set_config('temperc.reach', $1, false)", [reach]);
    return (await client.query<unknown[]>({ text: sql, rowMode: "array" })).rows;
  } finally {
    await client.end();
  }
}

/** Making a folder succeeds for one of several processes. */
function isFirst(folder: string): boolean {
  try {
    mkdirSync(join(folder, "started"));
    return true;
  } catch {
    return false;
  }
}

function startKeeper(folder: string, owner: number): void {
  const log = openSync(join(folder, "log"), "w");
  const keeper = spawn(
    process.execPath,
    [fileURLToPath(new URL("./keeper.mjs", import.meta.url)), folder, String(owner)],
    {
      detached: true,
      stdio: ["ignore", log, log],
    },
  );
  writeFileSync(join(folder, "keeper"), String(keeper.pid));
  keeper.unref();
}
