/** The tree of an OData URL as it was written: no name in it has been looked up. */

/** Half open, in UTF-16 units of the text that was given, percent-encoding and all. */
export interface Place {
  readonly at: number;
  readonly end: number;
}

export type LiteralType =
  | "null"
  | "boolean"
  | "number"
  | "string"
  | "guid"
  | "date"
  | "dateTimeOffset"
  | "timeOfDay"
  | "duration"
  | "binary"
  | "enum"
  | "geography"
  | "geometry";

/** `text` is decoded: a string without its quotes, an enumeration's members, the inside of a prefixed literal. */
export interface Literal extends Place {
  readonly kind: "literal";
  readonly type: LiteralType;
  readonly text: string;
  /** The qualified type of an enumeration's members, where it is written. */
  readonly typeName?: string;
}

export type Operator =
  | "or"
  | "and"
  | "eq"
  | "ne"
  | "lt"
  | "le"
  | "gt"
  | "ge"
  | "has"
  | "in"
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "divby"
  | "mod";

/** Operators bind as in OData 4.01 URL Conventions, 5.1.1.17; `at` of a binary node is where its operator stands. */
export type Expression =
  | Literal
  | PathSyntax
  | Call
  | ({
      readonly kind: "binary";
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
    } & Place)
  | ({ readonly kind: "unary"; readonly operator: "not" | "negate"; readonly operand: Expression } & Place)
  | ({ readonly kind: "list"; readonly form: "parentheses" | "array"; readonly items: readonly Expression[] } & Place)
  | ({ readonly kind: "object"; readonly members: readonly Member[] } & Place);

export interface Member {
  readonly name: string;
  readonly value: Expression;
}

/** One of OData's own functions; the name is in lower case. `case` has its conditions and values in turn. */
export interface Call extends Place {
  readonly kind: "call";
  readonly name: string;
  readonly arguments: readonly Expression[];
}

export interface PathSyntax extends Place {
  readonly kind: "path";
  readonly segments: readonly Segment[];
}

/** What stands between two slashes. */
export type Segment =
  /** A property, a type, an operation, a set: with a key, or with parameters, or with neither. */
  | NameSegment
  /** `$it`, `$root`, `$ref`, `$value`, `$metadata` …: a word of OData's own, which is case-sensitive. */
  | ({ readonly kind: "word"; readonly word: string; readonly arguments?: readonly Argument[] } & Place)
  /** `@alias`, or an annotation: `@Measures.Currency#Reporting`. */
  | ({ readonly kind: "at"; readonly name: string; readonly qualifier?: string } & Place)
  | ({ readonly kind: "count"; readonly options: readonly OptionSyntax[] } & Place)
  | ({ readonly kind: "filter"; readonly condition: Expression; readonly key?: readonly Argument[] } & Place)
  | ({
      readonly kind: "lambda";
      readonly quantifier: "any" | "all";
      readonly variable?: string;
      readonly condition?: Expression;
    } & Place)
  | ({ readonly kind: "aggregate"; readonly items: readonly AggregateItem[] } & Place)
  | ({ readonly kind: "star" } & Place)
  /** A key as a segment: the text is decoded. */
  | ({ readonly kind: "key"; readonly text: string } & Place);

export interface NameSegment extends Place {
  readonly kind: "name";
  /** With its namespace, where one is written. */
  readonly name: string;
  readonly arguments?: readonly Argument[];
  /** Where the name ends and its parentheses begin. */
  readonly nameEnd: number;
}

export interface Argument extends Place {
  readonly name?: string;
  readonly value: Expression;
}

/** One query option; every list stays in the order in which it was written. */
export type OptionSyntax =
  | ({ readonly kind: "filter"; readonly condition: Expression } & Place)
  | ({ readonly kind: "orderby"; readonly items: readonly OrderItem[] } & Place)
  | ({ readonly kind: "compute"; readonly items: readonly ComputeItem[] } & Place)
  | ({ readonly kind: "select"; readonly items: readonly SelectItem[] } & Place)
  | ({ readonly kind: "expand"; readonly items: readonly SelectItem[] } & Place)
  | ({ readonly kind: "search"; readonly expression: SearchExpression } & Place)
  | ({ readonly kind: "apply"; readonly transformations: readonly Transformation[] } & Place)
  | ({ readonly kind: "alias"; readonly name: string; readonly value: Expression } & Place)
  /** Options with a plain value, decoded: `$top`, `$skip`, `$count`, `$levels`, `$format` … by their name without `$`. */
  | ({ readonly kind: "plain"; readonly name: string; readonly value: string } & Place)
  | ({ readonly kind: "custom"; readonly name: string; readonly value: string } & Place);

