/** A tree that was kept is the tree that parsing the text anew would give, at the same places. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePiece } from "./grammar/parse.ts";
import type { Expression } from "./grammar/syntax.ts";
import type { GrammarError } from "./grammar/text.ts";
import { type Found, KeptTrees } from "./kept-trees.ts";

const limits = { depthMax: 20, nodesMax: 1_000, lengthMax: 10_000 };

function parse(text: string): Found<Expression> | GrammarError {
  const parsed = parsePiece((parser) => parser.commonExpr, "query", { text, base: 0 }, limits);
  return parsed.kind === "error" ? parsed : { tree: parsed.tree, origin: (offset) => offset };
}

/** What was parsed, and how often the parser was asked. */
function keeping(): { readonly read: (text: string) => Found<Expression> | GrammarError; readonly parses: string[] } {
  const kept = new KeptTrees<Expression>();
  const parses: string[] = [];
  const read = (text: string) =>
    kept.tree(text, "", () => {
      parses.push(text);
      return parse(text);
    });
  return { read, parses };
}

/** The tree with the places where its nodes begin, as the text has them. */
function placed(found: Found<Expression> | GrammarError): unknown {
  if (!("tree" in found)) return found;
  return JSON.parse(JSON.stringify(found.tree), (name, value) => {
    if (name === "at") return found.origin(value);
    return name === "end" || name === "nameEnd" ? undefined : value;
  });
}

const strings = fc
  .string({ unit: fc.constantFrom("a", "'", " ", "(", ")", ",", "=", "/", "ß", "1", "eq", "\\", "&"), maxLength: 8 })
  .map((text) => `'${text.replaceAll("'", "''")}'`);
const peculiar = fc.constantFrom("'50%'", "'😀'", "'#'", "'\"'");
const numbers = fc.constantFrom("0", "7", "12345", "2.50", "-3", "1e3");
const others = fc.constantFrom("null", "true", "duration'P1D'", "2026-01-01", "12:30", "Shop.Colour'Red'");
const values = fc.oneof({ weight: 4, arbitrary: strings }, { weight: 3, arbitrary: numbers }, others, peculiar);

/** Texts with places for values. */
const forms = fc.constantFrom(
  "Owner eq _",
  "Owner eq _ and Id ge _",
  "Owner in (_,_,_)",
  "contains(Note,_) or not startswith(Note, _)",
  "Total add _ gt _",
  "Items/any(i:i/Name eq _ and i/Count gt _)",
  "case(Done:_,true:_) eq _",
  "length(_) gt -_",
  "(_ eq Owner)",
  "Owner eq @p or Note eq _",
  "Owner eq _)",
  "Owner_ eq _",
);

const filled = (form: string, given: readonly string[]): string => {
  let place = 0;
  return form.replace(/_/g, () => given[place++ % given.length] ?? "");
};

describe("a text of a form that was parsed before", () => {
  test("has the tree that parsing gives, with places and refusals", () => {
    const { read, parses } = keeping();
    let asked = 0;
    fc.assert(
      fc.property(forms, fc.array(values, { minLength: 1, maxLength: 3 }), (form, given) => {
        const text = filled(form, given);
        asked += 1;
        expect(placed(read(text))).toEqual(placed(parse(text)));
      }),
      { numRuns: 2_000, seed: 5 },
    );
    expect(parses.length).toBeLessThan(asked / 2);
  });

  test("is not parsed again", () => {
    const { read, parses } = keeping();
    for (const name of ["alice", "o''neill", "", "a) or (b"]) read(`Owner eq '${name}' and Total gt ${name.length}`);
    expect(parses).toHaveLength(1);
    read("Owner eq null and Total gt 5");
    expect(parses).toHaveLength(2);
  });
});

test("what is refused is parsed each time, and a form takes no value for a part of itself", () => {
  const { read, parses } = keeping();
  for (const text of ["Owner eq 'a", "Owner eq 'a'b", "Owner eq 5and", "Owner eq '50%25'"]) {
    expect(placed(read(text))).toEqual(placed(parse(text)));
    expect(placed(read(text))).toEqual(placed(parse(text)));
  }
  expect(parses.length).toBeGreaterThanOrEqual(7);
});
