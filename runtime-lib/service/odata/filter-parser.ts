/** Parses a `$filter`: or < and < equality < relation and `in` < arithmetic < `not` (OData 4.01 part 2, 5.1.1.14). */
import { EmbeddedActionsParser, type IToken, Lexer } from "chevrotain";
import type { Failed } from "../call.ts";
import { invalid } from "./failure.ts";
import { filterFailure } from "./filter-failures.ts";
import type { FilterSyntax, LiteralType } from "./filter-syntax.ts";
import * as t from "./filter-tokens.ts";
import type { ODataLimits } from "./limits.ts";
import { shown } from "./literals.ts";

type Limits = Pick<ODataLimits, "filterDepthMax" | "filterLengthMax" | "inValuesMax">;

class FilterParser extends EmbeddedActionsParser {
  constructor() {
    super(t.tokens, { maxLookahead: 2, recoveryEnabled: false });
    this.performSelfAnalysis();
  }

  readonly filter = this.RULE("filter", (): FilterSyntax => this.SUBRULE(this.disjunction));

  readonly disjunction = this.RULE("disjunction", (): FilterSyntax => {
    let left = this.SUBRULE(this.conjunction);
    this.MANY(() => {
      const operator = this.CONSUME(t.Or);
      left = binary(left, operator, this.SUBRULE2(this.conjunction));
    });
    return left;
  });

  readonly conjunction = this.RULE("conjunction", (): FilterSyntax => {
    let left = this.SUBRULE(this.equality);
    this.MANY(() => {
      const operator = this.CONSUME(t.And);
      left = binary(left, operator, this.SUBRULE2(this.equality));
    });
    return left;
  });

  readonly equality = this.RULE("equality", (): FilterSyntax => {
    let left = this.SUBRULE(this.relation);
    this.MANY(() => {
      const operator = this.CONSUME(t.Equality);
      left = binary(left, operator, this.SUBRULE2(this.relation));
    });
    return left;
  });

  readonly relation = this.RULE("relation", (): FilterSyntax => {
    let left = this.SUBRULE(this.arithmetic);
    this.MANY(() => {
      this.OR([
        {
          ALT: () => {
            const operator = this.CONSUME(t.Relation);
            left = binary(left, operator, this.SUBRULE2(this.arithmetic));
          },
        },
        {
          ALT: () => {
            const at = this.CONSUME(t.In).startOffset;
            left = { kind: "in", operand: left, values: this.SUBRULE(this.list), at };
          },
        },
      ]);
    });
    return left;
  });

  readonly list = this.RULE("list", (): FilterSyntax[] => {
    const values: FilterSyntax[] = [];
    this.CONSUME(t.Open);
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => values.push(this.SUBRULE(this.literal)) });
    this.CONSUME(t.Close);
    return values;
  });

  readonly arithmetic = this.RULE("arithmetic", (): FilterSyntax => {
    let left = this.SUBRULE(this.unary);
    this.MANY(() => {
      const operator = this.CONSUME(t.Arithmetic);
      left = binary(left, operator, this.SUBRULE2(this.unary));
    });
    return left;
  });

  readonly unary = this.RULE(
    "unary",
    (): FilterSyntax =>
      this.OR<FilterSyntax>([
        {
          ALT: () => {
            const at = this.CONSUME(t.Not).startOffset;
            return { kind: "not", operand: this.SUBRULE(this.unary), at };
          },
        },
        { ALT: () => this.SUBRULE(this.primary) },
      ]),
  );

  readonly primary = this.RULE(
    "primary",
    (): FilterSyntax =>
      this.OR<FilterSyntax>([
        {
          ALT: () => {
            this.CONSUME(t.Open);
            const inner = this.SUBRULE(this.disjunction);
            this.CONSUME(t.Close);
            return inner;
          },
        },
        { ALT: () => this.SUBRULE(this.literal) },
        { ALT: () => this.SUBRULE(this.named) },
      ]),
  );

  readonly literal = this.RULE(
    "literal",
    (): FilterSyntax =>
      this.OR<FilterSyntax>([
        { ALT: () => literal("string", this.CONSUME(t.StringText)) },
        { ALT: () => literal("number", this.CONSUME(t.NumberText)) },
        { ALT: () => literal("boolean", this.CONSUME(t.Truth)) },
        { ALT: () => literal("null", this.CONSUME(t.Null)) },
        { ALT: () => literal("guid", this.CONSUME(t.Guid)) },
        { ALT: () => literal("date", this.CONSUME(t.Day)) },
        { ALT: () => literal("instant", this.CONSUME(t.Instant)) },
        { ALT: () => enumOrDuration(this.CONSUME(t.EnumOrDuration)) },
        {
          ALT: () => {
            const token = this.CONSUME(t.Alias);
            return { kind: "alias", name: token.image, at: token.startOffset };
          },
        },
      ]),
  );

  /** A path, a call, or a lambda: `Total`, `contains(Note,'x')`, `Items/any(i:i/Quantity gt 1)`. */
  readonly named = this.RULE("named", (): FilterSyntax => {
    const first = this.CONSUME(t.Name);
    let path = first.image;
    this.MANY(() => {
      this.CONSUME(t.Slash);
      path += `/${this.CONSUME2(t.Name).image}`;
    });
    let called: readonly FilterSyntax[] | "lambda" | undefined;
    this.OPTION(() => {
      called = this.SUBRULE(this.argumentList);
    });
    return named(path, called, first.startOffset);
  });

  readonly argumentList = this.RULE("argumentList", (): FilterSyntax[] | "lambda" => {
    const found: FilterSyntax[] = [];
    let lambda = false;
    this.CONSUME(t.Open);
    this.OPTION(() => {
      this.OPTION2(() => {
        this.CONSUME(t.Name);
        this.CONSUME(t.Colon);
        lambda = true;
      });
      found.push(this.SUBRULE(this.disjunction));
      this.MANY(() => {
        this.CONSUME(t.Comma);
        found.push(this.SUBRULE2(this.disjunction));
      });
    });
    this.CONSUME(t.Close);
    return lambda ? "lambda" : found;
  });
}

