/** Splitting and decoding of URLs: once, after splitting, and only what is UTF-8. */
import { expect, test } from "vitest";
import { isFailed } from "./failure.ts";
import { pathSegments, queryOptions } from "./url.ts";

test.each([
  ["", []],
  ["/", []],
  ["/Orders", ["Orders"]],
  ["/Orders/", ["Orders"]],
  ["/Orders('a%2Fb')/Pack", ["Orders('a/b')", "Pack"]],
  ["/Orders(%27a%27)", ["Orders('a')"]],
  ["/Orders('100%2525')", ["Orders('100%25')"]],
  ["/Orders('caf%C3%A9')", ["Orders('café')"]],
  ["/Orders/a+b", ["Orders", "a+b"]],
])("path %j is %j", (path, segments) => {
  expect(pathSegments(path)).toEqual(segments);
});

test.each([
  "/Orders//x",
  "/Orders('%00')",
  "/Orders('%0A')",
  "/Orders('%7F')",
  "/%zz",
  "/%",
  "/Orders('%C0%AF')",
  "/Orders('%FF')",
  "/Orders('%ED%A0%80')",
  "/Orders('%F8%88%80%80%80')",
])("path %j is refused", (path) => {
  expect(pathSegments(path)).toMatchObject({ code: "InvalidRequest" });
});

test.each([
  ["$top=1&$skip=2", { $top: "1", $skip: "2" }],
  ["$filter=Name%20eq+'a%2Bb'", { $filter: "Name eq 'a+b'" }],
  ["$filter=Name eq 'x=y'", { $filter: "Name eq 'x=y'" }],
  ["a=%2526", { a: "%26" }],
  ["&&a", { a: "" }],
])("query %j is %j", (query, options) => {
  const read = queryOptions(query);
  expect(isFailed(read) ? read : Object.fromEntries(read.map(({ name, value }) => [name, value]))).toEqual(options);
});

test.each(["$filter=%", "$filter=%ff", "a=%00", "%0a=1"])("query %j is refused", (query) => {
  expect(queryOptions(query)).toMatchObject({ code: "InvalidRequest" });
});
