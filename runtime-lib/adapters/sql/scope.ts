/** Where a condition or an operand of a query stands: a table under its alias, inside the tables that lead to it. */
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { PropertyDescriptor } from "../../kernel/index.ts";
import { type FilterNode, itemProperty, type Way } from "../../ports/index.ts";
import { tenantColumn } from "./columns.ts";
import type { Dialect, Operand } from "./dialect.ts";
import { places, type ValuePlaces } from "./form.ts";
import { Slot } from "./literals.ts";
import { columnNamed, type Projection } from "./projection.ts";

/** What is the same for all scopes of one query. */
export interface Around {
  readonly dialect: Dialect;
  readonly places: ValuePlaces;
  readonly projectionOf: (entityType: string) => Projection;
  readonly restrictions: ReadonlyMap<string, FilterNode>;
}

export interface Scope {
  /** Undefined for the items of a collection, which are texts. */
  readonly projection?: Projection;
  readonly alias: string;
  readonly depth: number;
  readonly outer?: Scope;
  readonly around: Around;
}

export function outermost(projection: Projection, around: Around): Scope {
  return { projection, alias: "t0", depth: 0, around };
}

/** The scope so many ways out. */
export function outwards(scope: Scope, from = 0): Scope {
  let found = scope;
  for (let left = from; left > 0; left -= 1) {
    if (found.outer === undefined) throw new Error(`a query counts ${from} scopes outwards where there are fewer`);
    found = found.outer;
  }
  return found;
}

/** The scope at the end of a way. */
export function entered(scope: Scope, way: Way): Scope {
  const depth = scope.depth + 1;
  const inner = { alias: `t${depth}`, depth, outer: scope, around: scope.around };
  return way.kind === "items" ? inner : { ...inner, projection: scope.around.projectionOf(way.target.name) };
}

/** The table that the scope reads, under its alias. */
export function tableOf(scope: Scope, way: Way): Operand {
  if (scope.projection !== undefined) return sql`${sql.table(scope.projection.table)} as ${sql.ref(scope.alias)}`;
  if (way.kind !== "items" || scope.outer === undefined) throw new Error("only a collection has items");
  return scope.around.dialect.items(columnOf(outwards(scope.outer, way.from), way.property), scope.alias);
}

export function columnOf(scope: Scope, property: string): Operand {
  if (scope.projection === undefined) return sql`${sql.ref(`${scope.alias}.value`)}`;
  return sql`${sql.ref(scope.alias)}.${sql.ref(columnNamed(scope.projection, property).name)}`;
}

/** That a row of this scope is the tenant's who asks. */
export function isOfTenant({ alias }: Scope): RawBuilder<SqlBool> {
  return sql<SqlBool>`${sql.ref(alias)}.${sql.ref(tenantColumn)} = ${new Slot(places.tenant)}`;
}

const item: PropertyDescriptor = {
  name: itemProperty,
  type: "Edm.String",
  collection: false,
  nullable: false,
  role: "field",
};

export function propertyOf(scope: Scope, property: string): PropertyDescriptor {
  return scope.projection === undefined ? item : columnNamed(scope.projection, property).property;
}