export interface OrderItem extends Place {
  readonly expression: Expression;
  readonly direction: "asc" | "desc";
}

export interface ComputeItem extends Place {
  readonly expression: Expression;
  readonly as: string;
}

/** An item of `$select` or `$expand`. */
export interface SelectItem extends Place {
  readonly segments: readonly Segment[];
  readonly options: readonly OptionSyntax[];
}

export type SearchExpression =
  | ({ readonly kind: "word" | "phrase" | "incomplete"; readonly text: string } & Place)
  | ({ readonly kind: "not"; readonly operand: SearchExpression } & Place)
  | ({ readonly kind: "and" | "or"; readonly left: SearchExpression; readonly right: SearchExpression } & Place);

/** `Amount with sum from Time with average as Daily`; the steps behind `from` in their order. */
export interface AggregateItem extends Place {
  readonly expression: Expression;
  readonly method?: string;
  readonly from: readonly AggregateStep[];
  readonly as?: string;
}

export interface AggregateStep extends Place {
  readonly by: readonly Expression[];
  readonly method?: string;
}

/** One step of `$apply` (OData Extension for Data Aggregation 4.0, section 3). */
export type Transformation =
  | ({ readonly kind: "aggregate"; readonly items: readonly AggregateItem[] } & Place)
  | ({
      readonly kind: "groupby";
      readonly by: readonly GroupItem[];
      readonly then: readonly Transformation[];
    } & Place)
  | ({ readonly kind: "filter"; readonly condition: Expression } & Place)
  | ({ readonly kind: "search"; readonly expression: SearchExpression } & Place)
  | ({ readonly kind: "compute"; readonly items: readonly ComputeItem[] } & Place)
  | ({ readonly kind: "orderby"; readonly items: readonly OrderItem[] } & Place)
  | ({ readonly kind: "limit"; readonly name: "top" | "skip"; readonly count: number } & Place)
  | ({ readonly kind: "rank"; readonly name: string; readonly many: Expression; readonly by: Expression } & Place)
  | ({ readonly kind: "concat"; readonly branches: readonly (readonly Transformation[])[] } & Place)
  | ({ readonly kind: "identity" } & Place)
  | ({
      readonly kind: "join";
      readonly outer: boolean;
      readonly path: Expression;
      readonly as: string;
      readonly then: readonly Transformation[];
    } & Place)
  | ({ readonly kind: "nest"; readonly path?: Expression; readonly items: readonly NestItem[] } & Place)
  | ({ readonly kind: "hierarchy"; readonly name: string; readonly arguments: readonly HierarchyArgument[] } & Place)
  | ({ readonly kind: "function"; readonly name: string; readonly arguments: readonly Argument[] } & Place);

export interface NestItem extends Place {
  readonly transformations: readonly Transformation[];
  readonly as: string;
}

/** A property to group by, or the levels of a `rollup`, or the hierarchy of a `rolluprecursive`. */
export type GroupItem =
  | { readonly kind: "property"; readonly path: Expression }
  | { readonly kind: "rollup"; readonly levels: readonly Expression[] }
  | { readonly kind: "rolluprecursive"; readonly arguments: readonly HierarchyArgument[] };

/** Of `ancestors`, `descendants`, `traverse` and `rolluprecursive`, as written. */
export type HierarchyArgument =
  | { readonly kind: "expression"; readonly expression: Expression; readonly direction?: "asc" | "desc" }
  | { readonly kind: "transformations"; readonly transformations: readonly Transformation[] }
  | { readonly kind: "keep start" };

/** A whole URL behind the service root. */
export interface UrlSyntax {
  readonly path: PathSyntax;
  readonly options: readonly OptionSyntax[];
  /** The fragment of a context URL, behind `$metadata#`. */
  readonly context?: ContextSyntax;
}

export interface ContextSyntax extends Place {
  readonly segments: readonly Segment[];
  readonly select?: readonly ContextItem[];
  /** `$entity`, `$delta`, `$link` …, behind the list. */
  readonly word?: string;
}

export interface ContextItem extends Place {
  readonly segments: readonly Segment[];
  readonly recursive: boolean;
  readonly select?: readonly ContextItem[];
}
