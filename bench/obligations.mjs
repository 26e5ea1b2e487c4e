/** `obligations`: a second opinion. Every obligation of the corpus and the examples is put to other solvers too; their answers must agree. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeScript } from "../dist/cli/kernel/write-script.js";
import { startZ3 } from "../dist/cli/kernel/z3.js";
import { compile } from "../dist/compiler/index.js";
import { obligationsOf } from "../dist/verify/l0-symbolic/obligations.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** For one question; what takes longer is unknown. */
const questionMsMax = 2_000;

/** The most that Z3 can count: its time is what ends it, as that of the others. */
const workMax = 2 ** 32 - 1;

/** The solvers beside our own, as Debian has them. */
const others = [
  { name: "z3", arguments: ["-smt2", `-t:${questionMsMax}`] },
  { name: "cvc5", arguments: ["--lang", "smt2", "--incremental", `--tlimit-per=${questionMsMax}`] },
];

export async function benchObligations(progress) {
  const scripts = [...specFolders()].flatMap(scriptsOf);
  const folder = mkdtempSync(join(tmpdir(), "temperc-obligations-"));
  const own = startZ3();
  const opinions = [];
  try {
    progress(`${scripts.length} scripts`);
    opinions.push(await opinionOf("z3-solver (WebAssembly)", scripts, (script) => asked(own, script)));
    for (const other of others) {
      progress(other.name);
      const { error, stdout } = spawnSync(other.name, ["--version"], { encoding: "utf8" });
      if (error !== undefined) opinions.push({ name: `${other.name}: not installed`, answers: undefined });
      else {
        const [version] = /\d+\.\d+[.\d]*/.exec(stdout) ?? [""];
        opinions.push(
          await opinionOf(`${other.name} ${version}`, scripts, (script) => askedOutside(other, script, folder)),
        );
      }
    }
  } finally {
    await own.end();
    rmSync(folder, { recursive: true, force: true });
  }
  return report(scripts, opinions);
}

function* specFolders() {
  const corpus = join(root, "golden/verify");
  for (const name of foldersIn(corpus)) yield join(corpus, name, "spec");
  for (const name of foldersIn(join(root, "examples"))) yield join(root, "examples", name);
}

function foldersIn(folder) {
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return entries.map(({ name }) => name).sort();
}

/** One script an automaton; a folder without a spec has none. */
function scriptsOf(folder) {
  const names = readdirSync(folder).filter((name) => /\.(ioa\.toml|csdl\.xml|cedar)$/.test(name));
  const files = names.sort().map((name) => ({ path: name, bytes: readFileSync(join(folder, name)) }));
  const { program } = compile({ name: "corpus", files });
  return (program?.automata ?? []).map((automaton) => {
    const { text, questions } = obligationsOf(automaton, writeScript);
    return { name: `${folder.slice(root.length + 1)}: ${automaton.name}`, text, questions };
  });
}

async function opinionOf(name, scripts, ask) {
  const answers = [];
  const started = performance.now();
  for (const script of scripts) {
    const output = await ask(script);
    const given = output.match(/^(sat|unsat|unknown|timeout)$/gm) ?? [];
    // A solver that gives up at a question may stop there: what it does not answer is unknown.
    answers.push(
      script.questions.map((_, index) => (/^(sat|unsat)$/.test(given[index] ?? "") ? given[index] : "unknown")),
    );
  }
  return { name, answers, seconds: (performance.now() - started) / 1000 };
}

async function asked(solver, { text, questions }) {
  const session = await solver.open({ work: workMax, ms: questionMsMax * questions.length, shouldStop: () => false });
  const output = await session.run(text);
  session.close();
  return output;
}

function askedOutside({ name, arguments: given }, { text }, folder) {
  const file = join(folder, "obligations.smt2");
  writeFileSync(file, text);
  return spawnSync(name, [...given, file], { encoding: "utf8" }).stdout;
}

function report(scripts, opinions) {
  const [own] = opinions;
  const differences = opinions.slice(1).flatMap(({ name, answers }) => differencesOf(name, answers, own, scripts));
  const contradictions = differences.filter(({ isContradiction }) => isContradiction);
  const rows = opinions.map(({ name, answers, seconds }) => [name, ...countsOf(answers), seconds?.toFixed(2) ?? "-"]);
  if (contradictions.length > 0)
    throw new Error(`solvers contradict each other:\n${textsOf(contradictions).join("\n")}`);
  const asked = opinions.filter(({ answers }) => answers !== undefined).length;
  return {
    columns: ["solver", "scripts", "questions", "sat", "unsat", "unknown", "seconds"],
    rows,
    conclusions: [
      asked === 1 ? "no other solver is installed" : `no solver contradicts another on any question`,
      ...(differences.length === 0 ? [] : ["decided by one and given up by the other:", ...textsOf(differences)]),
    ],
    figures: rows,
  };
}

function countsOf(answers) {
  if (answers === undefined) return ["-", "-", "-", "-", "-"];
  const all = answers.flat();
  const count = (answer) => String(all.filter((each) => each === answer).length);
  return [String(answers.length), String(all.length), count("sat"), count("unsat"), count("unknown")];
}

function differencesOf(name, answers, own, scripts) {
  return (answers ?? []).flatMap((given, script) =>
    given.flatMap((answer, question) => {
      const ours = own.answers[script][question];
      if (answer === ours) return [];
      const isContradiction = answer !== "unknown" && ours !== "unknown";
      const { kind, invariant = "", rule } = scripts[script].questions[question];
      const what = `${kind} ${rule === undefined ? "" : `of rule ${rule + 1} `}${invariant}`.trim();
      return [{ isContradiction, text: `  ${scripts[script].name}, ${what}: ${ours}, ${name} says ${answer}` }];
    }),
  );
}

function textsOf(differences) {
  return differences.map(({ text }) => text);
}
