/** One spelling for each value, and exact decimals. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalInstant, canonicalValue, isCalendarDate, keyValue, shiftDecimal } from "./canonical.ts";

describe("an instant", () => {
  test.each([
    ["2026-02-01T01:30:00+01:30", "2026-02-01T00:00:00Z"],
    ["2026-01-01T00:15:30.120-00:30", "2026-01-01T00:45:30.12Z"],
    ["2025-12-31T23:59+00:00", "2025-12-31T23:59:00Z"],
    ["2026-02-01t00:00:00.123456789012z", "2026-02-01T00:00:00.123456789012Z"],
  ])("%s is %s", (given, canonical) => {
    expect(canonicalInstant(given)).toBe(canonical);
    expect(canonicalInstant(canonical)).toBe(canonical);
  });

  test.each([
    "2026-02-30T00:00:00Z",
    "2026-02-01T24:00:00Z",
    "2026-02-01T00:00:60Z",
    "2026-02-01",
    "0000-01-01T00:00:00+14:00",
    "2026-02-01T00:00:00+15:00",
  ])("is not %s", (text) => {
    expect(canonicalInstant(text)).toBeUndefined();
  });

  test("falls on a day that the calendar has", () => {
    expect(isCalendarDate("2024-02-29")).toBe(true);
    expect(isCalendarDate("2023-02-29")).toBe(false);
  });
});

describe("a decimal", () => {
  test("moves its point and back without loss, for every number of fifteen digits", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -999_999_999_999_999, max: 999_999_999_999_999 }),
        fc.integer({ min: 0, max: 15 }),
        (scaled, scale) => {
          const value = shiftDecimal(scaled, -scale);
          expect(shiftDecimal(value, scale)).toBe(scaled);
        },
      ),
    );
  });

  test.each([
    [1.005, 2, 100.5],
    [0.29, 2, 29],
    [1e-7, 7, 1],
    [-12.3, 1, -123],
  ])("%d shifted by %d is %d", (value, places, shifted) => {
    expect(shiftDecimal(value, places)).toBe(shifted);
  });
});

describe("a key", () => {
  test("is known by its value", () => {
    expect(keyValue({ type: "Edm.Int32" }, "007")).toBe(7);
    expect(keyValue({ type: "Edm.Int32" }, "7 OR 1=1")).toBeUndefined();
    expect(keyValue({ type: "Edm.Boolean" }, "TRUE")).toBeUndefined();
    expect(keyValue({ type: "Edm.String" }, "O'Neil/1")).toBe("O'Neil/1");
    expect(keyValue({ type: "Edm.Guid" }, "0F8FAD5B-D9CB-469F-A165-70867728950E")).toBe(
      "0f8fad5b-d9cb-469f-a165-70867728950e",
    );
  });

  test("has no negative zero", () => {
    expect(Object.is(canonicalValue({ type: "Edm.Double" }, -0), 0)).toBe(true);
  });
});
