/** Parses OData's expressions: paths, operators, calls, lambdas, arrays and objects (OData 4.01 ABNF, parts 4 and 5). */
import { EmbeddedActionsParser, EOF, type IToken, type ParserMethod, tokenMatcher } from "chevrotain";
import {
  bareName,
  type Complain,
  decoded,
  functionCall,
  lambdaOf,
  literalOf,
  pathOrLiteral,
  placeOf,
  plainArguments,
  type RawArgument,
} from "./build.ts";
import type { AggregateItem, Argument, Expression, Member, OptionSyntax, Segment } from "./syntax.ts";
import * as t from "./tokens.ts";
import { bindingOf, operatorOf } from "./words.ts";

/** What a syntax that fits the tokens can still get wrong. */
export interface Mistake {
  readonly at: number;
  readonly message: string;
}

type Rule<T> = ParserMethod<[], T>;

export abstract class ExpressionParser extends EmbeddedActionsParser {
  mistakes: Mistake[] = [];

  constructor() {
    super(t.allTokens, { maxLookahead: 2, recoveryEnabled: false, skipValidations: true });
  }

  /** Of the parsers above this one, which call back into expressions. */
  abstract readonly countOptions: Rule<OptionSyntax[]>;
  abstract readonly aggregateItems: Rule<AggregateItem[]>;

  protected readonly complain: Complain = (at, message) => {
    if (!this.RECORDING_PHASE) this.mistakes.push({ at, message });
  };

  protected nextWord(ahead = 1): string {
    const token = this.LA(ahead);
    return token.tokenType === EOF ? "" : token.image.toLowerCase();
  }

  protected isNext(type: IToken["tokenType"], ahead = 1): boolean {
    return tokenMatcher(this.LA(ahead), type);
  }

  readonly commonExpr = this.RULE("commonExpr", (): Expression => this.SUBRULE(this.operation, { ARGS: [1] }));

  /** Operators that bind at least as tightly as `least`; the right side binds tighter, so equals group to the left. */
  readonly operation: ParserMethod<[least?: number], Expression> = this.RULE("operation", (least = 1): Expression => {
    let left = this.SUBRULE(this.unary);
    this.MANY({
      GATE: () => bindingOf(this.nextWord()) >= least,
      DEF: () => {
        const token = this.CONSUME(t.Name);
        const right = this.OR([
          { GATE: () => this.beginsList(token), ALT: () => this.SUBRULE(this.literalList) },
          { ALT: () => this.SUBRULE(this.operation, { ARGS: [bindingOf(token.image) + 1] }) },
        ]);
        const operator = operatorOf(token.image) ?? "eq";
        left = { kind: "binary", operator, left, right, ...placeOf(token) };
      },
    });
    return left;
  });

  private beginsList(operator: IToken): boolean {
    const inside =
      this.isNext(t.LiteralText, 2) || this.isNext(t.Close, 2) || /^(null|true|false)$/.test(this.nextWord(2));
    return operator.image.toLowerCase() === "in" && this.isNext(t.Open) && inside;
  }

  readonly literalList = this.RULE("literalList", (): Expression => {
    const items: Expression[] = [];
    const open = this.CONSUME(t.Open);
    this.MANY_SEP({ SEP: t.Comma, DEF: () => items.push(this.SUBRULE(this.primitiveLiteral)) });
    return { kind: "list", form: "parentheses", items, ...placeOf(open, this.CONSUME(t.Close)) };
  });

  readonly primitiveLiteral = this.RULE(
    "primitiveLiteral",
    (): Expression =>
      this.OR([
        { ALT: () => literalOf(this.CONSUME(t.LiteralText), this.complain) },
        {
          ALT: () => {
            const name = this.CONSUME(t.Name);
            const segment: Segment = { kind: "name", name: name.image, ...placeOf(name), nameEnd: placeOf(name).end };
            const literal = pathOrLiteral({ kind: "path", segments: [segment], ...placeOf(name) });
            if (literal.kind === "path") this.complain(literal.end, `${name.image} is no literal`);
            return literal;
          },
        },
      ]),
  );

  readonly unary: ParserMethod<[], Expression> = this.RULE(
    "unary",
    (): Expression =>
      this.OR([
        {
          GATE: () => this.nextWord() === "not" && this.beginsOperand(2),
          ALT: () => {
            const token = this.CONSUME(t.Name);
            const operand = this.SUBRULE(this.unary);
            return { kind: "unary", operator: "not", operand, ...placeOf(token, operand) };
          },
        },
        {
          ALT: () => {
            const token = this.CONSUME(t.Minus);
            const operand = this.SUBRULE2(this.unary);
            return { kind: "unary", operator: "negate", operand, ...placeOf(token, operand) };
          },
        },
        { ALT: () => this.SUBRULE(this.primary) },
      ]),
  );

