/** Binds lists of statuses: declared ones once each, referred ones to what is declared. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { Status } from "../ir/automaton.ts";
import type { TomlString } from "../parse/toml.ts";
import { distinct, isUsableStatus } from "./names.ts";

/** The closed set of statuses of an automaton. */
export function bindStatuses(declared: readonly TomlString[], report: Report): readonly Status[] {
  const usable = declared.filter((name) => isUsableStatus(name, report)).map((name) => ({ name }));
  return distinct("the status", usable, report).map(({ name }) => ({ name: name.value, span: name.span }));
}

interface StatusScope {
  readonly automaton: string;
  readonly statuses: readonly string[];
}

/** The names that are statuses, each once. Reports `bind/unknown-status` for the others. */
export function knownStatuses(
  names: readonly TomlString[],
  { automaton, statuses }: StatusScope,
  report: Report,
): readonly string[] {
  const known = names.filter(({ value, span }) => {
    if (statuses.includes(value)) return true;
    report("bind/unknown-status", span, { automaton, status: value }, { hint: didYouMean(value, statuses) });
    return false;
  });
  return [...new Set(known.map(({ value }) => value))];
}
