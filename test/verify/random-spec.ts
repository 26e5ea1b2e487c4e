/** Random small behaviour files that use every type of variable, every effect and every kind of condition. */
import fc from "fast-check";

const statuses = ["S0", "S1", "S2"] as const;
const comparisons = ["==", "!=", "<", "<=", ">", ">="] as const;
const counters = ["c0", "c1"] as const;
const numbers = [...counters, "n0"] as const;
const words = ["", "a", "b"] as const;

const status = fc.constantFrom(...statuses);
const small = fc.integer({ min: 0, max: 3 });
const word = fc.constantFrom(...words).map((text) => `'${text}'`);

const numberAtom = fc.oneof(
  fc.tuple(fc.constantFrom(...numbers), fc.constantFrom(...comparisons), small),
  fc.tuple(fc.constantFrom(...numbers), fc.constantFrom(...comparisons), fc.constantFrom(...numbers)),
  fc.tuple(fc.constantFrom("c0 + c1", "c0 - n0", "len(l0)", "len(s0)"), fc.constantFrom(...comparisons), small),
);

const atom = fc.oneof(
  numberAtom.map((parts) => parts.join(" ")),
  numberAtom.map((parts) => parts.join(" ")),
  fc.constantFrom("b0", "!b0", "empty(l0)", "!empty(t0)", "t0 == t1"),
  fc.tuple(fc.constantFrom("t0", "t1"), fc.constantFrom("==", "!="), word).map((parts) => parts.join(" ")),
  fc.tuple(word, fc.constantFrom("in l0", "in s0", "not in s0")).map((parts) => parts.join(" ")),
  fc.constantFrom("t0 in l0", "t1 in s0"),
  status.map((name) => `status == '${name}'`),
);

const condition = fc.oneof(
  atom,
  fc.tuple(atom, fc.constantFrom("&&", "||", "=>"), atom).map((parts) => parts.join(" ")),
);

/** Mostly true, so that many specs hold. */
const property = fc.oneof(
  condition,
  fc.tuple(atom, atom, atom, atom).map((atoms) => atoms.join(" || ")),
  fc.tuple(status, atom, atom, atom).map(([name, ...atoms]) => `status == '${name}' => ${atoms.join(" || ")}`),
);

/** True, and reads every variable. */
const readsAll = [
  "c0 == c1 || c0 != c1",
  "n0 == c0 || n0 != c0",
  "b0 || !b0",
  "t0 == t1 || t0 != t1",
  "empty(l0) || !empty(l0)",
  "empty(s0) || !empty(s0)",
].map((each) => `(${each})`);

const ownParams = {
  amount: ["params.amount <= 2", "params.amount < c0", "c0 + params.amount <= 3"],
  who: ["params.who != ''", "params.who == t0", "params.who in ['a', 'b']", "params.who != t1"],
} as const;

const plainEffect = fc.oneof(
  fc.tuple(fc.constantFrom(...numbers), fc.constantFrom("+=", "-=", "="), fc.integer({ min: 0, max: 2 })),
  fc.tuple(fc.constantFrom(...counters), fc.constantFrom("+=", "-=", "="), fc.constantFrom(...counters)),
  fc.tuple(fc.constant("b0"), fc.constant("="), fc.boolean()),
  fc.tuple(fc.constantFrom("t0", "t1"), fc.constant("="), fc.oneof(word, fc.constantFrom("t0", "t1"))),
);
const callEffect = fc.oneof(
  word.map((text) => `append(l0, ${text})`),
  word.map((text) => `append(s0, ${text})`),
  word.map((text) => `remove(s0, ${text})`),
  fc.constant("remove_at(l0, 0)"),
);
const effect = fc.oneof(
  { weight: 3, arbitrary: plainEffect.map((parts) => parts.join(" ")) },
  { weight: 1, arbitrary: callEffect },
);

const paramEffects = {
  amount: ["c0 += params.amount", "c1 = params.amount", "c0 -= params.amount"],
  who: ["t0 = params.who", "append(s0, params.who)", "t1 = params.who"],
} as const;

