/** The name of a revision: the same for the same spec, another for anything that could make a difference. */
import { expect, test } from "vitest";
import { specHash } from "./spec-hash.ts";

const file = (path: string, text: string) => ({ path, bytes: new Uint8Array(Buffer.from(text)) });
const hash = (name: string, files: readonly ReturnType<typeof file>[], version = "1") =>
  specHash({ name, files }, version);
const plain = hash("shop", [file("a", "x"), file("b", "y")]);

test("is a SHA-256 in hex, whatever the order of the files", () => {
  expect(plain).toMatch(/^[0-9a-f]{64}$/);
  expect(hash("shop", [file("b", "y"), file("a", "x")])).toBe(plain);
});

const others: readonly [string, string][] = [
  ["another text", hash("shop", [file("a", "x"), file("b", "z")])],
  ["another path", hash("shop", [file("a", "x"), file("c", "y")])],
  ["another name", hash("store", [file("a", "x"), file("b", "y")])],
  ["another version of temperc", hash("shop", [file("a", "x"), file("b", "y")], "2")],
  ["a file less", hash("shop", [file("a", "x")])],
  ["bytes that run over into a path", hash("shop", [file("a", "x1:b1:y")])],
];

test.each(others)("%s is another revision", (_what, other) => {
  expect(other).not.toBe(plain);
});
