/** `node count.mjs REPORT STATUS`: prints "passed failed" from vitest's JSON report; a run that failed counts as one failure at least. */
import { readFileSync } from "node:fs";

const [path, status] = process.argv.slice(2);
const { passed, failed } = counts(readFileSync(path, "utf8"));
console.log(`${passed} ${status === "0" ? failed : Math.max(1, failed)}`);

/** A file that cannot be loaded has no tests in the report, and still has failed. */
function counts(report) {
  if (report === "") return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(report);
  const unloaded = testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((each) => each.status === "failed"),
  );
  const failed = numFailedTests + unloaded.length;
  return { passed: numPassedTests, failed: numPassedTests + failed === 0 ? 1 : failed };
}
