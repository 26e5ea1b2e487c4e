/** Which policies a submission has changed: whoever may write specs need not be whoever says who may do what. */
import type { SpecFile } from "@temperc/runtime";

/** The files of policies that are in one of the two and not in the other, by their text: where a file lies does not matter. */
export function otherPolicies(live: readonly SpecFile[], submitted: readonly SpecFile[]): readonly string[] {
  const [before, after] = [policiesIn(live), policiesIn(submitted)];
  const only = (these: readonly SpecFile[], those: readonly SpecFile[]) =>
    these.filter(({ text }) => !those.some((other) => other.text === text)).map(({ path }) => path);
  return [...new Set([...only(after, before), ...only(before, after)])].sort();
}

function policiesIn(files: readonly SpecFile[]): readonly SpecFile[] {
  return files.filter(({ path }) => path.endsWith(".cedar"));
}
