/** Binds conditions: every comparison is between types that can be equal, every bare name is a bool. */

import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { Operand, Predicate } from "../ir/expression.ts";
import { classOf } from "../ir/type-class.ts";
import type { ConditionSyntax, OperandSyntax } from "../parse/expression-syntax.ts";
import { bindNumber, bindOperand } from "./operand.ts";
import { type Context, spanOf, textOf } from "./scope.ts";

/** The predicate, or undefined with every reason reported. */
export function bindPredicate(syntax: ConditionSyntax, context: Context): Predicate | undefined {
  const span = spanOf(context, syntax);
  switch (syntax.kind) {
    case "truth":
      return bindTruth(syntax, context);
    case "comparison":
      return bindComparison(syntax, context);
    case "membership":
      return bindMembership(syntax, context);
    case "empty":
      return bindEmpty(syntax, context);
    case "not": {
      const operand = bindPredicate(syntax.operand, context);
      return operand && { kind: "not", operand, span };
    }
    case "and":
    case "or": {
      const operands = syntax.operands.map((each) => bindPredicate(each, context));
      const bound = operands.flatMap((each) => each ?? []);
      return bound.length === operands.length ? { kind: syntax.kind, operands: bound, span } : undefined;
    }
    case "implies": {
      const premise = bindPredicate(syntax.premise, context);
      const conclusion = bindPredicate(syntax.conclusion, context);
      return premise && conclusion && { kind: "implies", premise, conclusion, span };
    }
  }
}

function bindTruth(syntax: ConditionSyntax & { readonly kind: "truth" }, context: Context): Predicate | undefined {
  const operand = bindOperand(syntax.operand, context);
  if (operand === undefined) return undefined;
  if (operand.kind === "literal" && typeof operand.value === "boolean")
    return { kind: "constant", value: operand.value, span: operand.span };
  if (operand.type === "bool") return { kind: "truth", operand, span: operand.span };
  const hint = classOf(operand.type) === "number" ? `compare it: ${textOf(context, syntax)} > 0` : undefined;
  context.report("bind/not-a-bool", operand.span, { text: textOf(context, syntax), type: operand.type }, { hint });
  return undefined;
}

function bindComparison(
  syntax: ConditionSyntax & { readonly kind: "comparison" },
  context: Context,
): Predicate | undefined {
  const { operator } = syntax;
  const span = spanOf(context, syntax);
  const ordering = operator !== "==" && operator !== "!=";
  const bind = ordering ? bindNumber : bindOperand;
  const left = bind(syntax.left, context);
  const right = bind(syntax.right, context);
  if (left === undefined || right === undefined) return undefined;
  const classes = [classOf(left.type), classOf(right.type)];
  if (classes[0] !== classes[1] && !classes.includes("null")) {
    context.report("bind/incomparable", span, { left: left.type, right: right.type, operator });
    return undefined;
  }
  if (left.kind === "related" && right.kind === "related") {
    context.report("bind/two-related", span, {});
    return undefined;
  }
  return areKnownStatuses(left, [right], context) && areKnownStatuses(right, [left], context)
    ? { kind: "comparison", operator, left, right, span }
    : undefined;
}

function bindMembership(
  syntax: ConditionSyntax & { readonly kind: "membership" },
  context: Context,
): Predicate | undefined {
  const span = spanOf(context, syntax);
  const element = bindOperand(syntax.element, context);
  const set = "kind" in syntax.set ? bindList(syntax.set, context) : bindItems(syntax.set, context);
  if (element === undefined || set === undefined) return undefined;
  const items = "kind" in set ? [] : set;
  const wanted = "kind" in set ? "text" : classOf(element.type);
  const misfit = items.find((item) => classOf(item.type) !== wanted && item.type !== "null");
  if (misfit !== undefined || classOf(element.type) !== wanted) {
    context.report("bind/incomparable", misfit?.span ?? span, {
      left: element.type,
      right: misfit?.type ?? "string",
      operator: "in",
    });
    return undefined;
  }
  return areKnownStatuses(element, items, context)
    ? { kind: "membership", element, set, negated: syntax.negated, span }
    : undefined;
}

function bindItems(items: readonly OperandSyntax[], context: Context): readonly Operand[] | undefined {
  const bound = items.flatMap((item) => bindOperand(item, context) ?? []);
  return bound.length === items.length ? bound : undefined;
}

function bindList(syntax: OperandSyntax, context: Context): Operand | undefined {
  const list = bindOperand(syntax, context);
  if (list === undefined || classOf(list.type) === "list") return list;
  context.report("bind/not-a-list", list.span, {
    text: textOf(context, syntax),
    type: list.type,
    wanted: "list or set",
  });
  return undefined;
}

function bindEmpty(syntax: ConditionSyntax & { readonly kind: "empty" }, context: Context): Predicate | undefined {
  const operand = bindOperand({ kind: "name", ...syntax.name }, context);
  if (operand === undefined) return undefined;
  const canBeEmpty = classOf(operand.type) === "list" || operand.type === "string" || operand.type === "ref";
  if (canBeEmpty) return { kind: "empty", operand, span: spanOf(context, syntax) };
  context.report("bind/not-a-list", operand.span, {
    text: syntax.name.name,
    type: operand.type,
    wanted: "string, list or set",
  });
  return undefined;
}

/** What a status is compared with must be one, of this automaton or of the related one. */
function areKnownStatuses(side: Operand, others: readonly Operand[], { scope, report }: Context): boolean {
  const isRelated = side.kind === "related" && side.property === "status";
  if (side.kind !== "status" && !isRelated) return true;
  const automaton = isRelated ? side.entityType : scope.automaton;
  const statuses = isRelated ? (scope.others.get(automaton) ?? []) : scope.statuses;
  const unknown = others.filter(
    (other) => other.kind === "literal" && typeof other.value === "string" && !statuses.includes(other.value),
  );
  for (const { span, ...other } of unknown) {
    const status = "value" in other ? String(other.value) : "";
    report("bind/unknown-status", span, { automaton, status }, { hint: didYouMean(status, statuses) });
  }
  return unknown.length === 0;
}
