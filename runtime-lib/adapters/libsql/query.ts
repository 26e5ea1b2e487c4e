/** A query as SQL with bound parameters: filter, restriction, total order, paging and count run in the database. */
import {
  DummyDriver,
  type Expression,
  Kysely,
  type RawBuilder,
  type SqlBool,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from "kysely";
import type { PropertyDescriptor } from "../../kernel/index.ts";
import type { FilterNode, FilterOperand, Query } from "../../ports/index.ts";
import { type Cell, tenantColumn } from "./columns.ts";
import { decimalScale, literalCell, type Operand } from "./operands.ts";
import { type Projection, selectedNames } from "./projection.ts";

export interface CompiledSql {
  readonly sql: string;
  readonly cells: readonly Cell[];
}

type Condition = Expression<SqlBool>;

/** Kysely as a compiler only: it never runs anything. */
const compiler = new Kysely<Record<string, Record<string, Cell>>>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

/** The page that the query asks for. */
export function pageSql(projection: Projection, query: Query): CompiledSql {
  const order = [...query.orderBy, { property: projection.type.key, direction: "asc" as const }];
  const columns = sql.join(selectedNames(projection).map((name) => sql.ref(name)));
  const orders = order.map(({ property, direction }) => {
    const column = columnRef(projection, property);
    return direction === "desc" ? sql`${column} desc` : sql`${column} asc`;
  });
  const page = sql`order by ${sql.join(orders)} limit ${query.top} offset ${query.skip}`;
  const table = sql`${sql.table(projection.table)} where ${matching(projection, query)}`;
  if (query.each === undefined) return compiled(sql`select ${columns} from ${table} ${page}`);
  const { by, skip, top } = query.each;
  const group = sql.join(by.map((property) => columnRef(projection, property)));
  const place = sql`row_number() over (partition by ${group} order by ${sql.join(orders)})`;
  const size = sql`count(*) over (partition by ${group})`;
  return compiled(
    sql`select * from (select ${columns}, ${place} as "@place", ${size} as "@size" from ${table})
      where "@place" = 1 or ("@place" > ${skip} and "@place" <= ${skip + top}) ${page}`,
  );
}

/** How many match, whatever the paging. */
export function countSql(projection: Projection, query: Query): CompiledSql {
  return compiled(sql`select count(*) from ${sql.table(projection.table)} where ${matching(projection, query)}`);
}

function compiled(builder: RawBuilder<unknown>): CompiledSql {
  const { sql: text, parameters } = builder.compile(compiler);
  return { sql: text, cells: parameters.map(boundCell) };
}

function boundCell(parameter: unknown): Cell {
  if (parameter === null || typeof parameter === "string" || typeof parameter === "number") return parameter;
  throw new TypeError(`a query binds texts and numbers, not ${typeof parameter}`);
}

function matching(projection: Projection, query: Query): Condition {
  const own = sql<SqlBool>`${sql.ref(tenantColumn)} = ${query.tenant}`;
  const asked = [query.filter, query.restriction].flatMap((node) => (node === undefined ? [] : [node]));
  return balanced("and", [own, ...asked.map((node) => condition(projection, node))]);
}

function condition(projection: Projection, node: FilterNode): Condition {
  switch (node.kind) {
    case "constant":
      return constant(node.value);
    case "property":
      return sql<SqlBool>`${columnRef(projection, node.property)}`;
    case "compare":
      return comparison(projection, node);
    case "in":
      return membership(projection, node);
    case "text":
      return textCondition(projection, node);
    case "not":
      return sql<SqlBool>`(not ${condition(projection, node.operand)})`;
    case "and":
    case "or":
      return balanced(
        node.kind,
        node.operands.map((operand) => condition(projection, operand)),
      );
  }
}

function constant(value: boolean): Condition {
  return value ? sql<SqlBool>`(1 = 1)` : sql<SqlBool>`(1 = 0)`;
}

/** Joined as a balanced tree: SQLite bounds the depth of an expression, and a long chain would be as deep as it is long. */
function balanced(kind: "and" | "or", conditions: readonly Condition[]): Condition {
  const [first, second] = conditions;
  if (first === undefined) return constant(kind === "and");
  if (second === undefined) return first;
  const half = Math.ceil(conditions.length / 2);
  const left = balanced(kind, conditions.slice(0, half));
  const right = balanced(kind, conditions.slice(half));
  return kind === "and" ? sql<SqlBool>`(${left} and ${right})` : sql<SqlBool>`(${left} or ${right})`;
}

/** OData 4.01, 5.1.1.1: null equals null and nothing else; an order comparison with null is false, `ge` and `le` of two nulls true. */
function comparison(projection: Projection, node: Extract<FilterNode, { kind: "compare" }>): Condition {
  const [left, right] = comparable(projection, node.left, node.right);
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

function membership(projection: Projection, node: Extract<FilterNode, { kind: "in" }>): Condition {
  const present = node.values.filter((value) => value !== null);
  const [operand] = comparable(projection, node.operand, node.operand);
  const cells = present.map((value) => literalCell(value, described(projection, node.operand)));
  const among =
    cells.length === 0
      ? constant(false)
      : sql<SqlBool>`(${operand} is not null and ${operand} in (${sql.join(cells)}))`;
  return present.length === node.values.length ? among : sql<SqlBool>`(${among} or ${operand} is null)`;
}

/** Literal-safe: no pattern is built, so `%` and `_` are themselves. Null in, null out. */
function textCondition(projection: Projection, node: Extract<FilterNode, { kind: "text" }>): Condition {
  const text = operandSql(projection, node.text);
  const part = operandSql(projection, node.part);
  switch (node.function) {
    case "contains":
      return sql<SqlBool>`(instr(${text}, ${part}) > 0)`;
    case "startswith":
      return sql<SqlBool>`(substr(${text}, 1, length(${part})) = ${part})`;
    case "endswith":
      return sql<SqlBool>`(length(${text}) >= length(${part}) and substr(${text}, length(${text}) - length(${part}) + 1) = ${part})`;
  }
}

/** Both sides in one unit: decimals are stored scaled, so the other side is scaled alike. */
function comparable(projection: Projection, left: FilterOperand, right: FilterOperand): readonly [Operand, Operand] {
  const here = described(projection, left);
  const there = described(projection, right);
  if (left.kind === "literal") return [sql`${literalCell(left.value, there)}`, operandSql(projection, right, here)];
  if (right.kind === "literal") return [operandSql(projection, left), sql`${literalCell(right.value, here)}`];
  const scale = Math.max(decimalScale(here), decimalScale(there));
  return [scaledTo(projection, left, scale), scaledTo(projection, right, scale)];
}

function scaledTo(projection: Projection, operand: FilterOperand, scale: number): Operand {
  const places = scale - decimalScale(described(projection, operand));
  const column = operandSql(projection, operand);
  return places === 0 ? column : sql`(${column} * ${10 ** places})`;
}

function operandSql(projection: Projection, operand: FilterOperand, beside?: PropertyDescriptor): Operand {
  return operand.kind === "property"
    ? columnRef(projection, operand.property)
    : sql`${literalCell(operand.value, beside)}`;
}

function described(projection: Projection, operand: FilterOperand): PropertyDescriptor | undefined {
  return operand.kind === "property" ? columnOf(projection, operand.property).property : undefined;
}

function columnRef(projection: Projection, property: string): Operand {
  return sql`${sql.ref(columnOf(projection, property).name)}`;
}

function columnOf(projection: Projection, property: string): Projection["key"] {
  const column = projection.columns.find((candidate) => candidate.property.name === property);
  if (column === undefined) throw new Error(`entity type ${projection.type.name} has no property ${property}`);
  return column;
}
