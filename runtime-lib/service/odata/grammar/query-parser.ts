/** Parses the values of the system query options, and those that stand nested in `$expand` and `$select` (OData 4.01 ABNF, part 2). */
import type { IToken, ParserMethod } from "chevrotain";
import { decoded, endOf, placeOf } from "./build.ts";
import { atSegment, ExpressionParser } from "./expression-parser.ts";
import type {
  ComputeItem,
  OptionSyntax,
  OrderItem,
  SearchExpression,
  Segment,
  SelectItem,
  Transformation,
} from "./syntax.ts";
import * as t from "./tokens.ts";

const referenceOptions = ["filter", "search", "orderby", "skip", "top", "count"];
const countedOptions = ["filter", "search"];
const starOptions = ["levels"];
const expandOptions = [
  ...referenceOptions,
  "select",
  "expand",
  "compute",
  "levels",
  "apply",
  "alias",
  "at",
  "from",
  "to",
  "toinclusive",
];
const selectOptions = [...referenceOptions, "compute", "select", "expand", "alias"];

export abstract class QueryParser extends ExpressionParser {
  abstract readonly transformations: ParserMethod<[], Transformation[]>;

  readonly orderbyItems = this.RULE("orderbyItems", (): OrderItem[] => {
    const items: OrderItem[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => items.push(this.SUBRULE(this.orderbyItem)) });
    return items;
  });

  readonly orderbyItem = this.RULE("orderbyItem", (): OrderItem => {
    const expression = this.SUBRULE(this.commonExpr);
    let direction: IToken | undefined;
    this.OPTION({
      GATE: () => this.says("asc") || this.says("desc"),
      DEF: () => {
        direction = this.CONSUME(t.Name);
      },
    });
    const way = direction?.image.toLowerCase() === "desc" ? "desc" : "asc";
    return { expression, direction: way, ...placeOf(expression, direction ?? expression) };
  });

  readonly computeItems = this.RULE("computeItems", (): ComputeItem[] => {
    const items: ComputeItem[] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: t.Comma,
      DEF: () => {
        const expression = this.SUBRULE(this.commonExpr);
        const name = this.SUBRULE(this.asName);
        items.push({ expression, as: name.image, ...placeOf(expression, name) });
      },
    });
    return items;
  });

  /** `as Name`. */
  readonly asName = this.RULE("asName", (): IToken => {
    const as = this.CONSUME(t.Name);
    if (as.image.toLowerCase() !== "as") this.complain(as.startOffset, '"as" and a name belong here');
    return this.CONSUME2(t.Name);
  });

  readonly expandItems = this.RULE("expandItems", (): SelectItem[] => {
    const items: SelectItem[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => items.push(this.SUBRULE(this.expandItem)) });
    return items;
  });

  readonly expandItem = this.RULE("expandItem", (): SelectItem => {
    const segments = this.SUBRULE(this.itemPath);
    let options: OptionSyntax[] = [];
    this.OPTION(() => {
      this.CONSUME(t.Open);
      options = this.SUBRULE(this.nestedOptions, { ARGS: [expandable(segments)] });
      this.CONSUME(t.Close);
    });
    return { segments, options, ...placeOf(segments[0] ?? this.LA(0), this.LA(0)) };
  });

  readonly selectItems = this.RULE("selectItems", (): SelectItem[] => {
    const items: SelectItem[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => items.push(this.SUBRULE(this.selectItem)) });
    return items;
  });

  /** Behind a property come options, behind an operation the names of its parameters. */
  readonly selectItem = this.RULE("selectItem", (): SelectItem => {
    const segments = this.SUBRULE(this.itemPath);
    let options: OptionSyntax[] = [];
    this.OPTION(() => {
      this.CONSUME(t.Open);
      this.OR([
        {
          GATE: () => this.isNext(t.OptionName) || this.isNext(t.AtName),
          ALT: () => {
            options = this.SUBRULE(this.nestedOptions, { ARGS: [selectOptions] });
          },
        },
        { ALT: () => this.MANY_SEP({ SEP: t.Comma, DEF: () => this.CONSUME(t.Name) }) },
      ]);
      this.CONSUME(t.Close);
    });
    return { segments, options, ...placeOf(segments[0] ?? this.LA(0), this.LA(0)) };
  });

  readonly itemPath = this.RULE("itemPath", (): Segment[] => {
    const segments: Segment[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Slash, DEF: () => segments.push(this.SUBRULE(this.itemSegment)) });
    return segments;
  });

  readonly itemSegment = this.RULE(
    "itemSegment",
    (): Segment =>
      this.OR<Segment>([
        { ALT: () => this.named(this.CONSUME(t.AnyName), undefined) },
        { ALT: () => this.named(this.CONSUME(t.AllOf), undefined) },
        { ALT: () => atSegment(this.CONSUME(t.AtName)) },
        { ALT: () => ({ kind: "star", ...placeOf(this.CONSUME(t.Star)) }) },
        {
          ALT: () => {
            const token = this.CONSUME(t.Word);
            return { kind: "word", word: decoded(token.image), ...placeOf(token) };
          },
        },
      ]),
  );

  readonly countOptions = this.RULE("countOptions", (): OptionSyntax[] =>
    this.SUBRULE(this.nestedOptions, { ARGS: [countedOptions] }),
  );

  readonly nestedOptions: ParserMethod<[allowed?: readonly string[]], OptionSyntax[]> = this.RULE(
    "nestedOptions",
    (allowed: readonly string[] = []): OptionSyntax[] => {
      const options: OptionSyntax[] = [];
      this.AT_LEAST_ONE_SEP({
        SEP: t.Semicolon,
        DEF: () => {
          const option = this.SUBRULE(this.nestedOption);
          const name = option.kind === "plain" ? option.name : option.kind;
          if (!allowed.includes(name)) this.complain(option.at, `$${name} has no place here`);
          options.push(option);
        },
      });
      return options;
    },
  );

  readonly nestedOption = this.RULE(
    "nestedOption",
    (): OptionSyntax =>
      this.OR<OptionSyntax>([
        {
          ALT: () => {
            const name = this.CONSUME(t.FilterOption);
            const condition = this.SUBRULE(this.commonExpr);
            return { kind: "filter", condition, ...this.from(name) };
          },
        },
        {
          ALT: () => {
            const name = this.CONSUME(t.OrderbyOption);
            const items = this.SUBRULE(this.orderbyItems);
            return { kind: "orderby", items, ...this.from(name) };
          },
        },
        {
          ALT: () => {
            const name = this.CONSUME(t.SelectOption);
            const items = this.SUBRULE(this.selectItems);
            return { kind: "select", items, ...this.from(name) };
          },
        },
        {
          ALT: () => {
            const name = this.CONSUME(t.ExpandOption);
            const items = this.SUBRULE(this.expandItems);
            return { kind: "expand", items, ...this.from(name) };
          },
        },
        {
          ALT: () => {
            const name = this.CONSUME(t.ComputeOption);
            const items = this.SUBRULE(this.computeItems);
            return { kind: "compute", items, ...this.from(name) };
          },
        },
        {
          ALT: () => {
            const name = this.CONSUME(t.ApplyOption);
            const transformations = this.SUBRULE(this.transformations);
            return { kind: "apply", transformations, ...this.from(name) };
          },
        },
        {
          ALT: () => {
            const name = this.CONSUME(t.SearchOption);
            const expression = this.SUBRULE(this.searchExpr);
            return { kind: "search", expression, ...this.from(name) };
          },
        },
        {
          ALT: () => {
            const name = this.CONSUME(t.AtName);
            this.CONSUME(t.Equals);
            const value = this.SUBRULE2(this.commonExpr);
            return { kind: "alias", name: decoded(name.image), value, ...this.from(name) };
          },
        },
        { ALT: () => this.SUBRULE(this.plainOption) },
      ]),
  );

  /** `$top`, `$skip`, `$count`, `$levels`, `$at` …: a name and one token. */
  readonly plainOption = this.RULE("plainOption", (): OptionSyntax => {
    const option = this.CONSUME(t.PlainOption);
    const token = this.OR([{ ALT: () => this.CONSUME(t.LiteralText) }, { ALT: () => this.CONSUME(t.Name) }]);
    const name = decoded(option.image).replace(/^\$/, "").slice(0, -1);
    if (!isValueOf(name, token.image)) this.complain(token.startOffset, `${token.image} is no value for $${name}`);
    return { kind: "plain", name: name.toLowerCase(), value: token.image, ...placeOf(option, token) };
  });

  private from(first: IToken): { at: number; end: number } {
    return { at: first.startOffset, end: endOf(this.LA(0)) };
  }

  /** or < and < not; a blank between two terms means and (OData 4.01 URL Conventions, 5.1.7). */
  readonly searchExpr: ParserMethod<[], SearchExpression> = this.RULE("searchExpr", (): SearchExpression => {
    let left = this.SUBRULE(this.searchAnd);
    this.MANY({
      GATE: () => this.isConnective("OR"),
      DEF: () => {
        this.CONSUME(t.SearchWord);
        const right = this.SUBRULE2(this.searchAnd);
        left = { kind: "or", left, right, ...placeOf(left, right) };
      },
    });
    return left;
  });

  readonly searchAnd = this.RULE("searchAnd", (): SearchExpression => {
    let left = this.SUBRULE(this.searchTerm);
    this.MANY({
      GATE: () => this.isApart() && !this.isConnective("OR"),
      DEF: () => {
        this.OPTION({ GATE: () => this.isConnective("AND"), DEF: () => this.CONSUME(t.SearchWord) });
        const right = this.SUBRULE2(this.searchTerm);
        left = { kind: "and", left, right, ...placeOf(left, right) };
      },
    });
    return left;
  });

  readonly searchTerm = this.RULE(
    "searchTerm",
    (): SearchExpression =>
      this.OR<SearchExpression>([
        {
          GATE: () => this.isConnective("NOT"),
          ALT: () => {
            const token = this.CONSUME(t.SearchWord);
            const operand = this.SUBRULE(this.searchTerm);
            return { kind: "not", operand, ...placeOf(token, operand) };
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.SearchOpen);
            const inner = this.SUBRULE(this.searchExpr);
            this.CONSUME(t.Close);
            return inner;
          },
        },
        { ALT: () => searchText("phrase", this.CONSUME(t.SearchPhrase)) },
        { ALT: () => searchText("incomplete", this.CONSUME(t.SearchIncomplete)) },
        { ALT: () => searchText("word", this.CONSUME2(t.SearchWord)) },
      ]),
  );

  /** AND, OR and NOT are operators only where a term follows. */
  private isConnective(word: string): boolean {
    const next = this.LA(1);
    return next.tokenType === t.SearchWord && next.image === word && this.beginsTerm(2);
  }

  private beginsTerm(ahead: number): boolean {
    return [t.SearchWord, t.SearchPhrase, t.SearchIncomplete, t.SearchOpen].some((type) => this.isNext(type, ahead));
  }

  /** Two terms need a blank between them: `gr(een)` is none. */
  private isApart(): boolean {
    return this.beginsTerm(1) && this.LA(1).startOffset > endOf(this.LA(0));
  }
}

function expandable(segments: readonly Segment[] | undefined): readonly string[] {
  const last = Array.isArray(segments) ? segments.at(-1) : undefined;
  if (last?.kind === "star") return starOptions;
  if (last?.kind !== "word") return expandOptions;
  return last.word === "$count" ? countedOptions : referenceOptions;
}

function searchText(kind: "word" | "phrase" | "incomplete", token: IToken): SearchExpression {
  const text = decoded(token.image);
  return { kind, text: kind === "word" ? text : text.slice(1, -1), ...placeOf(token) };
}

const values: ReadonlyMap<string, RegExp> = new Map([
  ["top", /^\d+$/],
  ["skip", /^\d+$/],
  ["count", /^(?:true|false)$/i],
  ["levels", /^(?:[1-9]\d*|max)$/i],
]);

/** What is none of those is a point in time. */
function isValueOf(name: string, text: string): boolean {
  return (values.get(name.toLowerCase()) ?? /^(?:min|max|-?\d{4,}-.*)$/i).test(text);
}
