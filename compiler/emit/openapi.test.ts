/** What we publish as OpenAPI is OpenAPI, by a validator that is not ours. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { compile } from "../compile.ts";
import { openApi } from "./openapi.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const specs = /\.(?:ioa\.toml|csdl\.xml|cedar|toml)$/;

function filesOf(folder: string) {
  const paths = readdirSync(`${root}${folder}`, { recursive: true, encoding: "utf8" });
  const files = paths.filter((path) => specs.test(path) && !path.includes("node_modules"));
  return files.map((path) => ({ path, bytes: readFileSync(`${root}${folder}/${path}`) }));
}

const examples = readdirSync(`${root}examples`)
  .map((name) => `examples/${name}`)
  .filter((name) => {
    return statSync(`${root}${name}`).isDirectory() && filesOf(name).some(({ path }) => path.endsWith(".ioa.toml"));
  });
const goldens = ["agency", "gallery", "logistics"].map((name) => `golden/${name}/spec`);

test.each([...examples, ...goldens])("%s", async (name) => {
  const { program } = compile({ name, files: filesOf(name) });
  if (program === undefined) throw new Error(`${name} does not compile`);
  const result = await new Validator().validate(JSON.parse(openApi(program)));
  expect([result.valid, result.errors]).toEqual([true, undefined]);
});
