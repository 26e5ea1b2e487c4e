/** `check`: cold `temperc check` on 1, 100 and 1,000 generated entity types, beside a process that only parses their TOML. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse as parseToml } from "smol-toml";
import { compile } from "../dist/compiler/index.js";
import { summary } from "./measure.mjs";

const runs = 5;
const sizes = [1, 100, 1_000];
const alone = fileURLToPath(new URL("./parse-alone.mjs", import.meta.url));
const mistakes = fileURLToPath(new URL("./five-mistakes.mjs", import.meta.url));
const peak = ["--import", new URL("./peak-memory.mjs", import.meta.url).href];

/** An order of the example shop, as another entity type. */
const order = readFileSync("examples/ecommerce/order.ioa.toml", "utf8");
const typed = (number) => order.replaceAll('"Order"', `"Order${number}"`);

export async function benchCheck(progress) {
  const folders = new Map();
  try {
    for (const size of sizes) folders.set(size, folderOf(size));
    const figures = sizes.map((size) => measured(size, folders.get(size), progress));
    progress("compiling and parsing in one process");
    const rates = inProcess();
    const fiveMistakesMs = firstChecks();
    const [one, , thousand] = figures;
    return {
      columns: [
        "entity types",
        "lines",
        "temperc check ms",
        "spread %",
        "peak MiB",
        "TOML parser alone ms",
        "peak MiB ",
      ],
      rows: figures.map(({ size, lines, checkMs, checkMiB, parseMs, parseMiB }) => [
        size.toLocaleString("en-US"),
        lines,
        checkMs.median,
        checkMs.spreadPercent,
        checkMiB,
        parseMs.median,
        parseMiB,
      ]),
      conclusions: [
        `1,000 types cold in ${Math.round(thousand.checkMs.median)} ms (to reach: at most 3,000)`,
        `a type more costs ${((thousand.checkMs.median - one.checkMs.median) / 999).toFixed(2)} ms; of 100 to 1,000 it is ${growth(figures).toFixed(2)} times that of 1 to 100`,
        `warm, 100 types: ${Math.round(rates.compiled.median).toLocaleString("en-US")} lines of TOML a second checked, ${Math.round(rates.parsed.median).toLocaleString("en-US")} only parsed by smol-toml`,
        `five mistakes in one spec shown in ${Math.round(fiveMistakesMs.median)} ms after start-up, never compiled before (to reach: under 100)`,
      ],
      figures: { cold: figures, warm: rates, fiveMistakesMs },
    };
  } finally {
    for (const folder of folders.values()) rmSync(folder, { recursive: true, force: true });
  }
}

function folderOf(size) {
  const folder = mkdtempSync(join(tmpdir(), "temperc-bench-"));
  for (let number = 0; number < size; number++) writeFileSync(join(folder, `order${number}.ioa.toml`), typed(number));
  writeFileSync(join(folder, "all.cedar"), '@id("all")\npermit (principal is Admin, action, resource);\n');
  return folder;
}

function measured(size, folder, progress) {
  progress(`${size} types`);
  const lines = size * order.split("\n").length;
  const check = cold(["dist/cli/main.js", "check", folder]);
  const parse = cold([alone, folder]);
  return { size, lines, checkMs: check.ms, checkMiB: check.mebibytes, parseMs: parse.ms, parseMiB: parse.mebibytes };
}

function cold(args) {
  const all = Array.from({ length: runs }, () => {
    const startedAt = performance.now();
    const { status, stderr } = spawnSync(process.execPath, [...peak, ...args], { encoding: "utf8" });
    const ms = performance.now() - startedAt;
    if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}:\n${stderr}`);
    return { ms, mebibytes: Number(/peak memory (\d+)/.exec(stderr)?.[1]) / 1_024 };
  });
  return { ms: summary(all.map(({ ms }) => ms)), mebibytes: Math.max(...all.map(({ mebibytes }) => mebibytes)) };
}

function firstChecks() {
  return summary(
    Array.from({ length: runs }, () => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [mistakes], { encoding: "utf8" });
      if (status !== 0) throw new Error(stderr);
      return Number(stdout);
    }),
  );
}

/** How much more a type costs among many than among few: 1 is linear. */
function growth([one, hundred, thousand]) {
  const few = (hundred.checkMs.median - one.checkMs.median) / (hundred.size - one.size);
  return (thousand.checkMs.median - hundred.checkMs.median) / (thousand.size - hundred.size) / few;
}

function inProcess() {
  const texts = Array.from({ length: 100 }, (_, number) => typed(number));
  const files = texts.map((text, number) => ({ path: `order${number}.ioa.toml`, bytes: Buffer.from(text) }));
  const lines = 100 * order.split("\n").length;
  const rate = (work) => {
    work();
    return summary(
      Array.from({ length: runs }, () => {
        const startedAt = performance.now();
        work();
        return (lines * 1_000) / (performance.now() - startedAt);
      }),
    );
  };
  return {
    compiled: rate(() => {
      if (compile({ name: "bench", files }).program === undefined)
        throw new Error("the generated types do not compile");
    }),
    parsed: rate(() => {
      for (const text of texts) parseToml(text);
    }),
  };
}
