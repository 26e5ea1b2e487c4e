/** What JavaScript's numbers do that integers and reals do not: past 2^53, and between fractions, results are rounded. */

/** Integers from −2^53 to 2^53 are exact; past that all that is known is that they stay past it. */
const integers = [
  "; JavaScript's integers are exact up to 2^53 and stay past it once they are past it",
  "(declare-fun far (Int) Int)",
  "(define-fun rounded ((x Int)) Int (ite (<= (- 9007199254740992) x 9007199254740992) x",
  "  (ite (> x 0) (ite (> (far x) 9007199254740992) (far x) 9007199254740992)",
  "    (ite (< (far x) (- 9007199254740992)) (far x) (- 9007199254740992)))))",
];

/** Of a rounded sum is known on which side of its operands it lies. */
const fractions = [
  "; sums of JavaScript's fractions are rounded: only the side on which they lie is known",
  "(declare-fun drift (Real Real) Real)",
  "(define-fun gain ((x Real) (y Real)) Real (ite (>= (drift x y) 0.0) (drift x y) (- (drift x y))))",
  "(define-fun float.plus ((x Real) (y Real)) Real (ite (= y 0.0) x (ite (> y 0.0) (+ x (gain x y)) (- x (gain x y)))))",
  "(define-fun float.minus ((x Real) (y Real)) Real (float.plus x (- y)))",
  "(declare-fun float.times (Real Real) Real)",
];

/** The functions that the text calls. */
export function arithmeticDefinitions(text: string): readonly string[] {
  return [...(text.includes("(rounded ") ? integers : []), ...(text.includes("(float.") ? fractions : [])];
}
