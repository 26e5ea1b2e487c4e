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
  /** The same in both programs where it is the same thing. */
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
      .filter(({ isHidden }) => isHidden !== true)
      .map(({ name: own, span: _span, role: _role, ...facets }): Said => ["property", own, facetsText(facets)]),
    ...navigations.map(({ name: own, span: _span, ...rest }): Said => ["navigation", own, plain(rest)]),
  ];
}

function facetsText({
  type,
  nullable,
  ...facets
}: Omit<Entity["properties"][number], "name" | "span" | "role">): string {
  const more = Object.entries(facets).map(([facet, value]) => `${facet} ${JSON.stringify(value)}`);
  return [typeText(type), nullable ? "nullable" : "required", ...more].join(", ");
}

function typeText(type: TypeRef): string {
  return type.kind === "collection" ? `Collection(${typeText(type.of)})` : type.name;
}

function automatonFacts(automaton: Automaton): readonly Said[] {
  const { statuses, terminal, initial, variables, actions, invariants, fieldInvariants, liveness } = automaton;
  return [
    ["automaton", automaton.name, ""],
    ...statuses.map(({ name }): Said => ["status", name, terminal.includes(name) ? "terminal" : "not terminal"]),
    ["beginning", "the initial status", initial],
    ...variables.map(
      ({ name, type, initial: first }): Said => ["variable", name, `${type}, first ${JSON.stringify(first)}`],
    ),
    ...actions.flatMap((action) => actionFacts(automaton, action)),
    ...invariants.map(({ name, assert }): Said => ["invariant", name, printPredicate(assert)]),
    ...fieldInvariants.map(({ name, assert }): Said => ["field invariant", name, printPredicate(assert)]),
    ...liveness.map(({ name, span: _span, ...rest }): Said => ["liveness property", name, plain(rest)]),
    ...reactionFacts(automaton),
  ];
}

function actionFacts({ rules }: Automaton, action: Automaton["actions"][number]): readonly Said[] {
  const { name, kind, params, constraints, composite } = action;
  const given = params.map((param) => `${param.name}${param.required ? "" : "?"}: ${param.type}`).join(", ");
  const own = rules.filter((rule) => rule.action === name);
  return [
    ["action", name, `${kind}, (${given})`],
    ...constraints.map(({ span: _span, ...rest }): Said => ["constraint", `${rest.param} of ${name}`, plain(rest)]),
    ...(composite === undefined ? [] : [["composition", name, plain(composite)] as const]),
    ...own.flatMap((rule, index) => ruleFacts(rule, own.length === 1 ? name : `${name} (rule ${index + 1})`)),
  ];
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
  const { triggers, timeouts, keys, contextEntities, admission, webhooks, workflows } = automaton;
  const named = (what: string, list: readonly { readonly name: string }[]): readonly Said[] =>
    list.map((each) => [what, each.name, plain(each)]);
  return [
    ...named("trigger", triggers),
    ...timeouts.map((each): Said => ["timeout", `${each.action} in ${each.status}`, plain(each)]),
    ...named("alternate key", keys),
    ...named("context entity", contextEntities),
    ...(admission === undefined ? [] : [["admission", automaton.name, plain(admission)] as const]),
    ...named("webhook", webhooks),
    ...named("workflow", workflows),
  ];
}

function wholeFacts({ contract, policies, crossInvariants, deleteRules }: ProgramData): readonly Said[] {
  return [
    ...contract.entitySets.map(({ name, entity }): Said => ["entity set", name, `of ${entity}`]),
    ...contract.singletons.map(
      ({ name, entity, nullable }): Said => ["singleton", name, `of ${entity}${nullable ? ", or none" : ""}`],
    ),
    ...contract.enums.map(({ name, members }): Said => ["enum", name, members.map((member) => member.name).join(", ")]),
    ...contract.operations.map(({ name, boundTo, span: _span, ...rest }): Said => {
      const full = boundTo === undefined ? name : `${boundTo}.${name}`;
      return ["operation", full, plain(rest)];
    }),
    ...policies.map(({ id, effect, text }): Said => {
      const isNamed = !/^policy\d+$/.test(id);
      const said = text.replaceAll(/\s+/g, " ").trim();
      return [effect === "permit" ? "permission" : "prohibition", isNamed ? id : said, said];
    }),
    ...crossInvariants.map(
      (each): Said => ["cross invariant", each.name, `${each.kind}: ${printPredicate(each.assert)}`],
    ),
    ...(deleteRules === undefined ? [] : [["deletion", "the rules of deletion", plain(deleteRules)] as const]),
  ];
}

/** Data as text, without where it stands in the file. */
function plain(value: unknown): string {
  return JSON.stringify(value, (name, each) => (name === "span" ? undefined : each));
}
