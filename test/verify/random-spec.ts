/** Random small behaviour files: every type of variable, every effect and every kind of condition, a few variables at a time. */
import fc from "fast-check";

const statuses = ["S0", "S1", "S2"] as const;

/** The variables of a spec, by theme, so that its rules get in each other's way. */
const themes = [
  ["c0"],
  ["c0", "c1"],
  ["c0", "c1", "b0"],
  ["n0"],
  ["n0", "c0"],
  ["t0", "t1"],
  ["t0", "t1", "b0"],
  ["l0", "t0"],
  ["s0", "t0"],
  ["s0", "c0"],
  ["c0", "c1", "n0", "b0", "t0", "t1", "l0", "s0"],
] as const;

const declarations = new Map([
  ["c0", `type = "counter"\ninitial = 0`],
  ["c1", `type = "counter"\ninitial = 0`],
  ["n0", `type = "int"\ninitial = 0`],
  ["b0", `type = "bool"\ninitial = false`],
  ["t0", `type = "string"\ninitial = ""`],
  ["t1", `type = "string"\ninitial = "a"`],
  ["l0", `type = "list"`],
  ["s0", `type = "set"`],
]);

const comparisons = ["==", "!=", "<", "<=", ">", ">="];
const literals = [0, 1, 2, 3, 5];
const words = ["''", "'a'", "'b'"];

/** The same several times, so that it is drawn more often. */
function often(texts: readonly string[]): readonly string[] {
  return Array.from({ length: 6 }, () => texts).flat();
}

/** Each of the first with each of the second. */
function pairs(first: readonly string[], second: readonly (string | number)[]): readonly string[] {
  return first.flatMap((one) => second.map((other) => `${one} ${other}`));
}

const compared = (names: readonly string[]) => pairs(names, comparisons);
const atoms = [
  ...pairs(compared(["c0", "c1", "n0", "c0", "c1", "n0"]), literals),
  ...often(pairs(compared(["c0", "n0"]), ["c1", "c0"])),
  ...pairs(compared(["c0 + c1", "c0 - c1", "c0 - n0", "len(l0)", "len(s0)"]), [0, 1, 2]),
  ...pairs(["t0", "t1"], pairs(["==", "!="], words)),
  ...pairs(words, ["in l0", "in s0", "not in s0"]),
  ...often(["t0 == t1", "t0 != t1", "t0 in l0", "t0 not in s0"]),
  ...["empty(t0)", "empty(l0)", "empty(s0)"],
  ...often(["b0", "!b0"]),
];

const numberEffects = pairs(["c0", "c1", "n0"], pairs(["+=", "-=", "+=", "-=", "="], [0, 1, 1, 2, 3]));
const effects = [
  ...numberEffects,
  ...often(pairs(["c0", "c1", "n0"], pairs(["+=", "-=", "="], ["c0", "c1"]))),
  ...pairs(["t0", "t1"], pairs(["="], [...words, "t0", "t1"])),
  ...often(["b0 = true", "b0 = false"]),
  ...words.flatMap((word) => [`append(l0, ${word})`, `append(s0, ${word})`, `remove(s0, ${word})`]),
  ...["remove_at(l0, 0)", "remove_at(l0, 1)", "append(l0, t0)", "append(s0, t0)"],
];

const paramGuards = {
  amount: ["params.amount <= 2", "params.amount < c0", "c0 + params.amount <= 3", "params.amount != 1"],
  delta: ["params.delta <= 1", "params.delta > n0", "params.delta - n0 < 3", "params.delta > -2"],
  who: ["params.who != ''", "params.who == t0", "params.who in ['a', 'b']", "params.who != t1", "params.who not in s0"],
} as const;
const paramEffects = {
  amount: ["c0 += params.amount", "c1 = params.amount", "c0 -= params.amount", "n0 += params.amount"],
  delta: ["n0 += params.delta", "n0 = params.delta", "n0 -= params.delta"],
  who: ["t0 = params.who", "append(s0, params.who)", "t1 = params.who", "append(l0, params.who)"],
} as const;
const params = {
  amount: `params = [{ name = "amount", type = "counter", required = true }]`,
  delta: `params = [{ name = "delta", type = "int", required = true }]`,
  who: `params = [{ name = "who", type = "string", required = true }]`,
} as const;

/** Those that speak of no variable but these. */
function about(texts: readonly string[], theme: readonly string[]): readonly string[] {
  return texts.filter((text) => (text.match(/\b[cntbls][01]\b/g) ?? []).every((name) => theme.includes(name)));
}

const someStatuses = fc.uniqueArray(fc.constantFrom(...statuses), { minLength: 1, maxLength: 3 });

