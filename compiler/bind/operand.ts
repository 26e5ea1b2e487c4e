/** Binds operands: each name is found and each operand gets its type. */

import { didYouMean, ifNear } from "../diagnostics/did-you-mean.ts";
import type { Literal, Operand, ValueType } from "../ir/expression.ts";
import { classOf } from "../ir/type-class.ts";
import type { OperandSyntax } from "../parse/expression-syntax.ts";
import { type Context, type Scope, spanOf, textOf, typeIn } from "./scope.ts";

/** The operand, or undefined with the reason reported. */
export function bindOperand(syntax: OperandSyntax, context: Context): Operand | undefined {
  const span = spanOf(context, syntax);
  switch (syntax.kind) {
    case "name":
      return syntax.name === "status" ? { kind: "status", type: "status", span } : bindVariable(syntax, context);
    case "param":
      return bindParam(syntax, context);
    case "length":
      return bindLength(syntax, context);
    case "related":
      return bindRelated(syntax, context);
    case "literal":
      return bindLiteral(syntax, context);
    case "arithmetic":
      return bindArithmetic(syntax, context);
  }
}

function bindVariable(syntax: OperandSyntax & { readonly kind: "name" }, context: Context): Operand | undefined {
  const { scope, report } = context;
  const { name } = syntax;
  const span = spanOf(context, syntax);
  const variable = scope.variables.get(name);
  if (variable !== undefined) return { kind: "variable", name, type: variable.type, span };
  if (scope.broken.has(name)) return undefined;
  const field = scope.seesFields ? scope.fields.get(name) : undefined;
  if (field !== undefined) return { kind: "field", name, type: field, span };
  const hint = scope.action?.params.has(name)
    ? `it is a parameter: write params.${name}`
    : didYouMean(name, [...declaredIn(scope), ...(scope.seesFields ? scope.fields.keys() : []), "status"]);
  report("bind/unknown-name", span, { name, automaton: scope.automaton }, { hint });
  return undefined;
}

/** Also those that did not bind: a name may be meant for one. */
function declaredIn({ variables, broken }: Scope): readonly string[] {
  return [...variables.keys(), ...broken];
}

/** `Type[field].status`: the field is a variable or any field that can hold ids. */
function bindRelated(syntax: OperandSyntax & { readonly kind: "related" }, context: Context): Operand | undefined {
  const { scope, report } = context;
  const { type, reference, property } = syntax;
  if (!scope.seesRelated) {
    const hint = "a property across entities belongs in cross-invariants.toml";
    report("bind/related-here", spanOf(context, syntax), { type: type.name }, { hint });
    return undefined;
  }
  if (!scope.others.has(type.name)) {
    const hint = didYouMean(type.name, [...scope.others.keys()]);
    report("bind/unknown-automaton", spanOf(context, type), { name: type.name }, { hint });
    return undefined;
  }
  const related = scope.relatedFields?.(type.name).get(property.name);
  if (property.name !== "status" && related === undefined) {
    report(
      "bind/related-property",
      spanOf(context, property),
      { property: property.name },
      { hint: `ask for ${type.name}[${reference.name}].status` },
    );
    return undefined;
  }
  const held = typeIn(scope, reference.name);
  if (held === undefined) {
    const hint = didYouMean(reference.name, [...declaredIn(scope), ...scope.fields.keys()]);
    if (!scope.broken.has(reference.name))
      report(
        "bind/unknown-name",
        spanOf(context, reference),
        { name: reference.name, automaton: scope.automaton },
        { hint },
      );
    return undefined;
  }
  if (classOf(held) !== "text" && classOf(held) !== "list") {
    const facts = { text: reference.name, type: held, wanted: "ref, string, list or set" };
    report("bind/not-a-list", spanOf(context, reference), facts);
    return undefined;
  }
  const span = spanOf(context, syntax);
  return {
    kind: "related",
    entityType: type.name,
    reference: reference.name,
    property: property.name,
    type: property.name === "status" ? "status" : (related ?? "string"),
    span,
  };
}

function bindParam(syntax: OperandSyntax & { readonly kind: "param" }, context: Context): Operand | undefined {
  const { scope, report } = context;
  const span = spanOf(context, syntax);
  if (scope.action === undefined) {
    report("bind/param-here", span, { param: syntax.name });
    return undefined;
  }
  const param = scope.action.params.get(syntax.name);
  if (param !== undefined) return { kind: "param", name: syntax.name, type: param.type, span };
  const hint = ifNear(syntax.name, [...scope.action.params.keys()]) ?? `declare it: params = ["${syntax.name}"]`;
  report("bind/unknown-param", span, { param: syntax.name, action: scope.action.name }, { hint });
  return undefined;
}

function bindLength(syntax: OperandSyntax & { readonly kind: "length" }, context: Context): Operand | undefined {
  const of = bindVariable({ kind: "name", ...syntax.name }, context);
  if (of === undefined) return undefined;
  if (classOf(of.type) === "list") return { kind: "length", of, type: "int", span: spanOf(context, syntax) };
  context.report("bind/not-a-list", of.span, { text: syntax.name.name, type: of.type, wanted: "list or set" });
  return undefined;
}

function bindLiteral(syntax: OperandSyntax & { readonly kind: "literal" }, context: Context): Operand | undefined {
  const span = spanOf(context, syntax);
  const { value } = syntax;
  if (typeof value === "number" && Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    context.report("parse/number-range", span, { number: textOf(context, syntax) });
    return undefined;
  }
  return { kind: "literal", value, type: literalType(value), span };
}

function literalType(value: Literal): ValueType {
  if (value === null) return "null";
  if (typeof value === "string") return "string";
  if (typeof value === "boolean") return "bool";
  return Number.isInteger(value) ? "int" : "float";
}

function bindArithmetic(
  syntax: OperandSyntax & { readonly kind: "arithmetic" },
  context: Context,
): Operand | undefined {
  const left = bindNumber(syntax.left, context);
  const right = bindNumber(syntax.right, context);
  if (left === undefined || right === undefined) return undefined;
  const span = spanOf(context, syntax);
  if (syntax.operator === "*" && left.kind !== "literal" && right.kind !== "literal") {
    context.report("bind/product-of-variables", span, {});
    return undefined;
  }
  const type = left.type === "float" || right.type === "float" ? "float" : "int";
  return { kind: "arithmetic", operator: syntax.operator, left, right, type, span };
}

/** An operand that must be a number. Reports `bind/not-a-number`. */
export function bindNumber(syntax: OperandSyntax, context: Context): Operand | undefined {
  const operand = bindOperand(syntax, context);
  if (operand === undefined || classOf(operand.type) === "number") return operand;
  const facts = { text: textOf(context, syntax), type: operand.type };
  context.report("bind/not-a-number", operand.span, facts, { hint: numberInstead(operand) });
  return undefined;
}

/** A number in quotation marks is meant without them. */
function numberInstead(operand: Operand): string {
  const written = operand.kind === "literal" ? String(operand.value) : "";
  return `write a number${/^-?\d{1,15}$/.test(written) ? `: ${written}` : ", such as 1, or the name of a counter"}`;
}
