/** What is coloured, and what of a file's name reaches the terminal. */
import { expect, test } from "vitest";
import { visible, wantsColour } from "./terminal.ts";

const cases: readonly [string, boolean | undefined, Readonly<Record<string, string>>, boolean, boolean][] = [
  ["a terminal", undefined, {}, true, true],
  ["a pipe", undefined, {}, false, false],
  ["a dumb terminal", undefined, { TERM: "dumb" }, true, false],
  ["NO_COLOR", undefined, { NO_COLOR: "1" }, true, false],
  ["an empty NO_COLOR, which is not set", undefined, { NO_COLOR: "" }, true, true],
  ["FORCE_COLOR", undefined, { FORCE_COLOR: "1" }, false, true],
  ["FORCE_COLOR=0", undefined, { FORCE_COLOR: "0" }, true, false],
  ["NO_COLOR and FORCE_COLOR", undefined, { NO_COLOR: "1", FORCE_COLOR: "1" }, true, false],
  ["--color and NO_COLOR", true, { NO_COLOR: "1" }, false, true],
  ["--no-color and FORCE_COLOR", false, { FORCE_COLOR: "1" }, true, false],
];

test.each(cases)("colour for %s", (_name, flag, environment, isTty, expected) => {
  expect(wantsColour({ flag, environment }, isTty)).toBe(expected);
});

test("control characters in a name are shown, not obeyed", () => {
  expect(visible("a\u001b[2Jb\u202ec\rd")).toBe("a\\u{1b}[2Jb\\u{202e}c\\u{d}d");
});
