/** What a value of a property may be. */
import { expect, test } from "vitest";
import { property } from "../../test/definitions/parcel.ts";
import { valueFault } from "./check-values.ts";

const tooFine = (digits: number) => `has at most ${digits} digits after the point of its seconds`;

test.each([
  ["Edm.DateTimeOffset", 3, "2030-01-01T00:00:00.123Z", undefined],
  ["Edm.DateTimeOffset", 3, "2030-01-01T00:00:00.1230000+02:00", undefined],
  ["Edm.DateTimeOffset", 3, "2030-01-01T00:00:00.1234Z", tooFine(3)],
  ["Edm.DateTimeOffset", 0, "2030-01-01T00:00:00.000Z", undefined],
  ["Edm.DateTimeOffset", 0, "2030-01-01T00:00Z", undefined],
  ["Edm.DateTimeOffset", 0, "2030-01-01T00:00:00.5Z", tooFine(0)],
  ["Edm.DateTimeOffset", undefined, "2030-01-01T00:00:00.123456789Z", undefined],
  ["Edm.TimeOfDay", 1, "12:00:00.5", undefined],
  ["Edm.TimeOfDay", 1, "12:00:00.05", tooFine(1)],
  ["Edm.Duration", 1, 0.5, undefined],
  ["Edm.Duration", 1, 0.25, tooFine(1)],
  ["Edm.Duration", undefined, 0.000001, undefined],
  ["Edm.Duration", 12, 0.0000001, tooFine(6)],
] as const)("%s of the precision %s: %s", (type, precision, value, fault) => {
  const due = property("Due", type, precision === undefined ? {} : { precision });
  expect(valueFault(due, value)).toBe(fault);
});
