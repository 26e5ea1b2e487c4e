/** Parses resource paths and context fragments, and is the one parser that is made (OData 4.01 ABNF, parts 1 and 3). */
import type { IToken } from "chevrotain";
import { ApplyParser } from "./apply-parser.ts";
import { decoded, endOf, placeOf, type RawArgument } from "./build.ts";
import { atSegment } from "./expression-parser.ts";
import type { ContextItem, ContextSyntax, Expression, PathSyntax, Segment } from "./syntax.ts";
import * as t from "./tokens.ts";

export class UrlParser extends ApplyParser {
  constructor() {
    super();
    this.performSelfAnalysis();
  }

  readonly resourcePath = this.RULE("resourcePath", (): PathSyntax => {
    const segments: Segment[] = [this.SUBRULE(this.rootSegment)];
    this.MANY(() => {
      this.CONSUME(t.Slash);
      segments.push(this.SUBRULE(this.pathSegment));
    });
    return { kind: "path", segments, ...placeOf(segments[0] ?? this.LA(0), segments.at(-1) ?? this.LA(0)) };
  });

  /** Nothing at the root is qualified, and nothing at the root is a key. */
  readonly rootSegment = this.RULE(
    "rootSegment",
    (): Segment =>
      this.OR<Segment>([
        {
          ALT: () => {
            const segment = this.SUBRULE(this.namedSegment);
            const dot = segment.kind === "name" ? segment.name.indexOf(".") : -1;
            if (dot >= 0) this.complain(segment.at + dot, "nothing at the root has a namespace");
            return segment;
          },
        },
        { ALT: () => this.SUBRULE(this.wordSegment) },
      ]),
  );

  readonly pathSegment = this.RULE(
    "pathSegment",
    (): Segment =>
      this.OR<Segment>([
        { ALT: () => this.SUBRULE(this.namedSegment) },
        { GATE: () => this.nextWord() === "$filter", ALT: () => this.SUBRULE(this.filterSegment) },
        { ALT: () => this.SUBRULE(this.wordSegment) },
        {
          ALT: () => {
            const token = this.CONSUME(t.KeyText);
            return { kind: "key", text: decoded(token.image), ...placeOf(token) };
          },
        },
      ]),
  );

  readonly namedSegment = this.RULE("namedSegment", (): Segment => {
    const name = this.CONSUME(t.AnyName);
    let raw: RawArgument[] | undefined;
    this.OPTION(() => {
      raw = this.SUBRULE(this.argumentList);
    });
    for (const { value } of this.plain(raw ?? [])) {
      if (!isLiteralOrAlias(value)) this.complain(value.end, "a literal or an alias belongs here");
    }
    return this.named(name, raw);
  });

  readonly wordSegment = this.RULE("wordSegment", (): Segment => {
    const token = this.CONSUME(t.Word);
    let raw: RawArgument[] | undefined;
    this.OPTION({
      GATE: () => token.image === "$crossjoin",
      DEF: () => {
        raw = this.SUBRULE(this.argumentList);
      },
    });
    const place = { at: token.startOffset, end: endOf(this.LA(0)) };
    return { kind: "word", word: decoded(token.image), ...place, ...(raw === undefined ? {} : { arguments: raw }) };
  });

  /** Behind `$metadata#`. */
  readonly contextFragment = this.RULE("contextFragment", (): ContextSyntax => {
    const segments: Segment[] = [];
    let select: ContextItem[] | undefined;
    let word: IToken | undefined;
    this.SUBRULE(this.contextHead, { ARGS: [segments] });
    this.OPTION(() => {
      select = this.SUBRULE(this.selectList);
    });
    this.OPTION2({
      GATE: () => select !== undefined,
      DEF: () => {
        this.CONSUME(t.Slash);
        word = this.CONSUME(t.Word);
      },
    });
    const place = placeOf(segments[0] ?? this.LA(0), this.LA(0));
    return { segments, ...place, ...(select && { select }), ...(word && { word: word.image }) };
  });

  readonly contextHead = this.RULE("contextHead", (segments: Segment[] = []): void => {
    this.AT_LEAST_ONE_SEP({ SEP: t.Slash, DEF: () => segments.push(this.SUBRULE(this.contextSegment)) });
  });

  /** The last name's parentheses are the select list; those before have a key. */
  readonly contextSegment = this.RULE(
    "contextSegment",
    (): Segment =>
      this.OR<Segment>([
        {
          ALT: () => {
            const name = this.CONSUME(t.AnyName);
            let raw: RawArgument[] | undefined;
            this.OPTION({
              GATE: () => this.isNext(t.Open) && this.holdsKey(name),
              DEF: () => {
                raw = this.SUBRULE(this.argumentList);
              },
            });
            return this.named(name, raw);
          },
        },
        {
          ALT: () => {
            const token = this.CONSUME(t.Word);
            return { kind: "word", word: token.image, ...placeOf(token) };
          },
        },
      ]),
  );

  /** `Collection(Type)`, or a literal or `Name=` in the parentheses. */
  private holdsKey(name: IToken): boolean {
    return name.image === "Collection" || this.isNext(t.LiteralText, 2) || this.isNext(t.Equals, 3);
  }

  readonly selectList = this.RULE("selectList", (): ContextItem[] => {
    const items: ContextItem[] = [];
    this.CONSUME(t.Open);
    this.MANY_SEP({ SEP: t.Comma, DEF: () => items.push(this.SUBRULE(this.contextItem)) });
    this.CONSUME(t.Close);
    return items;
  });

  readonly contextItem = this.RULE("contextItem", (): ContextItem => {
    const segments: Segment[] = [];
    let recursive = false;
    let select: ContextItem[] | undefined;
    this.AT_LEAST_ONE_SEP({ SEP: t.Slash, DEF: () => segments.push(this.SUBRULE(this.listedSegment)) });
    this.OPTION(() => {
      this.CONSUME(t.Plus);
      recursive = true;
    });
    this.OPTION2(() => {
      select = this.SUBRULE(this.selectList);
    });
    const place = placeOf(segments[0] ?? this.LA(0), this.LA(0));
    return { segments, recursive, ...place, ...(select && { select }) };
  });

  readonly listedSegment = this.RULE(
    "listedSegment",
    (): Segment =>
      this.OR<Segment>([
        { ALT: () => this.named(this.CONSUME(t.AnyName), undefined) },
        { ALT: () => this.named(this.CONSUME(t.AllOf), undefined) },
        { ALT: () => atSegment(this.CONSUME(t.AtNameInContext)) },
        { ALT: () => ({ kind: "star", ...placeOf(this.CONSUME(t.Star)) }) },
      ]),
  );
}

function isLiteralOrAlias(value: Expression): boolean {
  if (value.kind === "path") return value.segments.length === 1 && value.segments[0]?.kind === "at";
  return value.kind === "literal";
}
