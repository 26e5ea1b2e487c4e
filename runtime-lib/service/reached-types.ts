/** The entity types that a query reads besides its own, by the ways that its filter and its computed columns go. */
import type { FilterNode, FilterOperand, Way } from "../ports/index.ts";
import type { ListRead } from "./call.ts";

/** The names of the types, each once. */
export function reachedTypes({ filter, computed = [], grouping }: ListRead): ReadonlySet<string> {
  const names = new Set<string>();
  if (filter !== undefined) inNode(filter, names);
  if (grouping?.having !== undefined) inNode(grouping.having, names);
  for (const { operand } of [...computed, ...(grouping?.by ?? [])]) inOperand(operand, names);
  for (const each of grouping?.aggregates ?? []) if (each.method !== "count") inOperand(each.operand, names);
  return names;
}

function inNode(node: FilterNode, names: Set<string>): void {
  switch (node.kind) {
    case "constant":
    case "property":
      return;
    case "truth":
    case "has":
    case "in":
      inOperand(node.operand, names);
      return;
    case "compare":
    case "lists":
      inOperand(node.left, names);
      inOperand(node.right, names);
      return;
    case "text":
      inOperand(node.text, names);
      inOperand(node.part, names);
      return;
    case "pattern":
      inOperand(node.text, names);
      return;
    case "some":
      along(node.way, names);
      if (node.filter !== undefined) inNode(node.filter, names);
      return;
    case "known":
    case "not":
      inNode(node.operand, names);
      return;
    case "and":
    case "or":
      for (const operand of node.operands) inNode(operand, names);
  }
}

function inOperand(operand: FilterOperand, names: Set<string>): void {
  switch (operand.kind) {
    case "property":
    case "literal":
      return;
    case "at":
      along(operand.way, names);
      inOperand(operand.operand, names);
      return;
    case "count":
      along(operand.way, names);
      if (operand.filter !== undefined) inNode(operand.filter, names);
      return;
    case "call":
      for (const argument of operand.arguments) inOperand(argument, names);
      return;
    case "test":
      inNode(operand.node, names);
      return;
    case "case":
      for (const { when, value } of operand.branches) {
        inNode(when, names);
        inOperand(value, names);
      }
  }
}

function along(way: Way, names: Set<string>): void {
  if (way.kind === "entities") names.add(way.target.name);
}
