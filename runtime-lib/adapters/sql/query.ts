/** A query as SQL with bound parameters: filter, restriction, total order, paging and count run in the database. */
import { type RawBuilder, type SqlBool, sql } from "kysely";
import { canonicalValue, named, type PropertyDescriptor, type Value } from "../../kernel/index.ts";
import type { Query, StoredRow } from "../../ports/index.ts";
import { type Cell, fromCell } from "./columns.ts";
import { balanced, type Condition, condition, storedSql } from "./conditions.ts";
import type { Dialect, Operand } from "./dialect.ts";
import { type GroupsSql, groupColumns, groupFromCells, groupsSql } from "./groups.ts";
import { described } from "./operands.ts";
import { type Projection, rowFromCells, selectedNames } from "./projection.ts";
import { type Around, columnOf, outermost, type Scope, tenantOf } from "./scope.ts";

export interface CompiledSql {
  readonly sql: string;
  readonly cells: readonly Cell[];
}

/** What a query is turned into SQL with. */
export type Into = Pick<Around, "dialect" | "projectionOf">;

/** The page that the query asks for. */
export function pageSql(query: Query, into: Into): CompiledSql {
  const scope = scopeOf(query, into);
  if (query.grouping !== undefined)
    return groupsPage(query, groupsSql(query.grouping, scope, matching(query, scope)), into);
  const { projection } = scope;
  const orders = ordersOf(query, scope);
  const page = sql`order by ${sql.join(orders)} limit ${query.top} offset ${query.skip}`;
  const table = sql`${sql.table(projection.table)} as ${sql.ref(scope.alias)} where ${matching(query, scope)}`;
  const own = selectedNames(projection).map((name) => sql`${sql.ref(scope.alias)}.${sql.ref(name)}`);
  const computed = (query.computed ?? []).map(({ operand }) => storedSql(scope, operand));
  if (query.each === undefined)
    return compiled(into.dialect, sql`select ${sql.join([...own, ...computed])} from ${table} ${page}`);
  const { by, skip, top } = query.each;
  const group = sql.join(by.map((property) => columnOf(scope, property)));
  const place = sql`row_number() over (partition by ${group} order by ${sql.join(orders)}) as "@place"`;
  const size = sql`count(*) over (partition by ${group}) as "@size"`;
  const whole = sql`row_number() over (order by ${sql.join(orders)}) as "@row"`;
  const columns = sql.join([...own, ...computed, place, size, whole]);
  return compiled(
    into.dialect,
    sql`select * from (select ${columns} from ${table}) as windowed
      where "@place" = 1 or ("@place" > ${skip} and "@place" <= ${skip + top})
      order by "@row" limit ${query.top} offset ${query.skip}`,
  );
}

function groupsPage(query: Query, { table, where, scope }: GroupsSql, into: Into): CompiledSql {
  const columns = groupColumns(scope);
  const asked = query.orderBy.map(({ property, direction }) => {
    const column = columnOf(scope, property);
    return inOrder(column, direction);
  });
  const orders = sql.join([...asked, ...columns.map((column) => inOrder(column, "asc"))]);
  const page = sql`order by ${orders} limit ${query.top} offset ${query.skip}`;
  return compiled(into.dialect, sql`select ${sql.join(columns)} from ${table} where ${where} ${page}`);
}

/** How many match, whatever the paging. */
export function countSql(query: Query, into: Into): CompiledSql {
  const scope = scopeOf(query, into);
  if (query.grouping !== undefined) {
    const groups = groupsSql(query.grouping, scope, matching(query, scope));
    return compiled(into.dialect, sql`select count(*) from ${groups.table} where ${groups.where}`);
  }
  const table = sql`${sql.table(scope.projection.table)} as ${sql.ref(scope.alias)}`;
  return compiled(into.dialect, sql`select count(*) from ${table} where ${matching(query, scope)}`);
}

/** A row with its computed columns, from the cells that the page has. */
export function rowOf(query: Query, cells: readonly Cell[], into: Into): StoredRow {
  const scope = scopeOf(query, into);
  if (query.grouping !== undefined) {
    return groupFromCells(groupsSql(query.grouping, scope, matching(query, scope)).scope, cells);
  }
  const row = rowFromCells(scope.projection, cells);
  const from = selectedNames(scope.projection).length;
  const computed = query.computed ?? [];
  if (computed.length === 0 && query.each === undefined) return row;
  const values = Object.assign(named<Value>(), row.values);
  for (const [index, { name, operand, type }] of computed.entries()) {
    const cell = cells[from + index] ?? null;
    const property = described(scope, operand);
    values[name] = property === undefined ? computedValue(type, cell) : fromCell(property, cell);
  }
  if (query.each === undefined) return { ...row, values };
  const [place, of] = cells.slice(from + computed.length).map(Number);
  return { ...row, values, among: { place: place ?? 0, of: of ?? 0 } };
}

/** What is computed comes as it is: a decimal as a number, a duration in seconds. */
function computedValue(type: PropertyDescriptor["type"], cell: Cell): Value {
  if (type === "Edm.Boolean") return cell === null ? null : cell === 1;
  return typeof cell === "string" ? canonicalValue({ type }, cell) : cell;
}

function scopeOf(query: Query, into: Into): Scope & { readonly projection: Projection } {
  const { tenant, restrictions = new Map() } = query;
  const projection = into.projectionOf(query.entityType.name);
  return { ...outermost(projection, { ...into, tenant, restrictions }), projection };
}

function ordersOf(query: Query, scope: Scope): readonly Operand[] {
  const { key } = query.entityType;
  const isTotal = query.orderBy.some(({ property }) => property === key);
  const order = isTotal ? query.orderBy : [...query.orderBy, { property: key, direction: "asc" as const }];
  return order.map(({ property, direction }) => {
    const computed = query.computed?.find(({ name }) => name === property);
    const column = computed === undefined ? columnOf(scope, property) : storedSql(scope, computed.operand);
    return property === key ? sql`${column} ${sql.raw(direction)}` : inOrder(column, direction);
  });
}

/** Null stands before everything. */
function inOrder(column: Operand, direction: "asc" | "desc"): Operand {
  return direction === "desc" ? sql`${column} desc nulls last` : sql`${column} asc nulls first`;
}

function matching(query: Query, scope: Scope): Condition {
  const own = sql<SqlBool>`${tenantOf(scope)} = ${query.tenant}`;
  const asked = [query.filter, query.restriction].flatMap((node) => (node === undefined ? [] : [node]));
  return balanced("and", [own, ...asked.map((node) => condition(scope, node))]);
}

function compiled({ compiler }: Dialect, builder: RawBuilder<unknown>): CompiledSql {
  const { sql: text, parameters } = builder.compile(compiler);
  return { sql: text, cells: parameters.map(boundCell) };
}

function boundCell(parameter: unknown): Cell {
  if (parameter === null || typeof parameter === "string" || typeof parameter === "number") return parameter;
  throw new TypeError(`a query binds texts and numbers, not ${typeof parameter}`);
}
