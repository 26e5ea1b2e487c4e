/** Which entity types act on one another or look at one another: nothing passes between groups, so each is searched by itself. */
import type { Automaton, CrossInvariant, Predicate } from "../../compiler/ir/index.ts";
import { atomsOf, leavesOf, operandsOf } from "../l1-model-check/expressions.ts";

export interface Group {
  /** In the order of the program. */
  readonly automata: readonly Automaton[];
  /** Those that are asked of its entities. */
  readonly crossInvariants: readonly CrossInvariant[];
  /** True where one entity of it has nothing to do with another, so that one stands for all. */
  readonly isSolitary: boolean;
}

/** What one type has to do with an entity of another type, or of its own. */
interface Meeting {
  readonly from: string;
  readonly to: string;
}

/** The groups in which something can go wrong that no automaton shows alone: a reaction that is dropped, or a broken property. */
export function groupsIn(automata: readonly Automaton[], across: readonly CrossInvariant[]): readonly Group[] {
  const meetings = [...automata.flatMap(meetingsOf), ...across.flatMap(lookedAtBy)];
  const rest = new Set(automata);
  const groups: Group[] = [];
  for (const automaton of automata) {
    if (!rest.has(automaton)) continue;
    const names = reachedFrom(automaton.name, meetings);
    const members = automata.filter(({ name }) => names.has(name));
    for (const each of members) rest.delete(each);
    const asked = across.filter(({ entityType }) => names.has(entityType));
    const isSolitary = !meetings.some(({ from }) => names.has(from));
    if (asked.some(canBreak) || members.some(reacts))
      groups.push({ automata: members, crossInvariants: asked, isSolitary });
  }
  return groups;
}

function reachedFrom(name: string, meetings: readonly Meeting[]): ReadonlySet<string> {
  const names = new Set([name]);
  // A set visits what is added to it while it is walked.
  for (const each of names) {
    for (const { from, to } of meetings) {
      if (from === each) names.add(to);
      if (to === each) names.add(from);
    }
  }
  return names;
}

/** A hard property of one action is asked in its commit and of nothing else, so that nothing that is committed breaks it. */
function canBreak({ kind, action }: CrossInvariant): boolean {
  return kind === "eventual" || action === undefined;
}

function reacts({ triggers, timeouts, rules, workflows }: Automaton): boolean {
  return [triggers, timeouts, workflows, rules.flatMap(({ outputs }) => outputs)].some((each) => each.length > 0);
}

function meetingsOf({ name: from, triggers, rules, actions, workflows }: Automaton): readonly Meeting[] {
  const asked = triggers.flatMap(({ deed, guard }) => [
    ...(deed.kind === "entity" && !(deed.target.kind === "same-id" && deed.entityType === from)
      ? [deed.entityType]
      : []),
    ...(guard === undefined ? [] : relatedIn(guard)),
  ]);
  const spawned = rules.flatMap(({ outputs }) =>
    outputs.flatMap((each) => (each.kind === "spawn" ? [each.entityType] : [])),
  );
  const written = actions.flatMap(({ composite }) => composite?.subWrites.map(({ entityType }) => entityType) ?? []);
  const read = actions.flatMap(({ filled }) =>
    filled.flatMap((each) => (each.kind === "related" ? [each.entityType] : [])),
  );
  const members = workflows.map(({ memberEntity }) => memberEntity);
  return [...asked, ...spawned, ...written, ...read, ...members].map((to) => ({ from, to }));
}

function lookedAtBy({ entityType: from, assert }: CrossInvariant): readonly Meeting[] {
  return relatedIn(assert).map((to) => ({ from, to }));
}

/** The types of the related entities that a condition reads. */
function relatedIn(predicate: Predicate): readonly string[] {
  const leaves = atomsOf(predicate).flatMap(operandsOf).flatMap(leavesOf);
  return leaves.flatMap((leaf) => (leaf.kind === "related" ? [leaf.entityType] : []));
}
