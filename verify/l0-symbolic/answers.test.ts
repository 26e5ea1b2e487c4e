/** Reading what a solver prints: above all, that what it did not answer is never taken for an answer. */
import { expect, test } from "vitest";
import { numberIn, readAnswers, satAnswers, valuesIn } from "./answers.ts";

test("answers that are missing are unknown", () => {
  expect(satAnswers("unsat\nsat\n", 4)).toEqual(["unsat", "sat", "unknown", "unknown"]);
});

test("nothing is believed after a question that was cut short by an error", () => {
  expect(satAnswers('unsat\n(error "canceled")\nunsat\n', 3)).toEqual(["unsat", "unknown", "unknown"]);
});

test("what the solver does not understand is a mistake of ours", () => {
  expect(() => readAnswers('(error "unknown constant x")')).toThrow("unknown constant x");
});

test("values are read in the order of the question", () => {
  const [values] = readAnswers("((a 3) (b (- 2)) (c (/ 1.0 4.0)) (|d e| true))");
  const [a, b, c, d] = valuesIn(values);
  expect([numberIn(a), numberIn(b), numberIn(c), d]).toEqual([3, -2, 0.25, "true"]);
});
