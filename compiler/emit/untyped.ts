/** A predicate over a snapshot as one over values of unknown type: what is asked of an entity's values before they are trusted. */

import type { Operand, Predicate } from "../ir/expression.ts";

/** Variables and the status become parameters, which hold any value or none; the status is that of the published property. */
export function untyped(predicate: Predicate, statusProperty: string): Predicate {
  const onOperand = (operand: Operand): Operand => untypedOperand(operand, statusProperty);
  const onPredicate = (each: Predicate): Predicate => untyped(each, statusProperty);
  switch (predicate.kind) {
    case "constant":
      return predicate;
    case "truth":
    case "empty":
      return { ...predicate, operand: onOperand(predicate.operand) };
    case "comparison":
      return { ...predicate, left: onOperand(predicate.left), right: onOperand(predicate.right) };
    case "membership": {
      const set = "kind" in predicate.set ? onOperand(predicate.set) : predicate.set.map(onOperand);
      return { ...predicate, element: onOperand(predicate.element), set };
    }
    case "not":
      return { ...predicate, operand: onPredicate(predicate.operand) };
    case "and":
    case "or":
      return { ...predicate, operands: predicate.operands.map(onPredicate) };
    case "implies":
      return { ...predicate, premise: onPredicate(predicate.premise), conclusion: onPredicate(predicate.conclusion) };
  }
}

function untypedOperand(operand: Operand, statusProperty: string): Operand {
  switch (operand.kind) {
    case "status":
      return { kind: "param", name: statusProperty, type: "status", span: operand.span };
    case "variable":
    case "field":
      return { ...operand, kind: "param" };
    case "param":
    case "literal":
    case "related":
      return operand;
    case "length":
      return { ...operand, of: untypedOperand(operand.of, statusProperty) };
    case "arithmetic": {
      const left = untypedOperand(operand.left, statusProperty);
      return { ...operand, left, right: untypedOperand(operand.right, statusProperty) };
    }
  }
}
