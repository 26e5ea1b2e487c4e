/** Decides which of the declared types a service has: those that sets hold, that automata run, or that at least have a key. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { EnumType, NotServed } from "../ir/schema.ts";
import { type CsdlElement, childrenOf, type Located } from "../parse/csdl.ts";
import type { CsdlKind } from "../parse/csdl-grammar.ts";
import {
  type Declaration,
  type Declarations,
  declare,
  inheritedChildren,
  lineage,
  lookUp,
  remembered,
} from "./contract-declared.ts";
import { attribute, type ContractDocument, declarations, isSimpleNamespace } from "./contract-document.ts";
import { bindEnum } from "./contract-entities.ts";
import { distinct, isUsableEntityName, type Naming } from "./contract-names.ts";
import { overloadOf } from "./contract-overloads.ts";
import { type ContractScope, innerType } from "./contract-types.ts";

/** The scope of a document, and what there is to know before any type's contents are bound. */
export interface ServedTypes {
  readonly scope: ContractScope;
  readonly types: readonly Declaration[];
  /** Those of them that requests can reach, or that an automaton runs. */
  readonly addressed: ReadonlySet<CsdlElement>;
  /** Those that requests can lead to some day, if not yet. */
  readonly reached: ReadonlySet<CsdlElement>;
  /** Enums that are left out because nothing serves them yet. */
  readonly unservedEnums: ReadonlySet<CsdlElement>;
  /** What was noted so far, each once. */
  readonly notServed: () => readonly NotServed[];
}

interface Named {
  readonly name: string;
  readonly span: Located["span"];
}

/** Entity types and enums share one set of names, so both are known before any of their contents is bound. */
export function findServed(
  document: ContractDocument,
  automata: readonly { readonly name: string }[],
  report: Report,
): ServedTypes {
  const notes = new Map<string, NotServed>();
  const later: Naming["later"] = (construct, span) =>
    void notes.set(`${span.file}\n${span.start}\n${construct}`, { construct, span });
  const declared = declare(document, report);
  const home = document.namespace;
  if (!isSimpleNamespace(home.text)) later(`the namespace "${home.text}" with letters beyond A to Z`, home.span);
  const run = new Set(automata.map(({ name }) => name));
  const { addressed, reached, contained, lone } = reachOf(document, declared, run);
  noteDerived(declared, document, { addressed, later });
  const candidates = entityTypes({ document, declared, addressed, run }, { report, later });
  const enums = bindEnums(declared, document, report);
  const named = candidates.map((each) => ({ ...nameOf(each.element), each }));
  const kept = new Set<object>(distinct<Named>("type", [...enums.served, ...named], report));
  const types = named.filter((each) => kept.has(each)).map(({ each }) => each);
  const scope: ContractScope = {
    document,
    declared,
    report,
    later,
    contained,
    lone,
    overload: remembered((operation) => overloadOf(operation, document)),
    served: new Map(types.map(({ element, name }) => [element, name])),
    enums: new Map(enums.served.filter((each) => kept.has(each)).map((each) => [each.name, each])),
  };
  return { scope, types, addressed, reached, unservedEnums: enums.unserved, notServed: () => [...notes.values()] };
}

function nameOf(element: CsdlElement): Named {
  const { text, span } = attribute(element, "Name");
  return { name: text, span };
}

interface Reach {
  /** What entity sets hold, what is contained, singletons, and what automata run. */
  readonly addressed: ReadonlySet<CsdlElement>;
  /** What requests can lead to: those and what derives from them; without what automata run. */
  readonly reached: ReadonlySet<CsdlElement>;
  readonly contained: ContractScope["contained"];
  readonly lone: ContractScope["lone"];
}

