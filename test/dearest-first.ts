/** In which order a run takes the test files: the dearest first, so that no core is left idle by one that was begun late. */
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** By how long they take, of those that take seconds. */
const dearest = [
  "test/golden.test.ts",
  "test/walkthroughs.test.ts",
  "test/swap.test.ts",
  "test/spec-plane.test.ts",
  "test/cli.test.ts",
  "test/crash-reactions.test.ts",
  "test/pack.test.ts",
  "test/migration.test.ts",
  "test/build.test.ts",
  "test/start.test.ts",
  "test/serve-postgres.test.ts",
  "test/emission/emitted.test.ts",
  "test/tidy.test.ts",
  "runtime-lib/adapters/cedar/wasm-authorizer.test.ts",
  "compiler/migrate.test.ts",
  "test/verify/proof-soundness.test.ts",
  "test/verify/soundness.test.ts",
  "verify/l2-simulation/planted-bugs.test.ts",
  "test/run-service.test.ts",
  "test/init.test.ts",
  "compiler/bind/examples.test.ts",
  "test/crash.test.ts",
  "test/verify/property.test.ts",
];

/** The others follow in the order of their paths: the same in a fresh clone as anywhere. */
export class DearestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const index = dearest.findIndex((path) => moduleId.endsWith(`/${path}`));
      return index < 0 ? dearest.length : index;
    };
    return files.toSorted((a, b) => rank(a) - rank(b) || (a.moduleId < b.moduleId ? -1 : 1));
  }
}
