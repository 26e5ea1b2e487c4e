/** `$compute`: further properties of each entity, which the other options can use (OData 4.01 part 2, section 5.1.8). */
import type { PropertyDescriptor } from "../../kernel/index.ts";
import type { Computed } from "../../ports/index.ts";
import type { Failed } from "../call.ts";
import { bindingOf, type FilterScope, type Lowering } from "./binding.ts";
import { readComputeItems } from "./decoded-option.ts";
import { invalid, isFailed } from "./failure.ts";
import { conditionOf } from "./filter.ts";
import { inOption, optionFailure } from "./filter-failures.ts";
import type { ComputeItem } from "./grammar/syntax.ts";
import type { ODataLimits } from "./limits.ts";
import { shown } from "./literals.ts";
import { asFilterOperand, type Operand, resultType } from "./operand-types.ts";
import { operandOf } from "./operands.ts";
import type { SetRoute } from "./routes.ts";

export interface Computation {
  /** The set with the computed properties among its own, for what is shown. */
  readonly set: SetRoute;
  readonly columns: readonly Computed[];
  /** What each name stands for in other expressions. */
  readonly operands: ReadonlyMap<string, Operand>;
}

type ComputeLowering = Lowering & { readonly limits: Pick<ODataLimits, "computeMax"> };

/** What the option adds; undefined where it is not there. */
export function readCompute(
  text: string | undefined,
  scope: FilterScope,
  limits: ODataLimits,
): Computation | undefined | Failed {
  if (text === undefined) return undefined;
  const bounds = { depthMax: limits.filterDepthMax, nodesMax: limits.filterLengthMax };
  const parsed = readComputeItems(text.trim(), bounds);
  if (parsed.kind === "error") return optionFailure("$compute", parsed.at, parsed.message);
  const computation = computationOf(parsed.tree, scope, { origin: parsed.origin, limits });
  return isFailed(computation) ? inOption(computation, "$compute") : computation;
}

/** What the items add; each may use those before it. */
export function computationOf(
  items: readonly ComputeItem[],
  scope: FilterScope,
  lowering: ComputeLowering,
): Computation | Failed {
  const { computeMax } = lowering.limits;
  if (items.length > computeMax) return invalid(`$compute has more than ${computeMax} items (computeMax)`, "$compute");
  const operands = new Map<string, Operand>();
  for (const { expression, as: name } of items) {
    const wrong = nameProblem(name, scope.set, operands);
    if (wrong !== undefined) return wrong;
    const operand = operandOf(expression, bindingOf({ ...scope, computed: operands }, lowering), conditionOf);
    if (isFailed(operand)) return operand;
    operands.set(name, operand);
  }
  const columns = [...operands].map(([name, operand]) => ({
    name,
    operand: asFilterOperand(operand),
    type: resultType(operand),
  }));
  return { set: columns.length === 0 ? scope.set : widened(scope.set, operands), columns, operands };
}

function nameProblem(name: string, set: SetRoute, taken: ReadonlyMap<string, Operand>): Failed | undefined {
  const isTaken = set.properties.has(name) || set.navigations.has(name) || taken.has(name);
  return isTaken ? invalid(`there is already something called ${shown(name)}`, "$compute") : undefined;
}

function widened(set: SetRoute, operands: ReadonlyMap<string, Operand>): SetRoute {
  const added = [...operands].map(([name, operand]) => propertyOf(name, operand));
  return {
    ...set,
    type: { ...set.type, properties: [...set.type.properties, ...added] },
    properties: new Map([...set.properties, ...added.map((each) => [each.name, each] as const)]),
    columns: [...set.columns, ...added.map((property) => ({ property, label: `${JSON.stringify(property.name)}:` }))],
  };
}

function propertyOf(name: string, operand: Operand): PropertyDescriptor {
  if (operand.kind === "property") return { ...operand.property, name, nullable: true, role: "field" };
  return { name, type: resultType(operand), collection: false, nullable: true, role: "field" };
}
