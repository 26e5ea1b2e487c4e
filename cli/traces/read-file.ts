/** A trace file from the disk, held to its limits before it is parsed. */
import { open } from "node:fs/promises";
import { type JointTraceFile, readTrace, type TraceFile, type TraceLimits } from "../../verify/index.ts";
import { type Refusal, reasonOf, unusable } from "../refusal.ts";

export async function readTraceFile(
  path: string,
  limits: TraceLimits,
): Promise<{ readonly kind: "trace"; readonly trace: TraceFile | JointTraceFile } | Refusal> {
  const text = await textOf(path, limits.traceBytesMax);
  if (typeof text !== "string") return text;
  const read = readTrace(text, limits);
  if (read.kind === "trace") return read;
  return unusable(
    `${path} cannot be replayed: ${read.message}`,
    "temperc verify writes such files; docs/traces.md says what is in them",
  );
}

async function textOf(path: string, bytesMax: number): Promise<string | Refusal> {
  try {
    const file = await open(path, "r");
    try {
      if (!(await file.stat()).isFile()) return unusable(`${path} is no file`, "name a *.trace.json file");
      const { size } = await file.stat();
      if (size > bytesMax)
        return unusable(
          `${path} has ${size} bytes, and ${bytesMax} are the limit`,
          `raise it with --limit traceBytesMax=${size}`,
        );
      return new TextDecoder("utf-8", { fatal: true }).decode(await file.readFile());
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof TypeError) return unusable(`${path} is not UTF-8`, "name a *.trace.json file");
    return unusable(`cannot read ${path}: ${reasonOf(error)}`, "temperc verify prints where it writes its traces");
  }
}
