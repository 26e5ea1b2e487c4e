/** Files that nothing leads to, and imports that lead nowhere. */
import { type CodeFile, type Finding, findingAt } from "./code-file.ts";
import { importsOf } from "./imports.ts";

/** Where the world comes in: published entries, commands, and what a tool loads by its name. */
const entries = [
  /\.test\.ts$/,
  /\.config\.ts$/,
  /^(compiler|verify|cli|runtime-lib)\/index\.ts$/,
  /^runtime-lib\/kernel\/index\.ts$/,
  /^compiler\/ir\/index\.ts$/,
  /^cli\/main\.ts$/,
  /^cli\/plane\/(verify|nursery)-process\.ts$/,
  /^\.ci\//,
  /^bench\/(main|swap-process)\.mjs$/,
  /^bench\/serve\/[a-z]+-process\.mjs$/,
  /^bench\/peers\/(durable-objects|restate|cap\/start|cap\/srv\/shop)\.mjs$/,
  /^test\/golden\/(update|session)\.mjs$/,
  /^test\/(dearest-first|live\/(postgres\/setup|verdicts))\.ts$/,
  /^examples\/[a-z-]+\/(main|nightly)\.ts$/,
];

/** Every file that no entry reaches, and every import of a file that is not there. */
export function orphans(files: readonly CodeFile[]): readonly Finding[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reached = new Set<string>();
  const waiting = files.filter((file) => entries.some((entry) => entry.test(file.path)));
  const missing: Finding[] = [];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file.path)) continue;
    reached.add(file.path);
    for (const { node, target } of importsOf(file)) {
      if (target === undefined || isMadeByTheBuild(target)) continue;
      const next = byPath.get(target);
      if (next === undefined)
        missing.push(findingAt(file, node, `imports ${target}, which is not there`, "write it or drop the import"));
      else waiting.push(next);
    }
  }
  return [...missing, ...files.filter((file) => !reached.has(file.path)).map(orphan)];
}

function isMadeByTheBuild(path: string): boolean {
  return /(^|\/)(dist|generated)\//.test(path) || path.endsWith(".json");
}

function orphan(file: CodeFile): Finding {
  return {
    path: file.path,
    line: 1,
    problem: "nothing imports it",
    advice: "delete it, or import it where it is used",
  };
}
