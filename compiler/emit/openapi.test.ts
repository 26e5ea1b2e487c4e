/** What we publish as OpenAPI is OpenAPI, by a validator that is not ours. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { compile } from "../compile.ts";
import { openApi } from "./openapi.ts";

const examples = fileURLToPath(new URL("../../examples/", import.meta.url));
const specs = /\.(?:ioa\.toml|csdl\.xml|cedar|toml)$/;

function filesOf(folder: string) {
  const paths = readdirSync(`${examples}${folder}`, { recursive: true, encoding: "utf8" });
  const files = paths.filter((path) => specs.test(path) && !path.includes("node_modules"));
  return files.map((path) => ({ path, bytes: readFileSync(`${examples}${folder}/${path}`) }));
}

const folders = readdirSync(examples).filter((name) => {
  return statSync(`${examples}${name}`).isDirectory() && filesOf(name).some(({ path }) => path.endsWith(".ioa.toml"));
});

test.each(folders)("%s", async (name) => {
  const { program } = compile({ name, files: filesOf(name) });
  if (program === undefined) throw new Error(`${name} does not compile`);
  const result = await new Validator().validate(JSON.parse(openApi(program)));
  expect([result.valid, result.errors]).toEqual([true, undefined]);
});
