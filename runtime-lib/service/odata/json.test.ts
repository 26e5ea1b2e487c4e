/** Bodies: what JSON is, what it is not, and what is refused though it is. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Json, parseJson } from "./json.ts";

const limits = { bodyDepthMax: 4 };

/** Maps as objects and wide numbers as numbers, to compare with JSON.parse. */
function plain(json: Json): unknown {
  if (json instanceof Map) return Object.fromEntries([...json].map(([name, value]) => [name, plain(value)]));
  if (Array.isArray(json)) return json.map(plain);
  if (json !== null && typeof json === "object" && "digits" in json) return Number(json.digits);
  return json;
}

test("reads what JSON.parse reads", () => {
  const deep = { bodyDepthMax: 100 };
  const usual = (value: unknown): boolean => !/__proto__|constructor|prototype|\\u|-0/.test(JSON.stringify(value));
  fc.assert(
    fc.property(fc.jsonValue().filter(usual), fc.constantFrom(undefined, 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const parsed = parseJson(text, deep);
      if (parsed !== null && typeof parsed === "object" && "kind" in parsed) throw new Error(parsed.message);
      expect(plain(parsed)).toEqual(JSON.parse(text));
    }),
  );
});

test.each([
  ['"a\\u00e9\\n\\"\\\\\\/\\ud83d\\ude00"', 'aé\n"\\/😀'],
  [" [1 , 2]\n", [1, 2]],
  ["-0", 0],
  ["-1.5e3", -1500],
  ["[]", []],
])("%s is %j", (text, value) => {
  expect(parseJson(text, limits)).toEqual(value);
});

test("a number that a double may not hold keeps its digits", () => {
  expect(parseJson("9007199254740993", limits)).toEqual({ digits: "9007199254740993" });
  expect(parseJson("0.10000000000000000001", limits)).toEqual({ digits: "0.10000000000000000001" });
});

test.each([
  ["", "it ends too early (character 1)"],
  ["{", "it ends too early (character 2)"],
  ['{"a":1', "it ends too early (character 7)"],
  ["[1,]", '"]" is not expected (character 4)'],
  ['{"a":1,}', '"}" is not expected (character 8)'],
  ["{a:1}", '"a" is not expected (character 2)'],
  ["[1 2]", '"2" is not expected (character 4)'],
  ["1 2", '"2" is not expected (character 3)'],
  ["01", '"1" is not expected (character 2)'],
  ["+1", '"+" is not expected (character 1)'],
  [".5", '"." is not expected (character 1)'],
  ["NaN", '"N" is not expected (character 1)'],
  ["Infinity", '"I" is not expected (character 1)'],
  ["nul", '"n" is not expected (character 1)'],
  ["'a'", '"\'" is not expected (character 1)'],
  ['"a', "it ends too early (character 3)"],
  ['"a\nb"', '"\\n" is not expected (character 3)'],
  ['"\\x"', '"\\\\" is not expected (character 2)'],
  ['"\\u12"', '"\\\\" is not expected (character 2)'],
  ['"\\ud800"', "half of a surrogate pair is no character (character 1)"],
  ["\ufeff{}", '"\ufeff" is not expected (character 1)'],
  ['{"a":1,"a":2}', 'the name "a" is there twice (character 8)'],
  ['{"a":1,"\\u0061":2}', 'the name "a" is there twice (character 8)'],
  ['{"__proto__":{}}', 'the name "__proto__" is reserved (character 2)'],
  ['{"\\u005f_proto__":{}}', 'the name "__proto__" is reserved (character 2)'],
  ['{"constructor":1}', 'the name "constructor" is reserved (character 2)'],
  ["[[[[[]]]]]", "it nests deeper than 4 (bodyDepthMax) (character 5)"],
])("%j is refused: %s", (text, problem) => {
  expect(parseJson(text, limits)).toMatchObject({
    kind: "failed",
    code: "InvalidRequest",
    message: `the body is not acceptable JSON: ${problem}`,
  });
});