const param = fc.constantFrom<"amount" | "who" | undefined>(undefined, undefined, undefined, "amount", "who");

/** One action with one rule. */
const action = param.chain((own) => {
  const effects = own === undefined ? effect : fc.oneof(effect, fc.constantFrom(...paramEffects[own]));
  const guards = own === undefined ? condition : fc.oneof(condition, fc.constantFrom(...ownParams[own]));
  return fc.record({
    own: fc.constant(own),
    from: fc.uniqueArray(status, { minLength: 1, maxLength: 3 }),
    to: fc.option(status, { nil: undefined }),
    guards: fc.array(guards, { maxLength: 2 }),
    effects: fc.array(effects, { minLength: 1, maxLength: 3 }),
  });
});

/** Guards that keep numbers and lists from growing for ever, so that many specs are finite. */
function limits(effects: readonly string[], isLimited: boolean): readonly string[] {
  const raised = effects.flatMap((each) => /^(c0|c1|n0) \+?= /.exec(each)?.[1] ?? []);
  const lowered = effects.some((each) => each.startsWith("n0 -=")) ? ["n0 > -2"] : [];
  const grown = effects.some((each) => each.startsWith("append(l0")) ? ["len(l0) < 2"] : [];
  return isLimited ? [...new Set(raised)].map((name) => `${name} < 3`).concat(grown, lowered) : [];
}

const params = {
  amount: `params = [{ name = "amount", type = "counter", required = true }]`,
  who: `params = [{ name = "who", type = "string", required = true }]`,
} as const;

const variables = [
  ...counters.map((name) => [name, "counter", "0"]),
  ["n0", "int", "0"],
  ["b0", "bool", "false"],
  ["t0", "string", `""`],
  ["t1", "string", `"a"`],
] as const;

const shape = fc.record({
  actions: fc.array(action, { minLength: 2, maxLength: 5 }),
  isLimited: fc.boolean(),
  indefinite: fc.constantFrom(["S2"], statuses, statuses),
  invariants: fc.tuple(
    fc.array(property, { minLength: 1, maxLength: 3 }),
    fc.constantFrom([], [readsAll.join(" && ")]),
  ),
  targets: fc.option(fc.uniqueArray(status, { minLength: 1, maxLength: 2 }), { nil: undefined }),
});

/** The text of a spec whose automaton has that name. */
export function randomSpec(name: string): fc.Arbitrary<string> {
  return shape.map(({ actions, isLimited, indefinite, invariants, targets }) =>
    [
      `[automaton]\nname = "${name}"\nstates = ${JSON.stringify(statuses)}\ninitial = "S0"`,
      `allow_indefinite_states = ${JSON.stringify(indefinite)}`,
      ...variables.map(([variable, type, initial]) => {
        return `[[state]]\nname = "${variable}"\ntype = "${type}"\ninitial = ${initial}`;
      }),
      `[[state]]\nname = "l0"\ntype = "list"\n[[state]]\nname = "s0"\ntype = "set"`,
      ...actions.map((each, index) => actionText(each, `A${index}`, isLimited)),
      ...invariants.flat().map((each, index) => `[[invariant]]\nname = "I${index}"\nassert = "${each}"`),
      ...(targets === undefined ? [] : [livenessText(targets)]),
    ].join("\n\n"),
  );
}

type ActionShape = typeof action extends fc.Arbitrary<infer Shape> ? Shape : never;

function actionText({ own, from, to, guards, effects }: ActionShape, name: string, isLimited: boolean): string {
  return [
    `[[action]]\nname = "${name}"\nfrom = ${JSON.stringify(from)}`,
    ...(to === undefined ? [] : [`to = "${to}"`]),
    ...(own === undefined ? [] : [params[own]]),
    `guard = ${JSON.stringify([...guards, ...limits(effects, isLimited)])}`,
    `effect = ${JSON.stringify(effects)}`,
  ].join("\n");
}

function livenessText(targets: readonly string[]): string {
  return `[[liveness]]\nname = "L0"\nfrom = ["S0", "S1"]\nreaches = ${JSON.stringify(targets)}`;
}
