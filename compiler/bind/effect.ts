/** Binds effects: the variable is there, and what it is given fits its type. */

import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { Span } from "../diagnostics/span.ts";
import type { Effect, Variable } from "../ir/automaton.ts";
import type { Operand } from "../ir/expression.ts";
import { classOf } from "../ir/type-class.ts";
import type { EffectSyntax, NameSyntax } from "../parse/expression-syntax.ts";
import { bindNumber, bindOperand } from "./operand.ts";
import { requests } from "./request.ts";
import { type Context, spanOf } from "./scope.ts";

/** The effect, or undefined with the reason reported. */
export function bindEffect(syntax: Exclude<EffectSyntax, { kind: "request" }>, context: Context): Effect | undefined {
  const span = spanOf(context, syntax);
  switch (syntax.kind) {
    case "assign":
      return syntax.operator === "=" ? bindAssignment(syntax, context, span) : bindAmount(syntax, context, span);
    case "call":
      return bindCall(syntax, context, span);
  }
}

function targetOf(name: NameSyntax, context: Context): Variable | undefined {
  const { scope, report } = context;
  const variable = scope.variables.get(name.name);
  if (variable !== undefined) return variable;
  if (scope.broken.has(name.name)) return undefined;
  const span = spanOf(context, name);
  if (name.name === "status") report("bind/status-assigned", span, {}, { hint: 'to = "…"' });
  else
    report(
      "bind/unknown-name",
      span,
      { name: name.name, automaton: scope.automaton },
      { hint: didYouMean(name.name, [...scope.variables.keys()]) },
    );
  return undefined;
}

type Assignment = EffectSyntax & { readonly kind: "assign" };

function bindAssignment(syntax: Assignment, context: Context, span: Span): Effect | undefined {
  const variable = targetOf(syntax.target, context);
  const value = bindOperand(syntax.value, context);
  if (variable === undefined || value === undefined) return undefined;
  if (!fits(variable, value)) {
    context.report("bind/effect-type", value.span, {
      variable: variable.name,
      type: variable.type,
      value: typeName(value),
    });
    return undefined;
  }
  return { kind: "assign", variable: variable.name, type: variable.type, value, implied: false, span };
}

/** A counter takes no number that is known to be negative or fractional; an int none that is fractional. */
function fits({ type }: Variable, value: Operand): boolean {
  if (value.type === "null") return type === "ref";
  if (classOf(type) !== classOf(value.type)) return false;
  if (type === "float") return true;
  if (value.type === "float") return false;
  return type !== "counter" || value.kind !== "literal" || typeof value.value !== "number" || value.value >= 0;
}

function typeName(value: Operand): string {
  return value.kind === "literal" && typeof value.value === "number" ? String(value.value) : value.type;
}

function bindAmount(syntax: Assignment, context: Context, span: Span): Effect | undefined {
  const variable = targetOf(syntax.target, context);
  const amount = bindNumber(syntax.value, context);
  if (variable === undefined || amount === undefined) return undefined;
  if (classOf(variable.type) !== "number") {
    context.report("bind/not-a-number", spanOf(context, syntax.target), { text: variable.name, type: variable.type });
    return undefined;
  }
  if (!fits(variable, amount)) {
    context.report("bind/effect-type", amount.span, {
      variable: variable.name,
      type: variable.type,
      value: typeName(amount),
    });
    return undefined;
  }
  const kind = syntax.operator === "+=" ? "increase" : "decrease";
  return { kind, variable: variable.name, type: variable.type, amount, span };
}

const calls = ["append", "remove_at", "remove"] as const;

function bindCall(syntax: EffectSyntax & { readonly kind: "call" }, context: Context, span: Span): Effect | undefined {
  const name = calls.find((each) => each === syntax.name.name);
  if (name === undefined) {
    const hint = didYouMean(syntax.name.name, [...calls, ...requests]);
    context.report("bind/unknown-effect", spanOf(context, syntax.name), { name: syntax.name.name }, { hint });
    return undefined;
  }
  const variable = targetOf(syntax.target, context);
  const argument = name === "remove_at" ? bindNumber(syntax.argument, context) : bindOperand(syntax.argument, context);
  if (variable === undefined || argument === undefined) return undefined;
  if (name !== "remove_at" && classOf(argument.type) !== "text") {
    context.report("bind/effect-type", argument.span, {
      variable: variable.name,
      type: variable.type,
      value: typeName(argument),
    });
    return undefined;
  }
  return listEffect(name, variable, argument, span) ?? misplaced(syntax, variable, context);
}

function listEffect(
  name: (typeof calls)[number],
  { name: variable, type }: Variable,
  argument: Operand,
  span: Span,
): Effect | undefined {
  if (name === "append" && (type === "list" || type === "set"))
    return { kind: "append", variable, type, value: argument, span };
  if (name === "remove_at" && type === "list") return { kind: "remove-at", variable, type, index: argument, span };
  if (name === "remove" && type === "set") return { kind: "remove", variable, type, value: argument, span };
  return undefined;
}

function misplaced(
  { name, target }: EffectSyntax & { readonly kind: "call" },
  variable: Variable,
  context: Context,
): undefined {
  const wanted = { append: "list or set", remove_at: "list", remove: "set" }[name.name] ?? "list";
  context.report("bind/not-a-list", spanOf(context, target), { text: variable.name, type: variable.type, wanted });
  return undefined;
}
