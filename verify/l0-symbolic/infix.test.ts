/** Formulas of the solver as a person reads them. */
import { expect, test } from "vitest";
import { readAnswers } from "./answers.ts";
import { showInfix } from "./infix.ts";

const names = new Map([
  ["x!0", "var.people"],
  ["x!1", "var.turns"],
  ["x!2", "var.len/queue"],
]);

test.each([
  ["(not (>= (+ x!0 (* (- 3) x!1)) 1))", "people + -3 * turns < 1"],
  ["(or (= x!0 1) (and (<= x!1 2) (not (= x!2 0))))", "people == 1 || turns <= 2 && !(len(queue) == 0)"],
  [
    "(and (or (= x!0 1) (= x!1 1)) (=> (= x!0 2) (= x!1 2)))",
    "(people == 1 || turns == 1) && (people == 2 => turns == 2)",
  ],
  ["(let ((a!1 (not (>= x!0 1)))) (or a!1 (= x!1 1)))", "(people < 1) || turns == 1"],
  ["(= (select x!2 3) 1)", "(select x!2 3) == 1"],
])("%s is shown as %s", (printed, shown) => {
  const [formula = ""] = readAnswers(printed);
  expect(showInfix(formula, names)).toBe(shown);
});
