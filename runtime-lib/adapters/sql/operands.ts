/** The operands of a condition as SQL: a literal becomes the cell that compares rightly with the column beside it. */
import { sql } from "kysely";
import type { PropertyDescriptor, Value } from "../../kernel/index.ts";
import type { FilterNode, FilterOperand, Way } from "../../ports/index.ts";
import type { Operand } from "./dialect.ts";
import { decimalScale, type LiteralType, literalCell, literalKind, Slot } from "./literals.ts";
import { columnOf, entered, outwards, propertyOf, type Scope, tableOf } from "./scope.ts";

/** How conditions within operands become SQL. */
export interface Conditions {
  /** The condition under which a row of that scope is at the end of the way. */
  readonly arrival: (scope: Scope, way: Way, filter?: FilterNode) => Operand;
  readonly condition: (scope: Scope, node: FilterNode) => Operand;
}

/** A literal as an operand beside the column of a property. */
export function literalSql(scope: Scope, { owner, value, further }: Literal, beside: LiteralType | undefined): Operand {
  const { dialect, places } = scope.around;
  const cell = literalCell(value, beside);
  if (cell === null) return sql`null`;
  const kind = literalKind(value, cell);
  return dialect.literal(new Slot(places.of(owner, further), beside, kind), kind);
}

/** A value, and what it is a value of: the first of it, or the one so many behind that. */
export interface Literal {
  readonly owner: object;
  readonly value: Value;
  readonly further?: number;
}

function literalOf(operand: Extract<FilterOperand, { kind: "literal" }>): Literal {
  return { owner: operand, value: operand.value };
}

function ownType({ type }: Extract<FilterOperand, { kind: "literal" }>): LiteralType | undefined {
  return type === undefined ? undefined : { type, collection: false };
}

/** The property whose column an operand is, unchanged. */
export function described(scope: Scope, operand: FilterOperand): PropertyDescriptor | undefined {
  if (operand.kind === "property") return propertyOf(outwards(scope, operand.from), operand.property);
  return operand.kind === "at" ? described(entered(scope, operand.way), operand.operand) : undefined;
}

/** The operand as it is stored: decimals scaled, instants padded. */
export function operandSql(scope: Scope, operand: FilterOperand, conditions: Conditions): Operand {
  switch (operand.kind) {
    case "property":
      return columnOf(outwards(scope, operand.from), operand.property);
    case "literal":
      return literalSql(scope, literalOf(operand), ownType(operand));
    case "at": {
      const inner = entered(scope, operand.way);
      const from = sql`from ${tableOf(inner, operand.way)} where ${conditions.arrival(inner, operand.way)}`;
      return sql`(select ${operandSql(inner, operand.operand, conditions)} ${from} limit 1)`;
    }
    case "count": {
      const inner = entered(scope, operand.way);
      return sql`(select count(*) from ${tableOf(inner, operand.way)} where ${conditions.arrival(inner, operand.way, operand.filter)})`;
    }
    case "call":
      return isNull(operand)
        ? sql`null`
        : scope.around.dialect.scalar(
            operand.function,
            operand.arguments.map((argument) => naturalSql(scope, argument, conditions)),
          );
    case "test":
      return conditions.condition(scope, operand.node);
    case "case": {
      if (isNull(operand)) return sql`null`;
      const branches = operand.branches.map(({ when, value }) => {
        return sql`when ${conditions.condition(scope, when)} then ${naturalSql(scope, value, conditions)}`;
      });
      return sql`(case ${sql.join(branches, sql` `)} end)`;
    }
  }
}

/** True for what is null whatever the row. */
export function isNull(operand: FilterOperand): boolean {
  if (operand.kind === "literal") return operand.value === null;
  if (operand.kind === "case") return operand.branches.every(({ value }) => isNull(value));
  return operand.kind === "call" && operand.arguments.some(isNull);
}

/** The operand with decimals as the numbers that they are. */
export function naturalSql(scope: Scope, operand: FilterOperand, conditions: Conditions): Operand {
  const scale = decimalScale(described(scope, operand));
  const stored = operandSql(scope, operand, conditions);
  return scale === 0 ? stored : scope.around.dialect.unscaled(stored, scale);
}

/** Both sides in one unit: decimals are stored scaled, so the other side is scaled alike. */
export function comparable(
  scope: Scope,
  [left, right]: readonly [FilterOperand, FilterOperand],
  conditions: Conditions,
): readonly [Operand, Operand] {
  const here = described(scope, left);
  const there = described(scope, right);
  if (left.kind === "literal") {
    return [literalSql(scope, literalOf(left), there ?? ownType(left)), operandSql(scope, right, conditions)];
  }
  if (right.kind === "literal") {
    return [operandSql(scope, left, conditions), literalSql(scope, literalOf(right), here ?? ownType(right))];
  }
  if (here === undefined || there === undefined) {
    return [naturalSql(scope, left, conditions), naturalSql(scope, right, conditions)];
  }
  const scale = Math.max(decimalScale(here), decimalScale(there));
  const scaled = (operand: FilterOperand, property: PropertyDescriptor): Operand => {
    const places = scale - decimalScale(property);
    const column = operandSql(scope, operand, conditions);
    return places === 0 ? column : scope.around.dialect.scaled(column, places);
  };
  return [scaled(left, here), scaled(right, there)];
}
