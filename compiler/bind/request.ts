/** Binds what an effect asks of the world: `schedule`, `schedule_at`, `spawn` and `emit`. */

import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { Effect, Variable } from "../ir/automaton.ts";
import type { Operand } from "../ir/expression.ts";
import type { Output } from "../ir/reaction.ts";
import { classOf } from "../ir/type-class.ts";
import type { EffectSyntax, OperandSyntax } from "../parse/expression-syntax.ts";
import { isField } from "./fields.ts";
import { bindOperand } from "./operand.ts";
import { type Context, spanOf } from "./scope.ts";

/** Each request with its arguments, as an error shows them. */
const usages = {
  schedule: "schedule('Action', seconds)",
  schedule_at: "schedule_at('Action', field)",
  spawn: "spawn('Type' [, 'Action' [, storeField [, id [, 'copiedField' …]]]])",
  emit: "emit('Event')",
} as const;

type RequestName = keyof typeof usages;

/** What the names of filled parameters begin with: with a space in them, no declared parameter is called so. */
export const freshPrefix = "new ";
export const fieldPrefix = "field ";

/** The names of all requests. */
export const requests: readonly string[] = Object.keys(usages);

/** What a request comes to: an output, and an effect where the id of a spawned entity is kept. */
export interface BoundRequest {
  readonly output: Output;
  readonly effects: readonly Effect[];
}

type Request = EffectSyntax & { readonly kind: "request" };

/** The request; `spawned` is how many entities of a type the rule has spawned before. Reports arguments that do not fit. */
export function bindRequest(
  syntax: Request,
  context: Context,
  spawned: (entityType: string) => number,
): BoundRequest | undefined {
  switch (requestName(syntax)) {
    case "schedule":
      return bindSchedule(syntax, context);
    case "schedule_at":
      return bindScheduleAt(syntax, context);
    case "spawn":
      return bindSpawn(syntax, context, spawned);
    case "emit": {
      const event = textAt(syntax, 0);
      if (event === undefined || syntax.args.length !== 1) return misfit(syntax, "emit", context);
      return { output: { kind: "emit", event, span: spanOf(context, syntax) }, effects: [] };
    }
  }
}

function requestName({ name }: Request): RequestName {
  return name.name === "schedule" || name.name === "schedule_at" || name.name === "spawn" ? name.name : "emit";
}

function misfit(syntax: Request, name: RequestName, context: Context): undefined {
  context.report("bind/request-arguments", spanOf(context, syntax), { usage: usages[name] });
  return undefined;
}

function bindSchedule(syntax: Request, context: Context): BoundRequest | undefined {
  const [action, delay] = syntax.args;
  const name = textAt(syntax, 0);
  const seconds = delay?.kind === "literal" ? delay.value : undefined;
  if (name === undefined || action === undefined || syntax.args.length !== 2 || !isSeconds(seconds))
    return misfit(syntax, "schedule", context);
  if (!isAction(name, action, context)) return undefined;
  return { output: { kind: "schedule", action: name, seconds, span: spanOf(context, syntax) }, effects: [] };
}

function isSeconds(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && Number.isSafeInteger(value);
}

function bindScheduleAt(syntax: Request, context: Context): BoundRequest | undefined {
  const [action, field] = syntax.args;
  const name = textAt(syntax, 0);
  if (name === undefined || action === undefined || field === undefined || syntax.args.length !== 2)
    return misfit(syntax, "schedule_at", context);
  const at = bindOperand(field, { ...context, scope: { ...context.scope, seesFields: true } });
  if (!isAction(name, action, context) || at === undefined) return undefined;
  if (classOf(at.type) !== "text") return misfit(syntax, "schedule_at", context);
  return {
    output: { kind: "schedule-at", action: name, at: filledField(at), span: spanOf(context, syntax) },
    effects: [],
  };
}

/** The step sees variables and parameters only, so a field comes to it as a parameter that the service fills in. */
function filledField(at: Operand): Operand {
  return at.kind === "field" ? { ...at, kind: "param", name: `${fieldPrefix}${at.name}` } : at;
}

