/** A program as facts, each with a name of its own: two programs differ where their facts do. */
import {
  type Automaton,
  type Entity,
  type ProgramData,
  printEffect,
  printPredicate,
  type Rule,
  type TypeRef,
} from "../../compiler/index.ts";

/** One thing that a spec says. */
export interface Fact {
  /** The same in both programs where it is the same thing; one program may say several things of it. */
  readonly key: string;
  /** The entity that it is about; empty where it is about the whole. */
  readonly subject: string;
  /** `status`, `guard`, `permission`… */
  readonly what: string;
  /** `the guard of Pay`. */
  readonly name: string;
  /** What it says, in the words of the spec; empty where being there is all. */
  readonly says: string;
}

type Said = readonly [what: string, name: string, says: string, key?: string];

/** In the order of the spec. */
export function factsOf(program: ProgramData): readonly Fact[] {
  const { contract, automata } = program;
  const about = (subject: string, said: readonly Said[]): readonly Fact[] =>
    said.map(([what, name, says, key = name]) => ({
      key: JSON.stringify([subject, what, key]),
      subject,
      what,
      name,
      says,
    }));
  return [
    ...contract.entities.flatMap((entity) => about(entity.name, entityFacts(entity))),
    ...automata.flatMap((automaton) => about(automaton.name, automatonFacts(automaton))),
    ...about("", wholeFacts(program)),
  ];
}

function entityFacts({ name, key, identity, properties, navigations }: Entity): readonly Said[] {
  return [
    ["entity type", name, `with the key ${identity?.parts.join(", ") ?? key}`],
    ...properties
      .filter(({ role }) => role !== "status" && role !== "variable")
      .filter(({ isHidden, role }) => isHidden !== true || role === "stream")
      .map(
        ({ name: own, span: _span, role: _role, isHidden: _isHidden, ...facets }): Said => [
          "property",
          own,
          facetsText(facets),
        ],
      ),
    ...navigations.map(({ name: own, span: _span, ...rest }): Said => ["navigation", own, plain(rest)]),
  ];
}

function facetsText({ type, nullable, ...more }: Omit<Entity["properties"][number], "name" | "span" | "role">): string {
  return [typeText(type), nullable ? "nullable" : "required", ...facets(more)].join(", ");
}

function facets(more: object): readonly string[] {
  return Object.entries(more).map(([facet, value]) => `${facet} ${JSON.stringify(value)}`);
}

function typeText(type: TypeRef): string {
  return type.kind === "collection" ? `Collection(${typeText(type.of)})` : type.name;
}

function automatonFacts(automaton: Automaton): readonly Said[] {
  const { name, statuses, strictParams, initial, variables, actions, invariants, fieldInvariants, liveness } =
    automaton;
  return [
    ["automaton", name, strictParams ? "" : "taking parameters that it does not declare"],
    ...statuses.map((status): Said => ["status", status.name, statusText(automaton, status.name)]),
    ["beginning", "the initial status", initial],
    ...variables.map(
      ({ name: own, type, initial: first, span: _span, ...more }): Said => [
        ...(["variable", own] as const),
        [type, `first ${JSON.stringify(first)}`, ...facets(more)].join(", "),
      ],
    ),
    ...actions.flatMap((action) => actionFacts(automaton, action)),
    ...invariants.map(({ name: own, assert }): Said => ["invariant", own, printPredicate(assert)]),
    ...fieldInvariants.map(({ name: own, assert, message }): Said => {
      const said = message === undefined ? "" : `, which is told as ${JSON.stringify(message)}`;
      return ["field invariant", own, `${printPredicate(assert)}${said}`];
    }),
    ...liveness.map(({ name: own, span: _span, ...rest }): Said => ["liveness property", own, plain(rest)]),
    ...reactionFacts(automaton),
  ];
}

function statusText({ terminal, indefinite }: Automaton, status: string): string {
  const kind = terminal.includes(status) ? "terminal" : "not terminal";
  return indefinite.includes(status) ? `${kind}, may wait for ever` : kind;
}

function actionFacts({ rules }: Automaton, action: Automaton["actions"][number]): readonly Said[] {
  const { name, kind, params, filled, constraints, composite, hint } = action;
  const given = params.map(paramText).join(", ");
  const own = rules.filter((rule) => rule.action === name);
  return [
    ["action", name, `${kind}, (${given})${hint === undefined ? "" : `, ${JSON.stringify(hint)}`}`],
    ...filled.map(({ name: own, ...rest }): Said => ["filled parameter", `${own} of ${name}`, plain(rest)]),
    ...constraints.map(({ span: _span, ...rest }): Said => ["constraint", `${rest.param} of ${name}`, plain(rest)]),
    ...(composite === undefined ? [] : [["composition", name, plain(composite)] as const]),
    ...own.flatMap((rule, index) => ruleFacts(rule, own.length === 1 ? name : `${name} (rule ${index + 1})`)),
  ];
}

