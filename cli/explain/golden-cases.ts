/** The golden cases of diagnostics that the package ships: a spec with one mistake each, and what is printed about it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../package-root.ts";

export interface GoldenCase {
  /** Text by path. */
  readonly spec: Readonly<Record<string, string>>;
  readonly printed: string;
}

/** The case of every code. */
export function readGoldenCases(): Readonly<Record<string, GoldenCase>> {
  // Our own build wrote the file, in this shape.
  return JSON.parse(readFileSync(join(packageRoot, "dist/diagnostics.json"), "utf8")) as Readonly<
    Record<string, GoldenCase>
  >;
}