function reachOf(document: ContractDocument, declared: Declarations, automata: ReadonlySet<string>): Reach {
  const containers = declarations(document, "EntityContainer");
  const inContainers = (kind: CsdlKind) => containers.flatMap((container) => childrenOf(container, kind));
  const navigations = declared.all.flatMap(({ element }) => childrenOf(element, "NavigationProperty"));
  const contained = navigations.filter(({ attributes }) => attributes.get("ContainsTarget")?.text === "true");
  const inSets = typesNamed(
    inContainers("EntitySet").map((set) => attribute(set, "EntityType")),
    document,
    declared,
  );
  const places = contained.map((navigation) => attribute(navigation, "Type"));
  const inside = new Map<CsdlElement, "one" | "many">();
  for (const place of places) {
    for (const element of typesNamed([place], document, declared)) {
      if (innerType(place.text) !== undefined) inside.set(element, "many");
      else if (!inside.has(element)) inside.set(element, "one");
    }
  }
  for (const element of inSets) inside.delete(element);
  const placed = [...inSets, ...typesNamed(places, document, declared)];
  const singletons = inContainers("Singleton").map((singleton) => attribute(singleton, "Type"));
  const single = typesNamed(singletons, document, declared);
  const held = new Set([...placed, ...single]);
  const entityTypes = declared.all.filter(({ kind }) => kind === "EntityType");
  const derived = entityTypes.filter((each) =>
    lineage(each, document, declared).some(({ element }) => held.has(element)),
  );
  const run = entityTypes.filter(({ name }) => automata.has(name));
  return {
    addressed: new Set([...held, ...run.map(({ element }) => element)]),
    reached: new Set(derived.map(({ element }) => element)),
    contained: inside,
    lone: new Set(single.filter((each) => !placed.includes(each))),
  };
}

function typesNamed(
  names: readonly Located[],
  document: ContractDocument,
  declared: Declarations,
): readonly CsdlElement[] {
  return names.flatMap(({ text, span }) => {
    const found = lookUp({ text: innerType(text) ?? text, span }, document, declared);
    return found.kind === "declared" && found.declaration.kind === "EntityType" ? [found.declaration.element] : [];
  });
}

/** A set of a base type holds entities of the derived types too (CSDL 4.01, 6.2). */
function noteDerived(
  declared: Declarations,
  document: ContractDocument,
  { addressed, later }: { readonly addressed: ReadonlySet<CsdlElement>; readonly later: Naming["later"] },
): void {
  for (const declaration of declared.all.filter(({ kind }) => kind === "EntityType")) {
    const bases = lineage(declaration, document, declared).slice(1);
    const base = declaration.element.attributes.get("BaseType");
    if (base !== undefined && bases.some(({ element }) => addressed.has(element)))
      later(`BaseType="${base.text}", whose entities are addressed as such,`, base.nameSpan);
  }
}

interface Candidates {
  readonly document: ContractDocument;
  readonly declared: Declarations;
  readonly addressed: ReadonlySet<CsdlElement>;
  readonly run: ReadonlySet<string>;
}

/** The entity types of the served namespace first; one of another namespace only where it is addressed and its name is free. */
function entityTypes({ document, declared, addressed, run }: Candidates, naming: Naming): readonly Declaration[] {
  const all = declared.all.filter(({ kind }) => kind === "EntityType");
  const isHome = ({ namespace }: Declaration) => namespace === document.namespace.text;
  const home = all.filter(
    (each) => isHome(each) && isUsableEntityName(attribute(each.element, "Name"), namingOf(each)),
  );
  const served = home.filter((each) => addressed.has(each.element) || isKeyed(each));
  const names = new Set(home.map(({ name }) => name));
  const others = all.filter((each) => !isHome(each) && addressed.has(each.element) && !names.has(each.name));
  for (const { element, namespace } of others)
    naming.later(`an entity type of the namespace "${namespace}"`, attribute(element, "Name").span);
  return [...served, ...others.filter((each) => isUsableEntityName(attribute(each.element, "Name"), namingOf(each)))];

  function isKeyed(each: Declaration): boolean {
    const isAbstract = each.element.attributes.get("Abstract")?.text === "true";
    return !isAbstract && inheritedChildren(lineage(each, document, declared), "Key").length > 0;
  }

  /** An automaton's code is named after it, so what cannot be served cannot be checked either. */
  function namingOf({ name, element }: Declaration): Naming {
    const refuse: Naming["later"] = (construct, span) =>
      naming.report("bind/csdl-not-available-yet", span, { construct });
    const isReached = addressed.has(element);
    return { report: naming.report, later: run.has(name) ? refuse : isReached ? naming.later : () => undefined };
  }
}

interface Enums {
  readonly served: readonly EnumType[];
  readonly unserved: ReadonlySet<CsdlElement>;
}

function bindEnums(declared: Declarations, document: ContractDocument, report: Report): Enums {
  const served: EnumType[] = [];
  const unserved = new Set<CsdlElement>();
  for (const { kind, namespace, element } of declared.all) {
    if (kind !== "EnumType") continue;
    if (namespace !== document.namespace.text) unserved.add(element);
    const bound = bindEnum(element, { report, later: () => void unserved.add(element) });
    if (bound !== undefined && !unserved.has(element)) served.push(bound);
  }
  return { served, unserved };
}
