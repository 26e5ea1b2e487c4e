/** The conditions of a query as SQL with bound parameters; three-valued as OData 4.01 has it. */
import { type Expression, type SqlBool, sql } from "kysely";
import type { FilterNode, FilterOperand, Way } from "../../ports/index.ts";
import type { Operand } from "./dialect.ts";
import { listsCondition } from "./lists.ts";
import { Slot } from "./literals.ts";
import { type Conditions, comparable, described, isNull, literalSql, naturalSql, operandSql } from "./operands.ts";
import { columnOf, entered, isOfTenant, outwards, type Scope, tableOf } from "./scope.ts";

export type Condition = Expression<SqlBool>;

const conditions: Conditions = {
  arrival,
  condition: (scope, node) => sql`${condition(scope, node)}`,
};

/** An operand as it is stored. */
export function storedSql(scope: Scope, operand: FilterOperand): Operand {
  return operandSql(scope, operand, conditions);
}

/** An operand with decimals as the numbers that they are. */
export function naturalNumber(scope: Scope, operand: FilterOperand): Operand {
  return naturalSql(scope, operand, conditions);
}

/** True for the rows that the node selects. */
export function condition(scope: Scope, node: FilterNode): Condition {
  switch (node.kind) {
    case "constant":
      return constant(node.value);
    case "property":
    case "truth":
      return sql<SqlBool>`${storedSql(scope, node.kind === "truth" ? node.operand : node)}`;
    case "compare":
      return comparison(scope, node);
    case "in":
      return membership(scope, node);
    case "has": {
      const bits = literalSql(scope, { owner: node, value: node.bits }, undefined);
      return sql<SqlBool>`((${storedSql(scope, node.operand)} & ${bits}) = ${bits})`;
    }
    case "text":
      return textCondition(scope, node);
    case "pattern":
      if (isNull(node.text)) return sql<SqlBool>`(1 = null)`;
      return scope.around.dialect.matches(
        naturalSql(scope, node.text, conditions),
        sql`${new Slot(scope.around.places.of(node))}`,
      );
    case "lists":
      return listsCondition(node.relation, scope.around.dialect, [
        storedSql(scope, node.left),
        storedSql(scope, node.right),
      ]);
    case "some": {
      const inner = entered(scope, node.way);
      return sql<SqlBool>`exists (select 1 from ${tableOf(inner, node.way)} where ${arrival(inner, node.way, node.filter)})`;
    }
    case "known":
      return sql<SqlBool>`coalesce(${condition(scope, node.operand)}, false)`;
    case "not":
      return sql<SqlBool>`(not ${condition(scope, node.operand)})`;
    case "and":
    case "or":
      return balanced(
        node.kind,
        node.operands.map((operand) => condition(scope, operand)),
      );
  }
}

/** That a row of this scope, which the way has led to, belongs to the row where the way began, and is readable. */
function arrival(scope: Scope, way: Way, filter?: FilterNode): Operand {
  const asked = filter === undefined ? [] : [condition(scope, filter)];
  if (way.kind === "items" || scope.outer === undefined) return sql`${balanced("and", asked)}`;
  const { restrictions } = scope.around;
  const start = outwards(scope.outer, way.from);
  const readable = condition(scope, restrictions.get(way.target.name) ?? { kind: "constant", value: false });
  const pairs = way.pairs.map(({ here, there }) => sql<SqlBool>`${columnOf(scope, there)} = ${columnOf(start, here)}`);
  return sql`${balanced("and", [isOfTenant(scope), ...pairs, readable, ...asked])}`;
}

function constant(value: boolean): Condition {
  return value ? sql<SqlBool>`(1 = 1)` : sql<SqlBool>`(1 = 0)`;
}

/** Joined as a balanced tree: SQLite bounds the depth of an expression, and a long chain would be as deep as it is long. */
export function balanced(kind: "and" | "or", conditions: readonly Condition[]): Condition {
  const [first, second] = conditions;
  if (first === undefined) return constant(kind === "and");
  if (second === undefined) return first;
  const half = Math.ceil(conditions.length / 2);
  const left = balanced(kind, conditions.slice(0, half));
  const right = balanced(kind, conditions.slice(half));
  return kind === "and" ? sql<SqlBool>`(${left} and ${right})` : sql<SqlBool>`(${left} or ${right})`;
}

/**
 * OData 4.01, 5.1.1.1: null equals null and nothing else; an order comparison with null is false, `ge` and `le` of two nulls true.
 * Written so that an index on a column serves, and so that the whole is never null.
 */
function comparison(scope: Scope, { operator, left, right }: Extract<FilterNode, { kind: "compare" }>): Condition {
  const sides = comparable(scope, [left, right], conditions);
  switch (operator) {
    case "eq":
      return same(scope, [left, right], sides);
    case "ne":
      return sql<SqlBool>`(not ${same(scope, [left, right], sides)})`;
    case "lt":
    case "gt":
      return ordered(operator === "lt" ? "<" : ">", [left, right], sides);
    case "le":
    case "ge": {
      if (isConditional(left) || isConditional(right)) return sameOrOrdered(operator, sides);
      const inOrder = ordered(operator === "le" ? "<=" : ">=", [left, right], sides);
      if (isSet(left) || isSet(right)) return inOrder;
      return sql<SqlBool>`(${inOrder} or (${sides[0]} is null and ${sides[1]} is null))`;
    }
  }
}

