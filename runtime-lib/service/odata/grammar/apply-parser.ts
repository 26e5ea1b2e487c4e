/** Parses `$apply` (OData Extension for Data Aggregation 4.0, sections 3 to 6). */
import type { IToken, ParserMethod } from "chevrotain";
import { endOf, placeOf, type RawArgument } from "./build.ts";
import { QueryParser } from "./query-parser.ts";
import type {
  AggregateItem,
  AggregateStep,
  Expression,
  GroupItem,
  HierarchyArgument,
  NestItem,
  Transformation,
} from "./syntax.ts";
import * as t from "./tokens.ts";

const ranks = ["topcount", "topsum", "toppercent", "bottomcount", "bottomsum", "bottompercent"];
const hierarchies = ["ancestors", "descendants", "traverse"];
const ownTransformations = [
  ...ranks,
  ...hierarchies,
  ..."aggregate groupby filter search compute orderby top skip concat identity join outerjoin nest addnested".split(
    " ",
  ),
];

export abstract class ApplyParser extends QueryParser {
  /** Steps with a slash between them. */
  readonly transformations: ParserMethod<[], Transformation[]> = this.RULE("transformations", (): Transformation[] => {
    const steps: Transformation[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Slash, DEF: () => steps.push(this.SUBRULE(this.transformation)) });
    return steps;
  });

  readonly transformation = this.RULE(
    "transformation",
    (): Transformation =>
      this.OR<Transformation>({
        // The names decide, so one token is enough; an error is then where the transformation's own rule finds it.
        MAX_LOOKAHEAD: 1,
        DEF: [
          { GATE: () => this.says("identity"), ALT: () => ({ kind: "identity", ...placeOf(this.CONSUME(t.Name)) }) },
          { GATE: () => this.says("aggregate"), ALT: () => this.SUBRULE(this.aggregate) },
          { GATE: () => this.says("groupby"), ALT: () => this.SUBRULE(this.groupby) },
          { GATE: () => this.says("concat"), ALT: () => this.SUBRULE(this.concat) },
          { GATE: () => this.says("join") || this.says("outerjoin"), ALT: () => this.SUBRULE(this.join) },
          { GATE: () => this.says("nest") || this.says("addnested"), ALT: () => this.SUBRULE(this.nest) },
          { GATE: () => ranks.includes(this.nextWord()), ALT: () => this.SUBRULE(this.rank) },
          { GATE: () => hierarchies.includes(this.nextWord()), ALT: () => this.SUBRULE(this.hierarchy) },
          { GATE: () => this.says("top") || this.says("skip"), ALT: () => this.SUBRULE(this.limit) },
          { GATE: () => this.says("filter"), ALT: () => this.SUBRULE(this.filterStep) },
          { GATE: () => this.says("compute"), ALT: () => this.SUBRULE(this.computeStep) },
          { GATE: () => this.says("orderby"), ALT: () => this.SUBRULE(this.orderStep) },
          { ALT: () => this.SUBRULE(this.searchStep) },
          { ALT: () => this.SUBRULE(this.functionStep) },
        ],
      }),
  );

  private behind(first: IToken): { at: number; end: number } {
    return { at: first.startOffset, end: endOf(this.LA(0)) };
  }

  readonly aggregate = this.RULE("aggregate", (): Transformation => {
    const name = this.CONSUME(t.Name);
    this.CONSUME(t.Open);
    const items = this.SUBRULE(this.aggregateItems);
    this.eachNamed(items);
    this.CONSUME(t.Close);
    return { kind: "aggregate", items, ...this.behind(name) };
  });

  /** What is calculated needs a name; only a custom aggregate has one. */
  private eachNamed(items: readonly AggregateItem[]): void {
    if (this.RECORDING_PHASE) return;
    for (const item of items) {
      const isCalculated = item.method !== undefined || item.from.length > 0 || isCount(item.expression);
      const at = item === items.at(-1) ? this.nextOffset() : item.end;
      if (isCalculated && item.as === undefined) this.complain(at, '"as" and a name belong here');
    }
  }

  /** Where the next token stands, or the end of the last one. */
  private nextOffset(): number {
    const { startOffset } = this.LA(1);
    return Number.isNaN(startOffset) ? endOf(this.LA(0)) : startOffset;
  }

  readonly aggregateItems = this.RULE("aggregateItems", (): AggregateItem[] => {
    const items: AggregateItem[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => items.push(this.SUBRULE(this.aggregateItem)) });
    return items;
  });

  readonly aggregateItem = this.RULE("aggregateItem", (): AggregateItem => {
    const expression = this.SUBRULE(this.commonExpr);
    const from: AggregateStep[] = [];
    let method: string | undefined;
    this.OPTION({
      GATE: () => this.says("with") && !isCount(expression),
      DEF: () => {
        method = this.SUBRULE(this.withMethod);
      },
    });
    this.MANY({
      GATE: () => this.says("from"),
      DEF: () => from.push(this.SUBRULE(this.fromStep, { ARGS: [method !== undefined] })),
    });
    let as: IToken | undefined;
    this.OPTION2({
      GATE: () => this.says("as"),
      DEF: () => {
        as = this.SUBRULE(this.asName);
      },
    });
    const named = { ...(method === undefined ? {} : { method }), ...(as === undefined ? {} : { as: as.image }) };
    return { expression, from, ...named, at: expression.at, end: endOf(this.LA(0)) };
  });

  readonly withMethod = this.RULE("withMethod", (): string => {
    this.CONSUME(t.Name);
    return this.CONSUME(t.AnyName).image;
  });

  /** `from A,B with method`; only a custom aggregate brings its method along. */
  readonly fromStep: ParserMethod<[needsMethod?: boolean], AggregateStep> = this.RULE(
    "fromStep",
    (needsMethod = false): AggregateStep => {
      const first = this.CONSUME(t.Name);
      const by: Expression[] = [];
      this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => by.push(this.SUBRULE(this.memberExpr)) });
      let method: string | undefined;
      this.OPTION({
        GATE: () => this.says("with"),
        DEF: () => {
          method = this.SUBRULE(this.withMethod);
        },
      });
      if (needsMethod && method === undefined) this.complain(this.nextOffset(), '"with" and a method belong here');
      return { by, ...this.behind(first), ...(method === undefined ? {} : { method }) };
    },
  );

  readonly groupby = this.RULE("groupby", (): Transformation => {
    const name = this.CONSUME(t.Name);
    const by: GroupItem[] = [];
    let then: Transformation[] = [];
    this.CONSUME(t.Open);
    this.CONSUME2(t.Open);
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => by.push(this.SUBRULE(this.groupItem)) });
    this.CONSUME(t.Close);
    this.OPTION(() => {
      this.CONSUME2(t.Comma);
      then = this.SUBRULE(this.transformations);
    });
    this.CONSUME2(t.Close);
    return { kind: "groupby", by, then, ...this.behind(name) };
  });

  readonly groupItem = this.RULE(
    "groupItem",
    (): GroupItem =>
      this.OR<GroupItem>([
        {
          GATE: () => this.says("rollup"),
          ALT: () => {
            const levels: Expression[] = [];
            this.CONSUME(t.Name);
            this.CONSUME(t.Open);
            this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => levels.push(this.SUBRULE(this.memberExpr)) });
            this.CONSUME(t.Close);
            return { kind: "rollup", levels };
          },
        },
        {
          GATE: () => this.says("rolluprecursive"),
          ALT: () => {
            this.CONSUME2(t.Name);
            return { kind: "rolluprecursive", arguments: this.SUBRULE(this.hierarchyArguments) };
          },
        },
        { ALT: () => ({ kind: "property", path: this.SUBRULE2(this.memberExpr) }) },
      ]),
  );

  readonly concat = this.RULE("concat", (): Transformation => {
    const name = this.CONSUME(t.Name);
    const branches: Transformation[][] = [];
    this.CONSUME(t.Open);
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => branches.push(this.SUBRULE(this.transformations)) });
    if (branches.length < 2) this.complain(this.nextOffset(), "concat joins two sequences or more");
    this.CONSUME(t.Close);
    return { kind: "concat", branches, ...this.behind(name) };
  });

  readonly join = this.RULE("join", (): Transformation => {
    const name = this.CONSUME(t.Name);
    let then: Transformation[] = [];
    this.CONSUME(t.Open);
    const path = this.SUBRULE(this.memberExpr);
    const as = this.SUBRULE(this.asName).image;
    this.OPTION(() => {
      this.CONSUME(t.Comma);
      then = this.SUBRULE(this.transformations);
    });
    this.CONSUME(t.Close);
    return { kind: "join", outer: name.image.toLowerCase() === "outerjoin", path, as, then, ...this.behind(name) };
  });

  /** `addnested(path, steps as Name, …)`, and `nest(steps as Name, …)` without a path. */
  readonly nest = this.RULE("nest", (): Transformation => {
    const name = this.CONSUME(t.Name);
    const items: NestItem[] = [];
    let path: Expression | undefined;
    this.CONSUME(t.Open);
    this.OPTION({
      GATE: () => name.image.toLowerCase() === "addnested",
      DEF: () => {
        path = this.SUBRULE(this.memberExpr);
        this.CONSUME(t.Comma);
      },
    });
    this.AT_LEAST_ONE_SEP({
      SEP: t.Comma,
      DEF: () => {
        const first = this.LA(1);
        const transformations = this.SUBRULE(this.transformations);
        const as = this.SUBRULE(this.asName).image;
        items.push({ transformations, as, ...this.behind(first) });
      },
    });
    this.CONSUME(t.Close);
    return { kind: "nest", items, ...(path === undefined ? {} : { path }), ...this.behind(name) };
  });

  readonly rank = this.RULE("rank", (): Transformation => {
    const name = this.CONSUME(t.Name);
    this.CONSUME(t.Open);
    const many = this.SUBRULE(this.commonExpr);
    this.CONSUME(t.Comma);
    const by = this.SUBRULE2(this.commonExpr);
    this.CONSUME(t.Close);
    return { kind: "rank", name: name.image.toLowerCase(), many, by, ...this.behind(name) };
  });

  readonly limit = this.RULE("limit", (): Transformation => {
    const name = this.CONSUME(t.Name);
    this.CONSUME(t.Open);
    const count = this.CONSUME(t.NumberText);
    if (!/^\d+$/.test(count.image)) this.complain(count.startOffset, `${count.image} is no non-negative integer`);
    this.CONSUME(t.Close);
    const kept = name.image.toLowerCase() === "top" ? "top" : "skip";
    return { kind: "limit", name: kept, count: Number(count.image), ...this.behind(name) };
  });

  readonly filterStep = this.RULE("filterStep", (): Transformation => {
    const name = this.CONSUME(t.Name);
    this.CONSUME(t.Open);
    const condition = this.SUBRULE(this.commonExpr);
    this.CONSUME(t.Close);
    return { kind: "filter", condition, ...this.behind(name) };
  });

  readonly computeStep = this.RULE("computeStep", (): Transformation => {
    const name = this.CONSUME(t.Name);
    this.CONSUME(t.Open);
    const items = this.SUBRULE(this.computeItems);
    this.CONSUME(t.Close);
    return { kind: "compute", items, ...this.behind(name) };
  });

  readonly orderStep = this.RULE("orderStep", (): Transformation => {
    const name = this.CONSUME(t.Name);
    this.CONSUME(t.Open);
    const items = this.SUBRULE(this.orderbyItems);
    this.CONSUME(t.Close);
    return { kind: "orderby", items, ...this.behind(name) };
  });

  readonly searchStep = this.RULE("searchStep", (): Transformation => {
    const name = this.CONSUME(t.SearchCall);
    const expression = this.SUBRULE(this.searchExpr);
    this.CONSUME(t.Close);
    return { kind: "search", expression, ...this.behind(name) };
  });

  readonly hierarchy = this.RULE("hierarchy", (): Transformation => {
    const name = this.CONSUME(t.Name);
    const list = this.SUBRULE(this.hierarchyArguments);
    return { kind: "hierarchy", name: name.image.toLowerCase(), arguments: list, ...this.behind(name) };
  });

  /** Nodes, qualifier, property; then steps, a distance, an order, and `keep start`, each in its place. */
  readonly hierarchyArguments = this.RULE("hierarchyArguments", (): HierarchyArgument[] => {
    const list: HierarchyArgument[] = [];
    this.CONSUME(t.Open);
    this.AT_LEAST_ONE_SEP({
      SEP: t.Comma,
      DEF: () => {
        const at = this.nextOffset();
        const argument = this.SUBRULE(this.hierarchyArgument);
        if (list.some((earlier) => isRepeated(earlier, argument))) this.complain(at, "there are steps already");
        list.push(argument);
      },
    });
    this.CONSUME(t.Close);
    return list;
  });

  readonly hierarchyArgument = this.RULE(
    "hierarchyArgument",
    (): HierarchyArgument =>
      this.OR<HierarchyArgument>([
        {
          GATE: () => this.says("keep"),
          ALT: () => {
            this.CONSUME(t.Name);
            const start = this.CONSUME2(t.Name);
            if (start.image.toLowerCase() !== "start") this.complain(start.startOffset, '"keep start" is meant');
            return { kind: "keep start" };
          },
        },
        {
          GATE: () => ownTransformations.includes(this.nextWord()) && this.isNext(t.Open, 2),
          ALT: () => ({ kind: "transformations", transformations: this.SUBRULE(this.transformations) }),
        },
        {
          GATE: () => this.isNext(t.SearchCall),
          ALT: () => ({ kind: "transformations", transformations: this.SUBRULE2(this.transformations) }),
        },
        {
          ALT: () => {
            const { expression, direction } = this.SUBRULE(this.orderbyItem);
            return { kind: "expression", expression, direction };
          },
        },
      ]),
  );

  /** A function of the model, bound to a collection: it has its namespace. */
  readonly functionStep = this.RULE("functionStep", (): Transformation => {
    const name = this.CONSUME(t.AnyName);
    if (!name.image.includes(".")) this.complain(endOf(name), `there is no transformation ${name.image}`);
    const raw: RawArgument[] = this.SUBRULE(this.argumentList);
    return { kind: "function", name: name.image, arguments: this.plain(raw), ...this.behind(name) };
  });
}

function isCount(expression: Expression): boolean {
  return expression.kind === "path" && expression.segments.at(-1)?.kind === "count";
}

function isRepeated(earlier: HierarchyArgument, later: HierarchyArgument): boolean {
  return earlier.kind === "transformations" && later.kind === "transformations";
}
