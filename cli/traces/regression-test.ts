/** A trace as the text of a vitest test: it fails while the run breaks its property, and passes once the spec is mended. */
import { basename, dirname, relative, resolve } from "node:path";
import type { JointTraceFile, TraceFile } from "../../verify/index.ts";

export interface TestPlace {
  /** The file of the test. */
  readonly path: string;
  readonly tracePath: string;
  /** The spec folder. */
  readonly specs: string;
}

/** Ends with a line break. Whatever the trace says stands in it as a quoted text. */
export function regressionTest(trace: TraceFile | JointTraceFile, { path, tracePath, specs }: TestPlace): string {
  const { property, entities } = trace;
  const subject = [...new Set(entities.map(({ automaton }) => automaton))].join(", ");
  const folder = `${relative(dirname(resolve(path)), resolve(specs)).replaceAll("\\", "/")}/`;
  const rerun = trace.level === "composition" ? "rerunTogether" : "rerunCalls";
  return [
    `/** The run of ${inComment(basename(tracePath))} must not break its property again. Written by temperc replay --to-test; yours to edit. */`,
    `import { ${rerun} } from "temperc";`,
    `import { expect, test } from "vitest";`,
    "",
    `test(${quote(`${subject} keeps ${property.name}: ${property.text}`)}, async () => {`,
    `  const run = await ${rerun}({`,
    `    specs: new URL(${quote(folder.startsWith(".") ? folder : `./${folder}`)}, import.meta.url),`,
    `    property: ${literal({ kind: property.kind, name: property.name })},`,
    `    entities: ${literal(trace.level === "composition" ? trace.entities : started(trace))},`,
    ...runOf(trace),
    "  });",
    `  expect(run.broken, run.summary).toBe(false);`,
    "});",
    "",
  ].join("\n");
}

function started({ entities }: TraceFile): unknown {
  return entities.map(({ name, automaton }) => ({ name, automaton }));
}

function runOf(trace: TraceFile | JointTraceFile): readonly string[] {
  const asked =
    trace.level === "composition"
      ? trace.steps.map(({ after: _, refusal: __, ...step }) => step)
      : trace.steps.map(({ entity, action, params }) => ({ entity, action, params }));
  const name = trace.level === "composition" ? "steps" : "calls";
  return [`    ${name}: [`, ...asked.map((step) => `      ${literal(step)},`), "    ],"];
}

/** As a person would write it: names without quotes where they need none. */
function literal(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  const fields = Object.entries(value).map(([name, each]) => `${nameOf(name)}: ${literal(each)}`);
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}

function nameOf(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : quote(name);
}

function quote(text: string): string {
  return JSON.stringify(text).replace(/[\u2028\u2029]/g, (each) => `\\u${each.charCodeAt(0).toString(16)}`);
}

function inComment(text: string): string {
  return text.replace(/[^\p{L}\p{N} ._-]/gu, "_");
}
