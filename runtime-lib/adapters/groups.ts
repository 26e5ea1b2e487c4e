/** Groups rows and aggregates them, for stores without a database. */
import { type EntityTypeDescriptor, named, type Value, type Values } from "../kernel/index.ts";
import { compareValues, matches } from "../ports/filter-values.ts";
import type { Aggregate, FilterOperand, Grouping, StoredRow } from "../ports/index.ts";

type OperandOf = (operand: FilterOperand, values: Values) => Value;

/** A row for each group that the grouping keeps, its columns as values. */
export function groupsOf(rows: readonly StoredRow[], grouping: Grouping, operandOf: OperandOf): readonly StoredRow[] {
  const groups = new Map<string, Values[]>();
  if (grouping.by.length === 0) groups.set("[]", []);
  for (const { values } of rows) {
    const key = JSON.stringify(grouping.by.map(({ operand }) => operandOf(operand, values)));
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(values);
  }
  const type = typeOfGroups(grouping);
  return [...groups.values()]
    .map((group): StoredRow => ({ values: columnsOf(group, grouping, operandOf), sequence: 0 }))
    .filter(({ values }) => grouping.having === undefined || matches(type, grouping.having, values));
}

function columnsOf(group: readonly Values[], { by, aggregates }: Grouping, operandOf: OperandOf): Values {
  const columns = named<Value>();
  const [first] = group;
  for (const { property, operand } of by)
    columns[property.name] = first === undefined ? null : operandOf(operand, first);
  for (const aggregate of aggregates) columns[aggregate.property.name] = aggregated(aggregate, group, operandOf);
  return columns;
}

function aggregated(aggregate: Aggregate, group: readonly Values[], operandOf: OperandOf): Value {
  if (aggregate.method === "count") return group.length;
  const { method, operand } = aggregate;
  const values = group.map((each) => operandOf(operand, each)).filter((value) => value !== null);
  if (method === "countdistinct") return new Set(values).size;
  if (values.length === 0) return null;
  const sum = values.reduce((sofar: number, value) => sofar + Number(value), 0);
  switch (method) {
    case "sum":
      return Number(sum.toPrecision(15));
    case "average":
      return sum / values.length;
    case "min":
      return values.reduce((one, other) => (compareValues(one, other) <= 0 ? one : other));
    case "max":
      return values.reduce((one, other) => (compareValues(one, other) >= 0 ? one : other));
  }
}

/** The columns of the groups as the properties of a type, so that a filter can speak of them. */
export function typeOfGroups({ by, aggregates }: Grouping): EntityTypeDescriptor {
  const properties = [...by, ...aggregates].map(({ property }) => property);
  return { name: "group", key: properties[0]?.name ?? "", properties, navigations: [] };
}