function binary(left: FilterSyntax, operator: IToken, right: FilterSyntax): FilterSyntax {
  return { kind: "binary", operator: operator.image.toLowerCase(), left, right, at: operator.startOffset };
}

function literal(type: LiteralType, token: IToken): FilterSyntax {
  return { kind: "literal", type, text: token.image, at: token.startOffset };
}

function enumOrDuration(token: IToken): FilterSyntax {
  return literal(/^duration'/i.test(token.image) ? "duration" : "enum", token);
}

function named(path: string, called: readonly FilterSyntax[] | "lambda" | undefined, at: number): FilterSyntax {
  if (called === "lambda" || (called !== undefined && /\/(?:any|all)$/.test(path))) return { kind: "lambda", path, at };
  return called === undefined ? { kind: "path", text: path, at } : { kind: "call", name: path, arguments: called, at };
}

let lexer: Lexer | undefined;
let parser: FilterParser | undefined;

/** The tree of a filter, or a refusal that names the character (the first is 1). Time grows with the length alone. */
export function parseFilter(text: string, limits: Limits): FilterSyntax | Failed {
  if (text.length > limits.filterLengthMax) {
    return invalid(`$filter is longer than ${limits.filterLengthMax} characters (filterLengthMax)`, "$filter");
  }
  lexer ??= new Lexer(t.tokens, { positionTracking: "onlyOffset", ensureOptimizations: false });
  const scanned = lexer.tokenize(text);
  const [scanError] = scanned.errors;
  if (scanError !== undefined) return unreadable(text, scanError.offset);
  const tooLarge = beyondLimits(scanned.tokens, limits);
  if (tooLarge !== undefined) return tooLarge;
  parser ??= new FilterParser();
  parser.input = scanned.tokens;
  const tree = parser.filter();
  const [error] = parser.errors;
  return error === undefined ? tree : unexpected(text, error.token);
}

function unreadable(text: string, at: number): Failed {
  const rest = text.slice(at);
  if (rest.startsWith("'")) return filterFailure(at, "the string is not closed");
  return filterFailure(at, `${shown(rest.slice(0, 20))} is not understood`);
}

function unexpected(text: string, token: IToken): Failed {
  if (Number.isNaN(token.startOffset) || token.image === "") {
    return filterFailure(text.length, "the expression ends too early");
  }
  return filterFailure(token.startOffset, `${shown(token.image)} is not expected here`);
}

/** Counted on the tokens, so that the recursion below is bounded before it starts. */
function beyondLimits(tokens: readonly IToken[], limits: Limits): Failed | undefined {
  let depth = 0;
  let nots = 0;
  let commas = 0;
  for (const token of tokens) {
    if (token.tokenType === t.Open) depth += 1;
    if (token.tokenType === t.Close) depth -= 1;
    nots = token.tokenType === t.Not ? nots + 1 : token.tokenType === t.Open ? nots : 0;
    commas = token.tokenType === t.Comma ? commas + 1 : token.tokenType === t.Close ? 0 : commas;
    if (depth + nots > limits.filterDepthMax) {
      return filterFailure(token.startOffset, `nesting is deeper than ${limits.filterDepthMax} (filterDepthMax)`);
    }
    if (commas >= limits.inValuesMax) {
      return filterFailure(token.startOffset, `the list is longer than ${limits.inValuesMax} (inValuesMax)`);
    }
  }
  return undefined;
}
