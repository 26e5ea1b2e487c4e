/** Walks a tree and checks every name in it against a model: paths in expressions, items of `$select` and `$expand`, contexts. */
import {
  argumentsOf,
  hasQualified,
  leadsThroughCollection,
  type Mode,
  type NameError,
  pathError,
  type Role,
  type Vocabulary,
} from "./names.ts";
import type {
  AggregateItem,
  ContextItem,
  ContextSyntax,
  Expression,
  GroupItem,
  HierarchyArgument,
  OptionSyntax,
  Segment,
  SelectItem,
  Transformation,
  UrlSyntax,
} from "./syntax.ts";

/** Every wrong name of a URL, in the order of the tree. */
export function namesInUrl(url: UrlSyntax, names: Vocabulary): readonly NameError[] {
  const [first] = url.path.segments;
  const isContext = first?.kind === "word" && first.word === "$metadata";
  const wrong = isContext ? undefined : pathError(url.path, names, "path");
  return [
    ...(wrong === undefined ? [] : [wrong]),
    ...url.path.segments.flatMap((segment) => inSegment(segment, names)),
    ...url.options.flatMap((option) => namesInOption(option, names)),
    ...(url.context === undefined ? [] : namesInContext(url.context, names)),
  ];
}

/** Every wrong name of one query option. */
export function namesInOption(option: OptionSyntax, names: Vocabulary): readonly NameError[] {
  switch (option.kind) {
    case "filter":
      return namesInExpression(option.condition, names);
    case "orderby":
    case "compute":
      return option.items.flatMap(({ expression }) => namesInExpression(expression, names));
    case "select":
    case "expand":
      return option.items.flatMap((item) => inItem(item, names));
    case "apply":
      return namesInSteps(option.transformations, names);
    case "alias":
      return namesInExpression(option.value, names);
    case "search":
    case "plain":
    case "custom":
      return [];
  }
}

/** Every wrong name of an expression. */
export function namesInExpression(
  tree: Expression,
  names: Vocabulary,
  mode: Mode = "expression",
): readonly NameError[] {
  switch (tree.kind) {
    case "literal":
      return [];
    case "path": {
      const wrong = pathError(tree, names, mode);
      const own = wrong === undefined ? [] : [wrong];
      return [...own, ...tree.segments.flatMap((segment) => inSegment(segment, names))];
    }
    case "call": {
      const hasType = tree.name === "cast" || tree.name === "isof";
      const values = hasType ? tree.arguments.slice(0, -1) : tree.arguments;
      return values.flatMap((value) => namesInExpression(value, names, mode));
    }
    case "binary":
      return operands(tree).flatMap((operand) => namesInExpression(operand, names, mode));
    case "unary":
      return namesInExpression(tree.operand, names, mode);
    case "list":
      return tree.items.flatMap((item) => namesInExpression(item, names, mode));
    case "object":
      return tree.members.flatMap(({ value }) => namesInExpression(value, names, mode));
  }
}

/** A chain of operators leans to the left and may be long: its operands, without recursion. */
function operands(tree: Expression): readonly Expression[] {
  const found: Expression[] = [];
  let rest = tree;
  for (; rest.kind === "binary"; rest = rest.left) found.push(rest.right);
  return [...found, rest].reverse();
}

function inSegment(segment: Segment, names: Vocabulary): readonly NameError[] {
  const inArguments = argumentsOf(segment)
    .filter(() => segment.kind !== "word")
    .flatMap(({ value }) => namesInExpression(value, names));
  if (segment.kind === "filter") return [...namesInExpression(segment.condition, names), ...inArguments];
  if (segment.kind === "count") return segment.options.flatMap((option) => namesInOption(option, names));
  if (segment.kind === "aggregate") return segment.items.flatMap((item) => inAggregate(item, names));
  if (segment.kind === "lambda" && segment.condition !== undefined) {
    return namesInExpression(segment.condition, withVariable(segment.variable ?? "", names));
  }
  return inArguments;
}

/** A lambda's variable is known inside it. */
function withVariable(variable: string, { has }: Vocabulary): Vocabulary {
  return { has: (role, name) => (role === "lambdaVariableExpr" && name === variable) || has(role, name) };
}

const propertyRoles: readonly Role[] = [
  "entityNavigationProperty",
  "entityColNavigationProperty",
  "complexProperty",
  "complexColProperty",
  "primitiveKeyProperty",
  "primitiveNonKeyProperty",
  "primitiveColProperty",
  "streamProperty",
  "customAggregate",
];
const operationRoles: readonly Role[] = [
  "action",
  "entityFunction",
  "entityColFunction",
  "complexFunction",
  "complexColFunction",
  "primitiveFunction",
  "primitiveColFunction",
];
const typeRoles: readonly Role[] = ["entityTypeName", "complexTypeName"];
const itemRoles = [...propertyRoles, ...typeRoles, ...operationRoles];
const contextRoles: readonly Role[] = [
  "entitySetName",
  "singletonEntity",
  "typeDefinitionName",
  "enumerationTypeName",
  ...propertyRoles,
  ...typeRoles,
];

