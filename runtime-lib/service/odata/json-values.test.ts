/** JSON into declared types: what is taken, and what is refused rather than changed. */
import { expect, test } from "vitest";
import { property } from "../../../test/definitions/parcel.ts";
import type { PropertyDescriptor, VariableType } from "../../kernel/index.ts";
import { isFailed } from "./failure.ts";
import { parseJson } from "./json.ts";
import { parameterValue, propertyValue } from "./json-values.ts";

type Type = PropertyDescriptor["type"];

function read(text: string, type: Type, more: Partial<PropertyDescriptor>, ieee754Compatible = false): unknown {
  const json = parseJson(text, { bodyDepthMax: 8 });
  if (isFailed(json)) return json;
  const value = propertyValue(json, property("P", type, more), { ieee754Compatible });
  return isFailed(value) ? value.message : value;
}

test.each<[string, Type, Partial<PropertyDescriptor>, unknown]>([
  ['"x"', "Edm.String", {}, "x"],
  ['""', "Edm.String", { maxLength: 0 }, ""],
  ['"abc"', "Edm.String", { maxLength: 2 }, "P: the string has 3 characters, more than its MaxLength 2"],
  ['"a\\u0000"', "Edm.String", {}, "P: the character U+0000 cannot be stored"],
  ["1", "Edm.String", {}, "P: 1 is not a string"],
  ["null", "Edm.String", {}, "P must not be null"],
  ["null", "Edm.String", { nullable: true }, null],
  ["{}", "Edm.String", {}, "P: an object is not a string"],
  ["true", "Edm.Boolean", {}, true],
  ['"true"', "Edm.Boolean", {}, 'P: "true" is not a boolean'],
  ["1", "Edm.Boolean", {}, "P: 1 is not a boolean"],
  ["255", "Edm.Byte", {}, 255],
  ["256", "Edm.Byte", {}, 'P: "256" is out of the range of Edm.Byte (0 to 255)'],
  ["-128", "Edm.SByte", {}, -128],
  ["32768", "Edm.Int16", {}, 'P: "32768" is out of the range of Edm.Int16 (-32768 to 32767)'],
  ["1.0", "Edm.Int32", {}, 1],
  ["1.5", "Edm.Int32", {}, 'P: "1.5" is not an integer'],
  ["1e2", "Edm.Int32", {}, 100],
  ["2147483648", "Edm.Int32", {}, 'P: "2147483648" is out of the range of Edm.Int32 (-2147483648 to 2147483647)'],
  ["9007199254740991", "Edm.Int64", {}, 9007199254740991],
  [
    "9007199254740993",
    "Edm.Int64",
    {},
    'P: "9007199254740993" is out of the range of Edm.Int64 (-9007199254740991 to 9007199254740991)',
  ],
  ['"5"', "Edm.Int64", {}, 'P: "5" is not a number'],
  ["1.25", "Edm.Decimal", { scale: 2 }, 1.25],
  ["1.250", "Edm.Decimal", { scale: 2 }, 1.25],
  ["1.255", "Edm.Decimal", { scale: 2 }, "P: 1.255 has 3 digits after the point, more than its Scale 2"],
  ["1e-3", "Edm.Decimal", { scale: 2 }, "P: 0.001 has 3 digits after the point, more than its Scale 2"],
  ["1e-9", "Edm.Decimal", { scale: 2 }, "P: 1e-9 has 9 digits after the point, more than its Scale 2"],
  ["999.99", "Edm.Decimal", { scale: 2, precision: 5 }, 999.99],
  ["1000", "Edm.Decimal", { scale: 2, precision: 5 }, "P: 1000 has more digits than its Precision 5 leaves"],
  [
    "0.10000000000000000001",
    "Edm.Decimal",
    { scale: 2 },
    'P: "0.10000000000000000001" has more than the 15 digits that an Edm.Decimal can have here',
  ],
  ["1e400", "Edm.Double", {}, 'P: "1e400" is out of the range of Edm.Double'],
  ['"NaN"', "Edm.Double", {}, 'P: "NaN" is not a number'],
  ["1e39", "Edm.Single", {}, "P: 1e+39 is out of the range of Edm.Single"],
  ['"0A000000-0000-4000-8000-00000000000B"', "Edm.Guid", {}, "0a000000-0000-4000-8000-00000000000b"],
  ['"x"', "Edm.Guid", {}, 'P: "x" is not a guid'],
  ['"2024-02-29"', "Edm.Date", {}, "2024-02-29"],
  ['"2026-02-29"', "Edm.Date", {}, 'P: "2026-02-29" is not a date such as 2026-02-28'],
  ['"2026-02-28T12:00:00+01:00"', "Edm.DateTimeOffset", {}, "2026-02-28T11:00:00Z"],
  [
    '"2026-02-28T12:00:00"',
    "Edm.DateTimeOffset",
    {},
    'P: "2026-02-28T12:00:00" is not a date and time with offset such as 2026-02-28T12:00:00Z',
  ],
  ['"EUR"', "enum", { enumName: "Currency", members: ["EUR"] }, "EUR"],
  ['"eur"', "enum", { enumName: "Currency", members: ["EUR"] }, 'P: "eur" is not a member of Currency'],
  ["0", "enum", { enumName: "Currency", members: ["EUR"] }, "P: 0 is not a member of Currency"],
  ['["a","b"]', "Edm.String", { collection: true }, ["a", "b"]],
  ['"a"', "Edm.String", { collection: true }, 'P is "a", not an array'],
  ["null", "Edm.String", { collection: true }, "P is null, not an array"],
  ['["a",1]', "Edm.String", { collection: true }, "P[1]: 1 is not a string"],
  ["[1]", "Edm.Int32", { collection: true }, "writing P, a collection of Edm.Int32 is not implemented by this service"],
])("%s as %s %j is %j", (text, type, more, result) => {
  expect(read(text, type, more)).toEqual(result);
});

test("IEEE754Compatible=true takes Int64 and Decimal as strings, and nothing else", () => {
  expect(read('"9007199254740991"', "Edm.Int64", {}, true)).toBe(9007199254740991);
  expect(read('"1.25"', "Edm.Decimal", { scale: 2 }, true)).toBe(1.25);
  expect(read('"1"', "Edm.Int32", {}, true)).toBe('P: "1" is not a number');
  expect(read('"1x"', "Edm.Int64", {}, true)).toBe('P: "1x" is not an integer');
  expect(read('""', "Edm.Decimal", {}, true)).toBe('P: "" is not a number');
});

test.each<[string, VariableType, unknown]>([
  ['"x"', "string", "x"],
  ["1", "string", "p: 1 is not a string"],
  ["true", "bool", true],
  ["1", "counter", 1],
  ["-1", "counter", "p: -1 is negative"],
  ["1.5", "counter", 'p: "1.5" is not an integer'],
  ["9007199254740992", "counter", expect.stringContaining("out of the range")],
  ["-5", "int", -5],
  ["1.5", "float", 1.5],
  ['["a"]', "set", ["a"]],
  ["[1]", "list", "p: [0]: 1 is not a string"],
  ['"a"', "list", 'p: "a" is not an array of strings'],
  ["null", "string", "p: null is not a string"],
])("the parameter %s of type %s is %j", (text, type, result) => {
  const json = parseJson(text, { bodyDepthMax: 8 });
  const value = isFailed(json) ? json : parameterValue(json, { name: "p", type, required: true });
  expect(isFailed(value) ? value.message : value).toEqual(result);
});