interface ActionShape {
  readonly own: keyof typeof params | undefined;
  readonly from: readonly string[];
  readonly to: string | undefined;
  readonly guards: readonly string[];
  readonly effects: readonly string[];
}

function actionOf(theme: readonly string[]): fc.Arbitrary<ActionShape> {
  const withParam = (["amount", "delta", "who"] as const).filter((own) => about(paramEffects[own], theme).length > 0);
  return fc.constantFrom(undefined, undefined, ...withParam).chain((own) => {
    const given = own === undefined ? [] : about(paramEffects[own], theme);
    const asked = own === undefined ? [] : about(paramGuards[own], theme);
    const plainGuard = fc.constantFrom(...about(atoms, theme));
    const plainEffect = fc.constantFrom(...about(effects, theme));
    return fc.record({
      own: fc.constant(own),
      from: someStatuses,
      to: fc.option(fc.constantFrom(...statuses), { nil: undefined }),
      guards: fc.array(asked.length === 0 ? plainGuard : fc.oneof(plainGuard, fc.constantFrom(...asked)), {
        maxLength: 2,
      }),
      effects: fc.array(given.length === 0 ? plainEffect : fc.oneof(plainEffect, fc.constantFrom(...given)), {
        minLength: 1,
        maxLength: 2,
      }),
    });
  });
}

/** Mostly true at the beginning, and of all depths. */
function propertyOf(theme: readonly string[]): fc.Arbitrary<string> {
  const atom = fc.constantFrom(...about(atoms, theme));
  const premise = fc.constantFrom(...statuses).map((status) => `status == '${status}'`);
  return fc.oneof(
    atom,
    fc.tuple(atom, atom).map((both) => both.join(" || ")),
    fc.tuple(premise, atom).map((both) => both.join(" => ")),
    fc.tuple(premise, atom, atom).map(([status, ...both]) => `${status} => ${both.join(" || ")}`),
    fc.tuple(atom, atom).map((both) => both.join(" => ")),
  );
}

/** Guards that keep numbers and lists from growing for ever, so that many specs are finite. */
function limits({ effects: own }: ActionShape): readonly string[] {
  const raised = own.flatMap((each) => /^([cn][01]) \+?= /.exec(each)?.[1] ?? []).map((name) => `${name} < 4`);
  const lowered = own.some((each) => each.startsWith("n0 -=")) ? ["n0 > -3"] : [];
  const grown = own.some((each) => each.startsWith("append(l0")) ? ["len(l0) < 2"] : [];
  return [...new Set([...raised, ...lowered, ...grown])];
}

/** The text of a spec whose automaton has that name. */
export function randomSpec(name: string): fc.Arbitrary<string> {
  return fc
    .constantFrom(...themes)
    .chain((theme) =>
      fc.record({
        theme: fc.constant(theme),
        actions: fc.array(actionOf(theme), { minLength: 2, maxLength: 5 }),
        isLimited: fc.boolean(),
        indefinite: fc.constantFrom(["S2"], statuses, statuses),
        invariants: fc.array(propertyOf(theme), { minLength: 1, maxLength: 3 }),
        leading: fc.option(fc.tuple(fc.constantFrom("reaches", "reaches", "eventually"), someStatuses), {
          nil: undefined,
        }),
      }),
    )
    .map(({ theme, actions, isLimited, indefinite, invariants, leading }) =>
      [
        `[automaton]\nname = "${name}"\nstates = ${JSON.stringify(statuses)}\ninitial = "S0"`,
        `allow_indefinite_states = ${JSON.stringify(indefinite)}`,
        ...theme.map((variable) => `[[state]]\nname = "${variable}"\n${declarations.get(variable)}`),
        ...actions.map((each, index) => actionText(each, `A${index}`, isLimited ? limits(each) : [])),
        ...invariants.map((each, index) => `[[invariant]]\nname = "I${index}"\nassert = "${each}"`),
        ...(leading === undefined ? [] : [livenessText(leading)]),
      ].join("\n\n"),
    );
}

function actionText(
  { own, from, to, guards, effects: given }: ActionShape,
  name: string,
  more: readonly string[],
): string {
  return [
    `[[action]]\nname = "${name}"\nfrom = ${JSON.stringify(from)}`,
    ...(to === undefined ? [] : [`to = "${to}"`]),
    ...(own === undefined ? [] : [params[own]]),
    `guard = ${JSON.stringify([...guards, ...more])}`,
    `effect = ${JSON.stringify(given)}`,
  ].join("\n");
}

function livenessText([key, targets]: readonly [string, readonly string[]]): string {
  return `[[liveness]]\nname = "L0"\nfrom = ["S0", "S1"]\n${key} = ${JSON.stringify(targets)}`;
}
