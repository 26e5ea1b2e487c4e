/** The token bucket by itself: how fast it fills, and what it forgets. */
import { expect, test } from "vitest";
import { defaultTrafficLimits } from "./traffic-limits.ts";
import { Turnstile } from "./turnstile.ts";

const principal = (id: string) => ({ type: "Customer", id, tenant: "t", roles: [] });

function turnstile(requestsPerSecond: number, requestBurst: number, ratedPrincipalsMax = 10) {
  return new Turnstile({ ...defaultTrafficLimits, requestsPerSecond, requestBurst, ratedPrincipalsMax });
}

/** At each of these moments, in milliseconds: served, or how many seconds to wait. */
function ask(at: Turnstile, moments: readonly number[]) {
  return moments.map((now) => at.rate(principal("a"), now)?.retryAfterSeconds ?? "served");
}

test("a bucket gives what it holds at once, and then as fast as it fills", () => {
  expect(ask(turnstile(2, 3), [0, 0, 0, 0, 499, 500, 501, 1_000])).toEqual([
    "served",
    "served",
    "served",
    1,
    1,
    "served",
    1,
    "served",
  ]);
});

test("where nothing is said, 5,000 at once are served, and then 1,000 a second", () => {
  const at = new Turnstile(defaultTrafficLimits);
  const served = (now: number): number => {
    let count = 0;
    while (at.rate(principal("a"), now) === undefined) count += 1;
    return count;
  };
  expect([served(0), served(1_000), served(1_500), served(60_000)]).toEqual([5_000, 1_000, 500, 5_000]);
});

test("a slow rate says how long to wait", () => {
  expect(ask(turnstile(0.1, 1), [0, 1_000, 10_000])).toEqual(["served", 9, "served"]);
});

test("a clock that goes back gives nothing", () => {
  expect(ask(turnstile(1, 1), [10_000, 0, 999, 1_000])).toEqual(["served", 1, 1, "served"]);
});

test("principals do not share a bucket, and those that asked longest ago are forgotten", () => {
  const at = turnstile(0.001, 1, 2);
  const served = (id: string) => at.rate(principal(id), 0) === undefined;
  expect([served("a"), served("b"), served("b"), served("c"), served("a"), served("c")]).toEqual([
    true,
    true,
    false,
    true,
    true,
    false,
  ]);
});