  private beginsOperand(ahead: number): boolean {
    return [t.AnyName, t.LiteralText, t.Open, t.AtName, t.Word, t.Minus].some((type) => this.isNext(type, ahead));
  }

  readonly primary = this.RULE(
    "primary",
    (): Expression =>
      this.OR([
        { ALT: () => literalOf(this.CONSUME(t.LiteralText), this.complain) },
        { ALT: () => this.SUBRULE(this.parentheses) },
        { ALT: () => this.SUBRULE(this.array) },
        { ALT: () => this.SUBRULE(this.object) },
        { ALT: () => this.SUBRULE(this.memberExpr) },
      ]),
  );

  readonly parentheses = this.RULE("parentheses", (): Expression => {
    this.CONSUME(t.Open);
    const inner = this.SUBRULE(this.commonExpr);
    this.CONSUME(t.Close);
    return inner;
  });

  readonly array = this.RULE("array", (): Expression => {
    const items: Expression[] = [];
    const open = this.CONSUME(t.OpenBracket);
    this.MANY_SEP({ SEP: t.Comma, DEF: () => items.push(this.SUBRULE(this.valueInUrl)) });
    return { kind: "list", form: "array", items, ...placeOf(open, this.CONSUME(t.CloseBracket)) };
  });

  readonly object = this.RULE("object", (): Expression => {
    const members: Member[] = [];
    const open = this.CONSUME(t.OpenBrace);
    this.MANY_SEP({
      SEP: t.Comma,
      DEF: () => {
        const name = jsonText(this.CONSUME(t.JsonString), this.complain);
        this.CONSUME(t.Colon);
        members.push({ name, value: this.SUBRULE(this.valueInUrl) });
      },
    });
    return { kind: "object", members, ...placeOf(open, this.CONSUME(t.CloseBrace)) };
  });

  readonly valueInUrl = this.RULE(
    "valueInUrl",
    (): Expression =>
      this.OR([
        {
          ALT: () => {
            const token = this.CONSUME(t.JsonString);
            return { kind: "literal", type: "string", text: jsonText(token, this.complain), ...placeOf(token) };
          },
        },
        { ALT: () => this.SUBRULE(this.commonExpr) },
      ]),
  );

  /** A path, or a canonical function where the first segment is one: `Total`, `$it/Note`, `Items/any(i:i/Quantity gt 1)`. */
  readonly memberExpr = this.RULE("memberExpr", (): Expression => {
    const segments: Segment[] = [];
    let call = this.SUBRULE(this.firstSegment, { ARGS: [segments] });
    this.MANY(() => {
      this.CONSUME(t.Slash);
      segments.push(this.SUBRULE(this.memberSegment));
    });
    const first = segments[0];
    if (this.RECORDING_PHASE || first === undefined) return call ?? { kind: "path", segments, at: 0, end: 0 };
    if (call !== undefined && segments.length > 1) {
      this.complain(call.end, "nothing can be asked of what a function gives");
      call = undefined;
    }
    return call ?? pathOrLiteral({ kind: "path", segments, ...placeOf(first, segments.at(-1) ?? first) });
  });

  readonly firstSegment: ParserMethod<[segments?: Segment[]], Expression | undefined> = this.RULE(
    "firstSegment",
    (segments = []): Expression | undefined => {
      let raw: RawArgument[] | undefined;
      const segment = this.OR<Segment>([
        {
          ALT: () => {
            const name = this.CONSUME(t.AnyName);
            // `aggregate` stands behind a collection only; the parenthesis is what is one too many.
            this.OPTION({
              GATE: () => this.nextWord(0) !== "aggregate",
              DEF: () => {
                raw = this.SUBRULE(this.argumentList);
              },
            });
            return this.named(name, raw);
          },
        },
        { ALT: () => this.SUBRULE(this.otherSegment) },
      ]);
      segments.push(segment);
      return functionCall(segment, raw, this.complain);
    },
  );

  readonly memberSegment = this.RULE(
    "memberSegment",
    (): Segment =>
      this.OR<Segment>([
        {
          GATE: () => this.nextWord() === "aggregate" && this.isNext(t.Open, 2),
          ALT: () => {
            const name = this.CONSUME(t.Name);
            this.CONSUME(t.Open);
            const items = this.SUBRULE(this.aggregateItems);
            return { kind: "aggregate", items, ...placeOf(name, this.CONSUME(t.Close)) };
          },
        },
        {
          ALT: () => {
            const name = this.CONSUME(t.AnyName);
            let raw: RawArgument[] | undefined;
            this.OPTION(() => {
              raw = this.SUBRULE(this.argumentList);
            });
            const segment = this.named(name, raw);
            return lambdaOf(segment, raw, this.complain) ?? segment;
          },
        },
        { ALT: () => this.SUBRULE(this.otherSegment) },
      ]),
  );

