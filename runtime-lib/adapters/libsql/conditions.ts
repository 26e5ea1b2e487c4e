/** The conditions of a query as SQL with bound parameters; three-valued as OData 4.01 has it. */
import { type Expression, type SqlBool, sql } from "kysely";
import type { FilterNode, FilterOperand, Way } from "../../ports/index.ts";
import { comparable, described, literalCell, naturalSql, operandSql } from "./operands.ts";
import { columnOf, entered, type Operand, outwards, type Scope, tableOf, tenantOf } from "./scope.ts";

export type Condition = Expression<SqlBool>;

/** An operand as it is stored. */
export function storedSql(scope: Scope, operand: FilterOperand): Operand {
  return operandSql(scope, operand, arrival);
}

/** An operand with decimals as the numbers that they are. */
export function naturalNumber(scope: Scope, operand: FilterOperand): Operand {
  return naturalSql(scope, operand, arrival);
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
    case "text":
      return textCondition(scope, node);
    case "some": {
      const inner = entered(scope, node.way);
      return sql<SqlBool>`exists (select 1 from ${tableOf(inner, node.way)} where ${arrival(inner, node.way, node.filter)})`;
    }
    case "known":
      return sql<SqlBool>`coalesce(${condition(scope, node.operand)}, 0)`;
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
  const { tenant, restrictions } = scope.around;
  const start = outwards(scope.outer, way.from);
  const readable = condition(scope, restrictions.get(way.target.name) ?? { kind: "constant", value: false });
  const pairs = way.pairs.map(({ here, there }) => sql<SqlBool>`${columnOf(scope, there)} = ${columnOf(start, here)}`);
  return sql`${balanced("and", [sql<SqlBool>`${tenantOf(scope)} = ${tenant}`, ...pairs, readable, ...asked])}`;
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

/** OData 4.01, 5.1.1.1: null equals null and nothing else; an order comparison with null is false, `ge` and `le` of two nulls true. */
function comparison(scope: Scope, node: Extract<FilterNode, { kind: "compare" }>): Condition {
  const [left, right] = comparable(scope, [node.left, node.right], arrival);
  switch (node.operator) {
    case "eq":
      return sql<SqlBool>`(${left} is ${right})`;
    case "ne":
      return sql<SqlBool>`(${left} is not ${right})`;
    case "lt":
      return sql<SqlBool>`coalesce(${left} < ${right}, 0)`;
    case "gt":
      return sql<SqlBool>`coalesce(${left} > ${right}, 0)`;
    case "le":
      return sql<SqlBool>`coalesce(${left} <= ${right}, ${left} is ${right})`;
    case "ge":
      return sql<SqlBool>`coalesce(${left} >= ${right}, ${left} is ${right})`;
  }
}

function membership(scope: Scope, node: Extract<FilterNode, { kind: "in" }>): Condition {
  const present = node.values.filter((value) => value !== null);
  const [operand] = comparable(scope, [node.operand, node.operand], arrival);
  const cells = present.map((value) => literalCell(value, described(scope, node.operand)));
  const among =
    cells.length === 0
      ? constant(false)
      : sql<SqlBool>`(${operand} is not null and ${operand} in (${sql.join(cells)}))`;
  return present.length === node.values.length ? among : sql<SqlBool>`(${among} or ${operand} is null)`;
}

/** Literal-safe: no pattern is built, so `%` and `_` are themselves. Null in, null out. */
function textCondition(scope: Scope, node: Extract<FilterNode, { kind: "text" }>): Condition {
  const text = naturalSql(scope, node.text, arrival);
  const part = naturalSql(scope, node.part, arrival);
  switch (node.function) {
    case "contains":
      return sql<SqlBool>`(instr(${text}, ${part}) > 0)`;
    case "startswith":
      return sql<SqlBool>`(substr(${text}, 1, length(${part})) = ${part})`;
    case "endswith":
      return sql<SqlBool>`(length(${text}) >= length(${part}) and substr(${text}, length(${text}) - length(${part}) + 1) = ${part})`;
  }
}
