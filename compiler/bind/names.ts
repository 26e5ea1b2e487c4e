/** Which names a behaviour file may give: OData's simple identifiers, minus those that the runtime owns. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/span.ts";
import type { TomlString } from "../parse/toml.ts";

/** OData CSDL 4.01, 15.2: a SimpleIdentifier has at most 128 characters. */
const nameLengthMax = 128;
const simpleIdentifier = /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}\p{Cf}]*$/u;

/** Names that would reach an object's prototype in JavaScript. */
const prototypeNames: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);
const runtimeNames: ReadonlySet<string> = new Set(["id", "status"]);
/** What policies know of a call by these names, whatever it was called with. */
const contextNames: ReadonlySet<string> = new Set(["tenant", "session", "agentTypeVerified"]);
const contextStatus = /^ctx_.*_status$/i;

/** True for a usable name. Reports `bind/invalid-name` or `bind/reserved-name`. */
export function isUsable(what: string, name: TomlString, report: Report): boolean {
  const why = problemOf(name.value);
  if (why !== undefined) {
    report("bind/invalid-name", name.span, { what, name: name.value.slice(0, nameLengthMax), why });
    return false;
  }
  if (!prototypeNames.has(name.value)) return true;
  report("bind/reserved-name", name.span, { what, name: name.value });
  return false;
}

/** As `isUsable`; a variable also cannot take the place of the id or the status, whatever its case. */
export function isUsableVariable(name: TomlString, report: Report): boolean {
  if (!isUsable("a variable", name, report)) return false;
  if (!runtimeNames.has(name.value.toLowerCase()) && !contextStatus.test(name.value)) return true;
  report("bind/reserved-name", name.span, { what: "a variable", name: name.value });
  return false;
}

/** As `isUsable`; a parameter also cannot pass for what the runtime itself tells policies of a call. */
export function isUsableParameter(name: TomlString, report: Report): boolean {
  if (!isUsable("a parameter", name, report)) return false;
  if (!contextNames.has(name.value) && !contextStatus.test(name.value)) return true;
  report("bind/reserved-name", name.span, { what: "a parameter", name: name.value });
  return false;
}

function problemOf(name: string): string | undefined {
  if (name.length > nameLengthMax) return `a name has at most ${nameLengthMax} characters`;
  if (!simpleIdentifier.test(name)) return "a name is letters, digits and _, and does not begin with a digit";
  return undefined;
}

/** True for a usable status: any printable text, since it is always quoted. Reports `bind/invalid-name`. */
export function isUsableStatus(name: TomlString, report: Report): boolean {
  const why = statusProblem(name.value);
  if (why === undefined) return true;
  report("bind/invalid-name", name.span, { what: "a status", name: name.value.slice(0, nameLengthMax), why });
  return false;
}

function statusProblem(name: string): string | undefined {
  if (name.trim() === "") return "it is empty";
  if (name.length > nameLengthMax) return `a status has at most ${nameLengthMax} characters`;
  if (/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(name)) return "it contains control characters";
  return undefined;
}

/** Tells of each name whether it is the first of its kind. Reports `bind/duplicate-name` of those that are not. */
export function firstOf(what: string, report: Report): (name: string, span: Span) => boolean {
  const seen = new Map<string, Span>();
  return (name, span) => {
    const earlier = seen.get(name);
    seen.set(name, earlier ?? span);
    if (earlier !== undefined) report("bind/duplicate-name", span, { what, name }, firstIs(earlier));
    return earlier === undefined;
  };
}

function firstIs(span: Span) {
  return { notes: [{ message: "the first is here", span }] };
}

/** Those whose names were not there before. Reports `bind/duplicate-name`, and `bind/same-but-for-case` for the rest. */
export function distinct<T extends { readonly name: TomlString }>(
  what: string,
  all: readonly T[],
  report: Report,
): readonly T[] {
  const seen = new Map<string, TomlString>();
  return all.filter(({ name }) => {
    const folded = name.value.toLowerCase();
    const earlier = seen.get(folded);
    seen.set(folded, earlier ?? name);
    if (earlier === undefined) return true;
    const advice = firstIs(earlier.span);
    if (earlier.value === name.value) report("bind/duplicate-name", name.span, { what, name: name.value }, advice);
    else report("bind/same-but-for-case", name.span, { what, name: name.value, other: earlier.value }, advice);
    return false;
  });
}
