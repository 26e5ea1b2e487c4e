/** Every form of the language beside what it is lowered to: a table that a reader takes in at a glance. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compile, outline, type SourceFile } from "../../compiler/index.ts";

/** One block a form: the form as it is written, and below it what it says, or what is wrong with it. */
export function loweredForms(folder: string): string {
  const base = readFileSync(join(folder, "base.ioa.toml"), "utf8");
  const forms = readFileSync(join(folder, "forms.txt"), "utf8").split("\n");
  const plain = outlineOf(base);
  return forms
    .filter((form) => form !== "")
    .map((form) => (form.startsWith("##") ? `\n${form}` : lowered(form, base, plain)))
    .join("\n")
    .trimStart()
    .concat("\n");
}

function lowered(form: string, base: string, plain: readonly string[]): string {
  const written = form.replaceAll("\\n", "\n");
  const text = base.replace("#FORM", () => written);
  const { program, diagnostics } = compile({ name: "language", files: [behaviour(text)] });
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (program === undefined) {
    return [written, ...errors.map(({ code, message }) => `    ✗ ${code}: ${message}`)].join("\n");
  }
  const says = outline(program).split("\n");
  const fresh = says.filter((line) => !plain.includes(line)).map((line) => `    ${line.trim()}`);
  return [written, ...(fresh.length === 0 ? ["    nothing"] : fresh)].join("\n");
}

function outlineOf(base: string): readonly string[] {
  const { program } = compile({ name: "language", files: [behaviour(base)] });
  if (program === undefined) throw new Error("the base of the forms does not compile");
  return outline(program).split("\n");
}

function behaviour(text: string): SourceFile {
  return { path: "base.ioa.toml", bytes: new TextEncoder().encode(text) };
}
