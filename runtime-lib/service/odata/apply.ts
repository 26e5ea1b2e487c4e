/** `$apply`: filters, and then groups with what is aggregated of each (OData Extension for Data Aggregation 4.0, section 3). */
import type { PropertyDescriptor } from "../../kernel/index.ts";
import type { Aggregate, FilterNode, GroupColumn, Grouping } from "../../ports/index.ts";
import type { Failed } from "../call.ts";
import { aggregateOf } from "./aggregates.ts";
import { bindingOf, type FilterScope, type Lowering } from "./binding.ts";
import { readTransformations } from "./decoded-option.ts";
import { invalid, isFailed, notImplemented } from "./failure.ts";
import { conditionOf, filterOf } from "./filter.ts";
import { inOption, optionFailure } from "./filter-failures.ts";
import type { GroupItem, Transformation } from "./grammar/syntax.ts";
import type { ODataLimits } from "./limits.ts";
import { operandOf } from "./operands.ts";
import type { SetRoute } from "./routes.ts";
import { searchOf } from "./search.ts";

/** What the steps leave: entities or groups, those that the steps before and behind the grouping select. */
export interface Applied {
  readonly filter?: FilterNode;
  readonly grouping?: Grouping;
  /** With the columns of the groups as its properties, where there are groups. */
  readonly set: SetRoute;
}

/** What the option means; undefined where it is not there. */
export function readApply(
  text: string | undefined,
  scope: FilterScope,
  limits: ODataLimits,
): Applied | undefined | Failed {
  if (text === undefined) return undefined;
  const bounds = { depthMax: limits.filterDepthMax, nodesMax: limits.filterLengthMax };
  const parsed = readTransformations(text.trim(), bounds);
  if (parsed.kind === "error") return optionFailure("$apply", parsed.at, parsed.message);
  const lowering = { origin: parsed.origin, limits };
  let applied: Applied = { set: scope.set };
  for (const step of parsed.tree) {
    const next = applyStep(applied, step, { ...scope, ...lowering });
    if (isFailed(next)) return inOption(next, "$apply");
    applied = next;
  }
  return applied;
}

type Reading = FilterScope & Lowering;

function applyStep(applied: Applied, step: Transformation, reading: Reading): Applied | Failed {
  switch (step.kind) {
    case "identity":
      return applied;
    case "filter": {
      const node = filterOf(step.condition, { ...reading, set: applied.set }, reading);
      return isFailed(node) ? node : narrowed(applied, node);
    }
    case "search":
      if (applied.grouping !== undefined) return gap("search behind a grouping");
      return narrowed(applied, searchOf(step.expression, applied.set));
    case "groupby":
      return grouped(applied, step, reading);
    case "aggregate":
      return aggregated(applied, [], [step], reading);
    case "compute":
    case "orderby":
    case "limit":
    case "rank":
    case "concat":
    case "join":
    case "nest":
    case "hierarchy":
    case "function":
      return gap(`the transformation ${"name" in step ? step.name : step.kind}`);
  }
}

function gap(feature: string): Failed {
  return notImplemented(`${feature} in $apply`, "$apply");
}

function narrowed(applied: Applied, node: FilterNode): Applied {
  const { grouping } = applied;
  if (grouping === undefined) return { ...applied, filter: both(applied.filter, node) };
  return { ...applied, grouping: { ...grouping, having: both(grouping.having, node) } };
}

function both(one: FilterNode | undefined, other: FilterNode): FilterNode {
  return one === undefined ? other : { kind: "and", operands: [one, other] };
}

function grouped(applied: Applied, step: Transformation & { kind: "groupby" }, reading: Reading): Applied | Failed {
  const by: GroupColumn[] = [];
  for (const item of step.by) {
    const column = groupColumn(item, reading);
    if (isFailed(column)) return column;
    by.push(column);
  }
  return aggregated(applied, by, step.then, reading);
}

/** A group's column is called by the path of its property: `Customer/Name`. */
function groupColumn(item: GroupItem, reading: Reading): GroupColumn | Failed {
  if (item.kind !== "property") return gap(`a ${item.kind}`);
  const operand = operandOf(item.path, bindingOf(reading, reading), conditionOf);
  if (isFailed(operand)) return operand;
  if (operand.kind !== "property" || item.path.kind !== "path") return gap("a group by what is no property");
  const name = item.path.segments.flatMap((each) =>
    each.kind === "name" && !each.name.includes(".") ? [each.name] : [],
  );
  return { property: columnProperty(operand.property, name.join("/")), operand: operand.operand };
}

function columnProperty(property: PropertyDescriptor, name: string): PropertyDescriptor {
  return { ...property, name, nullable: true, role: "field" };
}

function aggregated(
  applied: Applied,
  by: readonly GroupColumn[],
  then: readonly Transformation[],
  reading: Reading,
): Applied | Failed {
  if (applied.grouping !== undefined) return gap("a grouping of groups");
  const [step, further] = then;
  if (further !== undefined || (step !== undefined && step.kind !== "aggregate")) {
    return gap("what is no aggregate within groupby");
  }
  const aggregates: Aggregate[] = [];
  for (const item of step?.items ?? []) {
    const aggregate = aggregateOf(item, bindingOf(reading, reading));
    if (isFailed(aggregate)) return aggregate;
    aggregates.push(aggregate);
  }
  const names = [...by, ...aggregates].map(({ property }) => property.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index || isBelow(name, names));
  if (twice !== undefined) return invalid(`$apply gives two columns called ${twice}`, "$apply");
  return { ...applied, grouping: { by, aggregates }, set: setOfGroups(applied.set, [...by, ...aggregates]) };
}

/** `Owner` beside `Owner/Name` would be one member of the answer with two values. */
function isBelow(name: string, names: readonly string[]): boolean {
  return names.some((other) => other.startsWith(`${name}/`));
}

/** The groups as a set, so that options behind `$apply` are read as on any other. */
function setOfGroups(set: SetRoute, columns: readonly { readonly property: PropertyDescriptor }[]): SetRoute {
  const properties = columns.map(({ property }) => property);
  const [first] = properties;
  return {
    ...set,
    type: { name: set.type.name, key: first?.name ?? "", properties, navigations: [] },
    properties: new Map(properties.map((property) => [property.name, property])),
    navigations: new Map(),
    columns: properties.map((property) => ({ property, label: "" })),
  };
}