type Pair<T> = readonly [T, T];

function same(scope: Scope, [left, right]: Pair<FilterOperand>, [one, other]: Pair<Operand>): Condition {
  if (isNull(left)) return sql<SqlBool>`(${other} is null)`;
  if (isNull(right)) return sql<SqlBool>`(${one} is null)`;
  if (isSet(left) || isSet(right)) return ordered("=", [left, right], [one, other]);
  return scope.around.dialect.same(one, other);
}

function ordered(
  operator: "=" | "<" | "<=" | ">" | ">=",
  operands: Pair<FilterOperand>,
  sides: Pair<Operand>,
): Condition {
  if (operands.some(isNull)) return constant(false);
  const [one, other] = sides;
  if (operands.some(isConditional)) return sql<SqlBool>`coalesce(${one} ${sql.raw(operator)} ${other}, false)`;
  const known = sides.flatMap((side, index) => (isSet(operands[index]) ? [] : [sql<SqlBool>`${side} is not null`]));
  return balanced("and", [sql<SqlBool>`${one} ${sql.raw(operator)} ${other}`, ...known]);
}

/** Each side is written once, and the limit keeps the database from writing it again: conditions nest in such operands, and twice would be a thousand times at a depth of ten. */
function sameOrOrdered(operator: "le" | "ge", [one, other]: Pair<Operand>): Condition {
  const order = sql.raw(operator === "le" ? "<=" : ">=");
  const truth = sql`coalesce("one" ${order} "other", "one" is null and "other" is null)`;
  return sql<SqlBool>`(select ${truth} from (select ${one} as "one", ${other} as "other" limit 1) as "sides")`;
}

/** True for an operand that has conditions in it. */
function isConditional(operand: FilterOperand): boolean {
  switch (operand.kind) {
    case "test":
    case "case":
      return true;
    case "call":
      return operand.arguments.some(isConditional);
    case "at":
      return isConditional(operand.operand);
    case "property":
    case "literal":
    case "count":
      return false;
  }
}

/** True for what is a value whatever the row. */
function isSet(operand: FilterOperand | undefined): boolean {
  return operand?.kind === "literal" && operand.value !== null;
}

function membership(scope: Scope, node: Extract<FilterNode, { kind: "in" }>): Condition {
  const [own] = comparable(scope, [node.operand, node.operand], conditions);
  if (isConditional(node.operand)) {
    const inner = amongSql(scope, node, sql`"one"`);
    return sql<SqlBool>`(select ${inner} from (select ${own} as "one" limit 1) as "sides")`;
  }
  return amongSql(scope, node, own);
}

function amongSql(scope: Scope, node: Extract<FilterNode, { kind: "in" }>, operand: Operand): Condition {
  const literals = node.values.map((value, further) => ({ owner: node, value, further }));
  const present = literals.filter(({ value }) => value !== null);
  const beside = described(scope, node.operand);
  const cells = present.map((literal) => literalSql(scope, literal, beside));
  const among =
    cells.length === 0
      ? constant(false)
      : sql<SqlBool>`(${operand} is not null and ${operand} in (${sql.join(cells)}))`;
  return present.length === node.values.length ? among : sql<SqlBool>`(${among} or ${operand} is null)`;
}

/** Literal-safe: no pattern is built, so `%` and `_` are themselves. Null in, null out. */
function textCondition(scope: Scope, node: Extract<FilterNode, { kind: "text" }>): Condition {
  if (isNull(node.text) || isNull(node.part)) return sql<SqlBool>`(1 = null)`;
  const text = naturalSql(scope, node.text, conditions);
  const part = naturalSql(scope, node.part, conditions);
  if (!isConditional(node.text) && !isConditional(node.part)) return textOf(scope, node.function, [text, part]);
  const inner = textOf(scope, node.function, [sql`"one"`, sql`"other"`]);
  return sql<SqlBool>`(select ${inner} from (select ${text} as "one", ${part} as "other" limit 1) as "sides")`;
}

function textOf(
  scope: Scope,
  name: Extract<FilterNode, { kind: "text" }>["function"],
  [text, part]: Pair<Operand>,
): Condition {
  switch (name) {
    case "contains":
      return sql<SqlBool>`(${scope.around.dialect.place(text, part)} > 0)`;
    case "startswith":
      return sql<SqlBool>`(substr(${text}, 1, length(${part})) = ${part})`;
    case "endswith":
      return sql<SqlBool>`(length(${text}) >= length(${part}) and substr(${text}, length(${text}) - length(${part}) + 1) = ${part})`;
  }
}