function paramText({ name, type, required, entityType }: Automaton["actions"][number]["params"][number]): string {
  return `${name}${required ? "" : "?"}: ${type}${entityType === undefined ? "" : ` of ${entityType}`}`;
}

function ruleFacts({ from, to, guard, effects, outputs }: Rule, name: string): readonly Said[] {
  return [
    ["rule", name, `from ${from.join(", ")} ${to.kind === "stay" ? "and stays" : `to ${to.name}`}`],
    ...(guard === undefined ? [] : [["guard", name, printPredicate(guard)] as const]),
    ...(effects.length === 0 ? [] : [["effect", name, effects.map(printEffect).join("; ")] as const]),
    ...(outputs.length === 0 ? [] : [["output", name, plain(outputs)] as const]),
  ];
}

function reactionFacts(automaton: Automaton): readonly Said[] {
  const { triggers, timeouts, keys, vectors, contextEntities, admission, webhooks, workflows, migration } = automaton;
  const named = (what: string, list: readonly { readonly name: string }[]): readonly Said[] =>
    list.map((each) => [what, each.name, plain(each)]);
  return [
    ...named("trigger", triggers),
    ...timeouts.map((each): Said => ["timeout", `${each.action} in ${each.status}`, plain(each)]),
    ...named("alternate key", keys),
    ...named("vector index", vectors),
    ...named("context entity", contextEntities),
    ...(admission === undefined ? [] : [["admission", automaton.name, plain(admission)] as const]),
    ...named("webhook", webhooks),
    ...named("workflow", workflows),
    ...(migration === undefined ? [] : [["migration", automaton.name, plain(migration)] as const]),
  ];
}

function wholeFacts({ contract, about, policies, crossInvariants, deleteRules }: ProgramData): readonly Said[] {
  return [
    ...(about === undefined ? [] : [["description", "the whole", plain(about)] as const]),
    ...(contract.synthesised
      ? []
      : [["namespace", contract.namespace, `with the container ${contract.container}`] as const]),
    ...contract.entitySets.map(
      ({ name, entity, isUnlisted }): Said => ["entity set", name, `of ${entity}${isUnlisted ? ", unlisted" : ""}`],
    ),
    ...contract.singletons.map(
      ({ name, entity, nullable }): Said => ["singleton", name, `of ${entity}${nullable ? ", or none" : ""}`],
    ),
    ...contract.imports.map(({ name, kind, ...rest }): Said => [`${kind} import`, name, plain(rest)]),
    ...contract.enums.map(({ name, span: _span, ...rest }): Said => ["enum", name, enumText(rest)]),
    ...contract.operations.map(({ name, boundTo, span: _span, ...rest }): Said => {
      const full = boundTo === undefined ? name : `${boundTo}.${name}`;
      return ["operation", full, plain(rest)];
    }),
    ...policies.map(({ id, effect, text }): Said => {
      const isNamed = !/^policy\d+$/.test(id);
      const said = oneLine(text);
      return [effect === "permit" ? "permission" : "prohibition", isNamed ? id : said, said];
    }),
    ...crossInvariants.map(
      (each): Said => ["cross invariant", each.name, `${each.kind}: ${printPredicate(each.assert)}`],
    ),
    ...(deleteRules === undefined ? [] : [["deletion", "the rules of deletion", plain(deleteRules)] as const]),
  ];
}

/** A policy without its comments and on one line; what is in its strings is as it was. */
function oneLine(text: string): string {
  const parts = /"(?:[^"\\]|\\.)*"|(?:\s|\/\/[^\n\r]*)+/gs;
  return text.replaceAll(parts, (part) => (part.startsWith('"') ? part : " ")).trim();
}

type EnumType = ProgramData["contract"]["enums"][number];

function enumText({ flags, members, underlyingType = "Edm.Int32" }: Omit<EnumType, "name" | "span">): string {
  const isCounted = members.every(({ value }, index) => value === index) && !flags;
  const listed = members.map(({ name, value }) => (isCounted ? name : `${name} = ${value}`)).join(", ");
  return [listed, ...(flags ? ["flags"] : []), ...(underlyingType === "Edm.Int32" ? [] : [underlyingType])].join("; ");
}

/** Data as text, without where it stands in the file. */
function plain(value: unknown): string {
  return JSON.stringify(value, (name, each) => (name === "span" ? undefined : each));
}