function inItem({ segments, options }: SelectItem, names: Vocabulary): readonly NameError[] {
  const wrong = segments.flatMap((segment) => unknown(segment, itemRoles, names));
  return [...wrong, ...options.flatMap((option) => namesInOption(option, names))];
}

function unknown(segment: Segment, roles: readonly Role[], names: Vocabulary): readonly NameError[] {
  if (segment.kind !== "name" || segment.name.endsWith("*") || segment.name.startsWith("Edm.")) return [];
  const { name, nameEnd } = segment;
  if (roles.some((role) => hasQualified(role, name, names))) return [];
  return [{ at: nameEnd, name, message: `there is no ${name} here` }];
}

/** Every wrong name of a context fragment; types and operations have their namespace there. */
export function namesInContext({ segments, select = [] }: ContextSyntax, names: Vocabulary): readonly NameError[] {
  const heads = segments.filter((segment) => segment.kind !== "name" || segment.name !== "Collection");
  return [
    ...heads.flatMap((segment) => unknown(segment, contextRoles, names)),
    ...select.flatMap((item) => inContextItem(item, names)),
  ];
}

function inContextItem({ segments, select = [] }: ContextItem, names: Vocabulary): readonly NameError[] {
  const wrong = segments.flatMap((segment) => {
    const qualified = segment.kind === "name" && segment.name.includes(".");
    return unknown(segment, qualified ? [...typeRoles, ...operationRoles] : propertyRoles, names);
  });
  return [...wrong, ...select.flatMap((item) => inContextItem(item, names))];
}

function namesInSteps(steps: readonly Transformation[], names: Vocabulary): readonly NameError[] {
  return steps.flatMap((each) => inStep(each, names));
}

function inStep(each: Transformation, names: Vocabulary): readonly NameError[] {
  switch (each.kind) {
    case "aggregate":
      return each.items.flatMap((item) => inAggregate(item, names));
    case "groupby":
      return [...each.by.flatMap((item) => inGroup(item, names)), ...namesInSteps(each.then, names)];
    case "filter":
      return namesInExpression(each.condition, names);
    case "compute":
    case "orderby":
      return each.items.flatMap(({ expression }) => namesInExpression(expression, names));
    case "rank":
      return [...namesInExpression(each.many, names), ...namesInExpression(each.by, names)];
    case "concat":
      return each.branches.flatMap((branch) => namesInSteps(branch, names));
    case "join":
      return [...namesInExpression(each.path, names), ...namesInSteps(each.then, names)];
    case "nest":
      return [
        ...(each.path === undefined ? [] : namesInExpression(each.path, names)),
        ...each.items.flatMap(({ transformations }) => namesInSteps(transformations, names)),
      ];
    case "hierarchy":
      return inHierarchy(each.arguments, names);
    case "function":
      return each.arguments.flatMap(({ value }) => namesInExpression(value, names));
    case "search":
    case "limit":
    case "identity":
      return [];
  }
}

function inGroup(item: GroupItem, names: Vocabulary): readonly NameError[] {
  switch (item.kind) {
    case "property":
      return namesInExpression(item.path, names, "group");
    case "rollup":
      return item.levels.flatMap((level) => namesInExpression(level, names, "group"));
    case "rolluprecursive":
      return inHierarchy(item.arguments, names);
  }
}

/** The second argument is the qualifier of a hierarchy, which no role of the ABNF covers. */
function inHierarchy(list: readonly HierarchyArgument[], names: Vocabulary): readonly NameError[] {
  return list.flatMap((argument, index) => {
    if (argument.kind === "transformations") return namesInSteps(argument.transformations, names);
    if (argument.kind === "keep start" || index === 1 || isOrder(argument.expression)) return [];
    return namesInExpression(argument.expression, names, "through");
  });
}

function isOrder(expression: Expression): boolean {
  const [only] = expression.kind === "path" ? expression.segments : [];
  return only?.kind === "name" && /^(?:preorder|postorder)$/i.test(only.name);
}

function inAggregate(item: AggregateItem, names: Vocabulary): readonly NameError[] {
  const { expression, method, from, end } = item;
  const wrong = [...namesInExpression(expression, names, "through"), ...inCalculation(expression, names)];
  const steps = from.flatMap(({ by }) => by.flatMap((path) => namesInExpression(path, names, "group")));
  if (method !== undefined || isCount(expression) || isCustom(expression, names)) return [...wrong, ...steps];
  const name = "";
  return [...wrong, ...steps, { at: from[0]?.at ?? end, name, message: '"with" and a method belong here' }];
}

function isCount(expression: Expression): boolean {
  return expression.kind === "path" && expression.segments.at(-1)?.kind === "count";
}

function isCustom(expression: Expression, names: Vocabulary): boolean {
  const last = expression.kind === "path" ? expression.segments.at(-1) : undefined;
  return last?.kind === "name" && names.has("customAggregate", last.name);
}

/** One cannot calculate with many values. */
function inCalculation(tree: Expression, names: Vocabulary): readonly NameError[] {
  if (tree.kind !== "binary") return [];
  const wrong = leadsThroughCollection(tree.left, names)
    ? [{ at: tree.at, name: "", message: `${tree.operator} needs a single value before it` }]
    : [];
  return [...wrong, ...inCalculation(tree.left, names), ...inCalculation(tree.right, names)];
}