function isAction(name: string, syntax: OperandSyntax, context: Context): boolean {
  const { scope, report } = context;
  if (scope.actions.has(name)) return true;
  const hint = didYouMean(name, [...scope.actions]);
  report("bind/unknown-action", spanOf(context, syntax), { automaton: scope.automaton, action: name }, { hint });
  return false;
}

function isCopied(value: string, copy: Request["args"][number], context: Context): boolean {
  const span = spanOf(context, copy);
  return isField({ value, span }, context.scope, context.report);
}

function bindSpawn(
  syntax: Request,
  context: Context,
  spawned: (entityType: string) => number,
): BoundRequest | undefined {
  const [type, , store, id, ...copied] = syntax.args;
  const entityType = textAt(syntax, 0);
  const action = textAt(syntax, 1);
  const copies = copied.flatMap((copy) =>
    copy.kind === "literal" && typeof copy.value === "string" ? [copy.value] : [],
  );
  const isActionGiven = syntax.args[1] === undefined || isNull(syntax.args[1]) || action !== undefined;
  if (type === undefined || entityType === undefined || !isActionGiven || copies.length < copied.length)
    return misfit(syntax, "spawn", context);
  const isKnown = copied.every((copy, index) => isCopied(copies[index] ?? "", copy, context));
  if (!isKnown) return undefined;
  if (!context.scope.others.has(entityType)) {
    const hint = didYouMean(entityType, [...context.scope.others.keys()]);
    context.report("bind/unknown-automaton", spanOf(context, type), { name: entityType }, { hint });
    return undefined;
  }
  const given =
    id === undefined || isNull(id) ? freshId(entityType, syntax, context, spawned) : bindOperand(id, context);
  if (given === undefined) return undefined;
  if (classOf(given.type) !== "text") return misfit(syntax, "spawn", context);
  const kept = store === undefined || isNull(store) ? [] : bindStore(store, given, syntax, context);
  const span = spanOf(context, syntax);
  const output: Output = {
    kind: "spawn",
    entityType,
    id: given,
    copies,
    span,
    ...(action !== undefined && { action }),
  };
  return kept && { output, effects: kept };
}

/** A parameter that the service fills in; its name has a space, so that no declared one can be called so. */
function freshId(
  entityType: string,
  syntax: Request,
  context: Context,
  spawned: (entityType: string) => number,
): Operand {
  const number = spawned(entityType) + 1;
  const name = number === 1 ? `${freshPrefix}${entityType}` : `${freshPrefix}${entityType} ${number}`;
  return { kind: "param", name, type: "ref", span: spanOf(context, syntax) };
}

function bindStore(
  store: OperandSyntax,
  value: Operand,
  syntax: Request,
  context: Context,
): readonly Effect[] | undefined {
  const variable = store.kind === "name" ? context.scope.variables.get(store.name) : undefined;
  if (store.kind === "name" && variable === undefined) {
    const { automaton, variables } = context.scope;
    const hint = didYouMean(store.name, [...variables.keys()]);
    context.report("bind/unknown-name", spanOf(context, store), { name: store.name, automaton }, { hint });
    return undefined;
  }
  if (variable === undefined || !canHoldId(variable)) return misfit(syntax, "spawn", context);
  const span = spanOf(context, syntax);
  const { name, type } = variable;
  if (type === "list" || type === "set") return [{ kind: "append", variable: name, type, value, span }];
  return [{ kind: "assign", variable: name, type, value, implied: false, span }];
}

function canHoldId({ type }: Variable): boolean {
  return classOf(type) === "text" || classOf(type) === "list";
}

function textAt({ args }: Request, index: number): string | undefined {
  const arg = args[index];
  return arg?.kind === "literal" && typeof arg.value === "string" ? arg.value : undefined;
}

function isNull(syntax: OperandSyntax): boolean {
  return syntax.kind === "literal" && syntax.value === null;
}
