/** Tests run on the TypeScript sources; those that start the command line use the built `dist`. */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@temperc\/runtime$/, replacement: source("./runtime-lib/index.ts") },
      { find: /^@temperc\/runtime\/kernel$/, replacement: source("./runtime-lib/kernel/index.ts") },
    ],
  },
  test: {
    include: ["{compiler,runtime-lib,verify,cli,test}/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
