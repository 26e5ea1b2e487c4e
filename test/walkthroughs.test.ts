/** The walk-throughs of the documents, run as they are written: what they show is what a running server answers today. */
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freshFolder, root, type Server, startServer } from "./live/temperc.ts";
import { isAsShown, type Shell, shellIn, stepsOf } from "./live/walkthrough.ts";

let folder: ReturnType<typeof freshFolder>;
let server: Server;
let shell: Shell;

/** What `npm start` starts, in a folder that has the examples. */
beforeEach(async () => {
  folder = freshFolder();
  cpSync(join(root, "examples"), join(folder.path, "examples"), { recursive: true });
  server = await startServer(["serve", "--specs-dir", "examples/ecommerce"], { cwd: folder.path });
  const { url, operatorKey = "" } = server.ready;
  shell = shellIn(folder.path, url, { OPERATOR_KEY: operatorKey });
});

afterEach(async () => {
  await shell.end();
  expect(await server.end()).toBe(0);
  folder.remove();
});

test.each(["README.md", "docs/live-specs.md", "docs/authorization.md"])("%s", { timeout: 300_000 }, async (path) => {
  const steps = stepsOf(readFileSync(join(root, path), "utf8"));
  expect(steps.length).toBeGreaterThan(3);
  const today: string[] = [];
  for (const { command, shown } of steps) {
    const printed = await shell.run(command);
    today.push(`$ ${command}\n${isAsShown(shown, printed) ? shown : printed}`);
  }
  expect(today.join("\n")).toBe(steps.map(({ command, shown }) => `$ ${command}\n${shown}`).join("\n"));
});