  protected named(name: IToken, raw: RawArgument[] | undefined): Segment {
    const nameEnd = placeOf(name).end;
    const place = { at: name.startOffset, end: raw === undefined ? nameEnd : placeOf(this.LA(0)).end, nameEnd };
    const text = decoded(name.image);
    return { kind: "name", name: text, ...place, ...(raw === undefined ? {} : { arguments: raw }) };
  }

  /** `$count`, `$filter(…)`, `$it`, `@alias`. */
  readonly otherSegment = this.RULE(
    "otherSegment",
    (): Segment =>
      this.OR<Segment>([
        { ALT: () => atSegment(this.CONSUME(t.AtName)) },
        {
          GATE: () => this.nextWord() === "$count",
          ALT: () => {
            const word = this.CONSUME(t.Word);
            let options: OptionSyntax[] = [];
            this.OPTION({
              GATE: () => this.isNext(t.OptionName, 2) || this.isNext(t.AtName, 2),
              DEF: () => {
                this.CONSUME(t.Open);
                options = this.SUBRULE(this.countOptions);
                this.CONSUME(t.Close);
              },
            });
            return { kind: "count", options, at: word.startOffset, end: placeOf(this.LA(0)).end };
          },
        },
        {
          GATE: () => this.nextWord() === "$filter",
          ALT: () => this.SUBRULE(this.filterSegment),
        },
        {
          ALT: () => {
            const token = this.CONSUME3(t.Word);
            return { kind: "word", word: decoded(token.image), ...placeOf(token) };
          },
        },
      ]),
  );

  readonly filterSegment = this.RULE("filterSegment", (): Segment => {
    const word = this.CONSUME(t.Word);
    this.CONSUME(t.Open);
    const condition = this.SUBRULE(this.commonExpr);
    this.CONSUME(t.Close);
    let key: readonly Argument[] | undefined;
    this.OPTION(() => {
      key = this.plain(this.SUBRULE(this.argumentList));
    });
    const place = { at: word.startOffset, end: placeOf(this.LA(0)).end };
    return { kind: "filter", condition, ...place, ...(key === undefined ? {} : { key }) };
  });

  readonly argumentList = this.RULE("argumentList", (): RawArgument[] => {
    const list: RawArgument[] = [];
    this.CONSUME(t.Open);
    this.MANY_SEP({ SEP: t.Comma, DEF: () => list.push(this.SUBRULE(this.argument)) });
    this.CONSUME(t.Close);
    return list;
  });

  readonly argument = this.RULE(
    "argument",
    (): RawArgument =>
      this.OR<RawArgument>([
        {
          GATE: () => this.isNext(t.Equals, 2),
          ALT: () => {
            const name = this.CONSUME(t.Name);
            this.CONSUME(t.Equals);
            const value = this.SUBRULE(this.commonExpr);
            return { name: decoded(name.image), value, ...placeOf(name, value) };
          },
        },
        {
          // A parameter may be called as an option is: `Count=1`.
          ALT: () => {
            const name = this.CONSUME(t.OptionName);
            const value = this.SUBRULE2(this.commonExpr);
            return { name: decoded(name.image).slice(0, -1), value, ...placeOf(name, value) };
          },
        },
        { ALT: () => this.SUBRULE(this.positional) },
      ]),
  );

  readonly positional = this.RULE("positional", (): RawArgument => {
    const value = this.SUBRULE(this.commonExpr);
    let behindColon: Expression | undefined;
    this.OPTION(() => {
      this.CONSUME(t.Colon);
      behindColon = this.SUBRULE2(this.commonExpr);
    });
    const place = placeOf(value, behindColon ?? value);
    return { value, ...place, ...(behindColon === undefined ? {} : { behindColon }) };
  });

  /** While chevrotain records the grammar, rules give no values. */
  protected plain(raw: readonly RawArgument[]): readonly Argument[] {
    return this.RECORDING_PHASE ? [] : plainArguments(raw, this.complain);
  }

  /** The word of a name that must follow: `as`, `with`, `from`. */
  protected says(text: string): boolean {
    return this.isNext(t.Name) && this.nextWord() === text;
  }

  protected nameOf(value: Expression): string {
    const name = bareName(value);
    if (name === undefined) this.complain(value.at, "a name belongs here");
    return name ?? "";
  }
}

export function atSegment(token: IToken): Segment {
  const text = decoded(token.image).slice(1);
  const [name = "", qualifier] = text.split("#");
  return { kind: "at", name, ...placeOf(token), ...(qualifier === undefined ? {} : { qualifier }) };
}

function jsonText(token: IToken, complain: Complain): string {
  if (token.image === "") return "";
  try {
    return String(JSON.parse(decoded(token.image).replace(/\t/g, "\\t")));
  } catch {
    complain(token.startOffset, "this is no string of JSON");
    return "";
  }
}
