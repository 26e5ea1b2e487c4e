/** What a name in the contract may be: a simple identifier, none of JavaScript's traps, and unlike its neighbours even by case. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/span.ts";
import type { CsdlElement, Located } from "../parse/csdl.ts";

interface Named {
  readonly name: string;
  readonly span: Span;
}

const simpleIdentifier = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
/** OData's rule (CSDL 4.01, 17.2), which lets other scripts in. */
export const unicodeIdentifier = /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}\p{Cf}]{0,127}$/u;

const prototypeTraps: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** Cedar keeps these for itself, or the generated schema means its own types by them. */
const cedarReserved: ReadonlySet<string> = new Set([
  ...["Action", "Bool", "Long", "String", "decimal", "__cedar"],
  ...["else", "false", "has", "if", "in", "is", "like", "then", "true"],
]);

/** Attributes that the runtime puts on every Cedar resource itself, or on those that are principals as well. */
const cedarAttributesOfRuntime: ReadonlySet<string> = new Set(["id", "tenant"]);
const cedarAttributesOfPrincipals: ReadonlySet<string> = new Set(["kind", "roles"]);

/** The Cedar types of callers. An entity type of one of these names is both principal and resource. */
export const principalTypes: readonly string[] = ["Customer", "Agent", "Admin", "System"];

/** Where a name is judged: what is wrong is reported, and what is right but not served yet is noted. */
export interface Naming {
  readonly report: Report;
  readonly later: (construct: string, span: Span, element?: CsdlElement) => void;
}

/** True when the name can be used everywhere that names go; otherwise it is reported, or noted with the element that it names. */
export function isUsableName(name: Located, { report, later }: Naming, element?: CsdlElement): boolean {
  if (simpleIdentifier.test(name.text)) {
    if (!prototypeTraps.has(name.text)) return true;
    report("bind/csdl-reserved-name", name.span, {
      name: name.text,
      why: "JavaScript gives it a meaning on every object",
    });
    return false;
  }
  if (unicodeIdentifier.test(name.text)) {
    later(`the name "${name.text}" with letters beyond A to Z`, name.span, element);
    return false;
  }
  const hint = "letters, digits and _, not starting with a digit, at most 128";
  report("bind/csdl-invalid-name", name.span, { name: name.text }, { hint });
  return false;
}

/** The same for an entity type, whose name is a Cedar type too. */
export function isUsableEntityName(name: Located, naming: Naming, element?: CsdlElement): boolean {
  if (!isUsableName(name, naming, element)) return false;
  if (!cedarReserved.has(name.text)) return true;
  naming.report("bind/csdl-reserved-name", name.span, {
    name: name.text,
    why: "it is a word of the policy language Cedar",
  });
  return false;
}

/** True for the name of a type as policies have it. */
export function isCedarName(name: string): boolean {
  return simpleIdentifier.test(name) && !cedarReserved.has(name);
}

/** Reports properties whose Cedar attribute would hide one that the runtime sets; the key may be called `id`. */
export function checkAttributeNames(entity: string, key: string, properties: readonly Named[], report: Report): void {
  const principal = principalTypes.includes(entity);
  for (const { name, span } of properties) {
    const taken = cedarAttributesOfRuntime.has(name) || (principal && cedarAttributesOfPrincipals.has(name));
    if (!taken || name === key) continue;
    report("bind/csdl-reserved-name", span, { name, why: "policies know another attribute by it" });
  }
}

/** The first of each name, ignoring case (columns and some file systems do); the others are reported and left out. */
export function distinct<T extends Named>(what: string, all: readonly T[], report: Report): readonly T[] {
  const seen = new Map<string, T>();
  return all.filter((each) => {
    const folded = each.name.toLowerCase();
    const first = seen.get(folded);
    if (first === undefined) {
      seen.set(folded, each);
      return true;
    }
    const notes = [{ message: "the first one is here", span: first.span }];
    if (first.name === each.name) report("bind/csdl-duplicate-name", each.span, { what, name: each.name }, { notes });
    else report("bind/csdl-name-case", each.span, { what, name: each.name, other: first.name }, { notes });
    return false;
  });
}

/** Reports operations that have the name of a type: a schema gives every name one meaning, but for overloads (CSDL 4.01, 5). */
export function reportNamesakes(types: readonly Named[], operations: readonly Named[], report: Report): void {
  const byName = new Map(types.map((type) => [type.name, type]));
  for (const { name, span } of operations) {
    const type = byName.get(name);
    if (type === undefined) continue;
    const notes = [{ message: "the type is declared here", span: type.span }];
    report("bind/csdl-duplicate-name", span, { what: "in the namespace, the name", name }, { notes });
  }
}
