/** Loading a bundle: what its code is given, and that nothing keeps hold of it. */
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { loadBundle } from "./load-bundle.ts";

test("gives the service that the bundle exports", () => {
  expect(loadBundle('module.exports = { service: { name: "Shop" } };', "shop")).toEqual({ name: "Shop" });
});

test("gives the code no require", () => {
  expect(() => loadBundle('require("node:fs")', "shop")).toThrow(/require is not defined/);
});

test("a bundle without a service is a mistake of ours", () => {
  expect(() => loadBundle("exports.other = 1;", "shop")).toThrow(/exports no service/);
});

test("a revision that is no longer served is collected", async () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const revisions = Array.from(
    { length: 20 },
    (_, index) => new WeakRef(loadBundle(`exports.service = {}; // ${index}`, "r")),
  );
  await sleep(10);
  collect();
  expect(revisions.filter((revision) => revision.deref() !== undefined).length).toBeLessThan(2);
});
