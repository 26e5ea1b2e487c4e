/** A query as SQL with bound parameters: filter, restriction, total order, paging and count run in the database. */
import { type RawBuilder, sql } from "kysely";
import { canonicalValue, named, type PropertyDescriptor, type Value } from "../../kernel/index.ts";
import type { Computed, Query, StoredRow } from "../../ports/index.ts";
import { RowsSlot, withRows } from "./as-read.ts";
import { type Cell, fromCell } from "./columns.ts";
import { balanced, type Condition, condition, storedSql } from "./conditions.ts";
import type { Operand } from "./dialect.ts";
import { places, type ValuePlaces } from "./form.ts";
import { type GroupsSql, groupColumns, groupFromCells, groupsSql } from "./groups.ts";
import { Slot } from "./literals.ts";
import { described } from "./operands.ts";
import { type Projection, rowFromCells, selectedNames } from "./projection.ts";
import { type Around, columnOf, isOfTenant, outermost, type Scope } from "./scope.ts";

/** The SQL of all queries of one form. */
export interface CompiledSql {
  readonly sql: string;
  /** What is bound, in its order: cells, and slots for the values of a query and for the rows that it brings along. */
  readonly bound: readonly (Slot | RowsSlot | Cell)[];
  /** The row, with its computed columns, that the cells of a line are. */
  readonly rowOf: (cells: readonly Cell[]) => StoredRow;
}

/** What a query is turned into SQL with. */
export type Into = Pick<Around, "dialect" | "projectionOf">;

/** The page that the query asks for. */
export function pageSql(query: Query, into: Into, valuePlaces: ValuePlaces): CompiledSql {
  const scope = scopeOf(query, into, valuePlaces);
  if (query.grouping !== undefined) return groupsPage(query, groupsSql(query.grouping, scope, matching(query, scope)));
  const { projection } = scope;
  const orders = ordersOf(query, scope);
  const table = sql`${sql.table(projection.table)} as ${sql.ref(scope.alias)} where ${matching(query, scope)}`;
  const own = selectedNames(projection).map((name) => sql`${sql.ref(scope.alias)}.${sql.ref(name)}`);
  const computed = (query.computed ?? []).map(({ operand }) => storedSql(scope, operand));
  const rowOf = rowReader(query, scope);
  if (query.each === undefined) {
    const columns = sql.join([...own, ...computed]);
    return compiled(query, into, sql`select ${columns} from ${table} order by ${sql.join(orders)} ${paging()}`, rowOf);
  }
  const group = sql.join(query.each.by.map((property) => columnOf(scope, property)));
  const place = sql`row_number() over (partition by ${group} order by ${sql.join(orders)}) as "@place"`;
  const size = sql`count(*) over (partition by ${group}) as "@size"`;
  const whole = sql`row_number() over (order by ${sql.join(orders)}) as "@row"`;
  const columns = sql.join([...own, ...computed, place, size, whole]);
  return compiled(
    query,
    into,
    sql`select * from (select ${columns} from ${table}) as windowed
      where "@place" = 1 or ("@place" > ${new Slot(places.windowSkip)} and "@place" <= ${new Slot(places.windowEnd)})
      order by "@row" ${paging()}`,
    rowOf,
  );
}

function paging(): Operand {
  return sql`limit ${new Slot(places.top)} offset ${new Slot(places.skip)}`;
}

function groupsPage(query: Query, { table, where, scope }: GroupsSql): CompiledSql {
  const columns = groupColumns(scope);
  const asked = query.orderBy.map(({ property, direction }) => {
    const column = columnOf(scope, property);
    return inOrder(column, direction);
  });
  const orders = sql.join([...asked, ...columns.map((column) => inOrder(column, "asc"))]);
  const page = sql`select ${sql.join(columns)} from ${table} where ${where} order by ${orders} ${paging()}`;
  return compiled(query, scope.around, page, (cells) => groupFromCells(scope, cells));
}

/** The keys of the page that the query asks for, as one column `key`; of entities, not of groups. */
export function keysSql(query: Query, into: Into, valuePlaces: ValuePlaces): CompiledSql {
  const scope = scopeOf(query, into, valuePlaces);
  const table = sql`${sql.table(scope.projection.table)} as ${sql.ref(scope.alias)} where ${matching(query, scope)}`;
  const key = columnOf(scope, query.entityType.key);
  const orders = sql.join(ordersOf(query, scope));
  return compiled(query, into, sql`select ${key} as "key" from ${table} order by ${orders} ${paging()}`, noRow);
}

/** How many match, whatever the paging. */
export function countSql(query: Query, into: Into, valuePlaces: ValuePlaces): CompiledSql {
  const scope = scopeOf(query, into, valuePlaces);
  if (query.grouping !== undefined) {
    const { table, where } = groupsSql(query.grouping, scope, matching(query, scope));
    return compiled(query, into, sql`select count(*) from ${table} where ${where}`, noRow);
  }
  const table = sql`${sql.table(scope.projection.table)} as ${sql.ref(scope.alias)}`;
  return compiled(query, into, sql`select count(*) from ${table} where ${matching(query, scope)}`, noRow);
}

function noRow(): never {
  throw new Error("a count and keys are no rows");
}

function rowReader(
  { computed = [], each }: Query,
  scope: Scope & { readonly projection: Projection },
): CompiledSql["rowOf"] {
  const { projection } = scope;
  if (computed.length === 0 && each === undefined) return (cells) => rowFromCells(projection, cells);
  const from = selectedNames(projection).length;
  const properties = computed.map(({ operand }) => described(scope, operand));
  return (cells) => {
    const row = rowFromCells(projection, cells);
    const values = Object.assign(named<Value>(), row.values);
    for (const [index, column] of computed.entries()) {
      values[column.name] = computedValue(column, properties[index], cells[from + index] ?? null);
    }
    if (each === undefined) return { ...row, values };
    const [place, of] = cells.slice(from + computed.length).map(Number);
    return { ...row, values, among: { place: place ?? 0, of: of ?? 0 } };
  };
}

/** What is computed comes as it is: a decimal as a number, a duration in seconds. */
function computedValue({ type }: Computed, property: PropertyDescriptor | undefined, cell: Cell): Value {
  if (property !== undefined) return fromCell(property, cell);
  if (type === "Edm.Boolean") return cell === null ? null : cell === 1;
  return typeof cell === "string" ? canonicalValue({ type }, cell) : cell;
}

function scopeOf(
  { entityType, restrictions = new Map() }: Query,
  into: Into,
  valuePlaces: ValuePlaces,
): Scope & { readonly projection: Projection } {
  const projection = into.projectionOf(entityType.name);
  return { ...outermost(projection, { ...into, restrictions, places: valuePlaces }), projection };
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
  const asked = [query.filter, query.restriction].flatMap((node) => (node === undefined ? [] : [node]));
  return balanced("and", [isOfTenant(scope), ...asked.map((node) => condition(scope, node))]);
}

function compiled(query: Query, into: Into, selection: RawBuilder<unknown>, rowOf: CompiledSql["rowOf"]): CompiledSql {
  const { sql: text, parameters } = sql`${withRows(query, into)}${selection}`.compile(into.dialect.compiler);
  return { sql: text, bound: parameters.map(boundValue), rowOf };
}

function boundValue(parameter: unknown): CompiledSql["bound"][number] {
  if (parameter instanceof Slot || parameter instanceof RowsSlot) return parameter;
  if (parameter === null || typeof parameter === "string" || typeof parameter === "number") return parameter;
  throw new TypeError(`a query binds texts and numbers, not ${typeof parameter}`);
}
