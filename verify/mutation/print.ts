/** The mutation report as text for people: a line an automaton, then what nothing protects, a line a place in the spec. */
import { paintIn } from "../paint.ts";
import { visible } from "../print-value.ts";
import { type MutationReport, type Survivor, score, total } from "./report.ts";

/** Ends with a line break. */
export function printMutation(reports: readonly MutationReport[], options: { readonly color: boolean }): string {
  const paint = paintIn(options.color);
  const width = Math.max(0, ...reports.map(({ subject }) => visible(subject).length));
  const lines = reports.map((report) => `mutation  ${visible(report.subject).padEnd(width)}  ${figures(report)}`);
  const { survivors, undecided } = total(reports);
  return [
    ...lines,
    ...(reports.length > 1 ? [`mutation  ${"all".padEnd(width)}  ${figures(total(reports))}`] : []),
    ...list("not protected by any property:", survivors, paint("violated", "✗")),
    ...list("not caught as far as could be decided:", undecided, paint("unknown", "?")),
    "",
  ].join("\n");
}

/** `score 89%: 118 of 132 mutants caught, 14 not; 7 more are equivalent`. */
function figures(report: Omit<MutationReport, "subject">): string {
  const { mutants, killed, equivalent, survivors, undecided, untried } = report;
  const part = score(report);
  const all = mutants - equivalent - untried;
  const known = [
    `${killed} of ${all} mutants caught`,
    ...(survivors.length === 0 ? [] : [`${survivors.length} not`]),
    ...(undecided.length === 0 ? [] : [`${undecided.length} not decided`]),
    ...(equivalent === 0 ? [] : [`${equivalent} more are equivalent to the spec`]),
    ...(untried === 0 ? [] : [`${untried} more were not tried`]),
  ];
  return `${part === undefined ? "no score" : `score ${Math.floor(part * 100)}%`}: ${known.join(", ")}`;
}

function list(title: string, survivors: readonly Survivor[], sign: string): readonly string[] {
  if (survivors.length === 0) return [];
  const rows = grouped(survivors);
  const width = Math.max(...rows.map(([place]) => place.length));
  return ["", title, ...rows.map(([place, change]) => `  ${sign} ${place.padEnd(width)}  ${change}`)];
}

/** A rule that may lead to any of several statuses and nobody notices is one finding. */
function grouped(survivors: readonly Survivor[]): readonly (readonly [place: string, change: string])[] {
  const rows = new Map<string, { readonly place: string; readonly changes: string[] }>();
  for (const { kind, action, change, source } of survivors) {
    const [what = "", ...others] = change.split(": ");
    const place = `${visible(source)} ${visible(action)}`;
    const key = kind === "to-redirected" ? `${place} ${what}` : `${place} ${change}`;
    const known = rows.get(key);
    if (known === undefined) rows.set(key, { place, changes: [visible(change)] });
    else known.changes.push(visible(others.join(": ")));
  }
  return [...rows.values()].map(({ place, changes }) => [place, changes.join(", ")]);
}
