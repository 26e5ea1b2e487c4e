/** `serve [part ...]`: the service under load over real sockets, beside bare Fastify, SAP CAP, Durable Objects and Restate. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { measureActors } from "./actors.mjs";
import { measureCheckouts } from "./checkouts.mjs";
import { measureLife } from "./life.mjs";
import { measureRequests } from "./requests.mjs";
import { columns, rowOf } from "./rounds.mjs";
import { measureRows } from "./rows.mjs";

/** Each gives its figures, of which the table has a row each, and what they come to. */
export const serveParts = new Map([
  ["checkouts", measureCheckouts],
  ["requests", measureRequests],
  ["rows", measureRows],
  ["actors", measureActors],
  ["life", measureLife],
]);

/** All parts, or those that are named. */
export async function benchServe(progress, names = []) {
  const [figures, conclusions] = [[], []];
  for (const [name, measure] of serveParts) {
    if (names.length > 0 && !names.includes(name)) continue;
    progress(name);
    const folder = mkdtempSync(join(tmpdir(), "temperc-bench-"));
    try {
      const part = await measure(folder, progress);
      figures.push(...part.figures);
      conclusions.push(...part.conclusions);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return { columns, rows: figures.map(rowOf), conclusions, figures };
}
