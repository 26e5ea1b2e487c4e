/** Policies of no program as a decision function: emitted, and loaded beside this process's own kernel. */
import { compileFunction } from "node:vm";
import * as kernel from "@temperc/runtime/kernel";
import { everyAction, type LonePolicy, loneDecision, loneModule } from "../../compiler/index.ts";
import { readTemplates } from "../package-root.ts";

/** What the policies say of a request, as the code that the compiler emits for them says it. */
export async function compiledDecision(policies: readonly LonePolicy[]): Promise<kernel.Decide> {
  const code = await loneModule(loneDecision(policies, readTemplates()));
  const module: { exports: { decisions?: Readonly<Record<string, kernel.Decide>> } } = { exports: {} };
  compileFunction(code, ["module", "exports", "require"], { filename: "temperc:decisions" })(
    module,
    module.exports,
    () => kernel,
  );
  const decide = module.exports.decisions?.[everyAction];
  if (decide === undefined) throw new Error("the emitted policies have no decision function");
  return decide;
}
