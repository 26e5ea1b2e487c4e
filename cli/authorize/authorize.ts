/** The recipe of `temperc authorize`: read four files, check them against the schema, ask one engine. */
import { readFile, stat } from "node:fs/promises";
import { CedarFailure } from "@temperc/runtime";
import {
  diagnosticRecords,
  placeAt,
  printDiagnostics,
  type ReadPolicies,
  type ReadPolicy,
  readPolicies,
} from "../../compiler/index.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { impossible, type Refusal, reasonOf, unusable } from "../refusal.ts";
import { refuse, type Terminal, visible } from "../terminal.ts";
import { checkEntities, checkRequest } from "./check.ts";
import { type Answer, cedarEngine, compiledEngine, type Question, Unaskable } from "./engines.ts";
import { type ReadSchema, readSchema, requestOver, requestParts, Unreadable } from "./files.ts";
import { type Json, type Places, readJson } from "./json.ts";
import { linkedPolicies } from "./links.ts";
import { NoTerm } from "./terms.ts";

export interface AuthorizeOptions {
  readonly policies: string;
  readonly schema?: string;
  /** Links of the templates among the policies. */
  readonly templateLinked?: string;
  readonly entities: string;
  readonly request: string;
  readonly engine: "compiled" | "cedar-wasm";
  readonly json?: boolean;
}

/** Files beyond this are refused. */
export const authorizeFileBytesMax = 20_000_000;

/** Prints the decision: exit code 0 where it is allowed, 1 where it is denied, 2 where a file is not what it should be. */
export async function authorize(options: AuthorizeOptions, terminal: Terminal): Promise<ExitCode> {
  const json = options.json === true;
  try {
    const text = await readText(options.policies);
    const read = readPolicies({ path: options.policies, text });
    if (read.diagnostics.length > 0) return tellDiagnostics(read, { path: options.policies, text, json }, terminal);
    const question = await questionOf(options);
    const policies = [...read.policies, ...(await linkedAt(options.templateLinked, read))];
    const ask = options.engine === "compiled" ? await compiledEngine(policies) : cedarEngine(policies);
    const answer = asked(options, () => ask(question));
    tell(answer, policies, { ...options, json }, terminal);
    return answer.decision === "allow" ? exitCodes.ok : exitCodes.failed;
  } catch (error) {
    if (error instanceof Refused) return refuse(terminal, error.refusal, json);
    throw error;
  }
}

/** Ends the recipe early with what the user is to be told. */
class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

async function questionOf(options: AuthorizeOptions): Promise<Question> {
  const schema = options.schema === undefined ? undefined : await schemaAt(options.schema);
  const entities = await jsonAt(options.entities);
  const asked = await jsonAt(options.request);
  const parts = asValues(asked, () => requestParts(asked.json));
  const json = { ...parts, entities: entities.json };
  const check = (hint: string): void => {
    asValues(entities, () => checkEntities(entities.json, schema), hint);
    asValues(asked, () => checkRequest(json, schema), hint);
  };
  if (schema !== undefined) check(`it is to fit ${options.schema}; without --schema nothing is asked of types`);
  asValues(entities, () => requestOver({ ...parts, context: new Map() }, entities.json, schema));
  const request = asValues(asked, () => requestOver(parts, entities.json, schema));
  if (schema === undefined) check(asCedarHasIt);
  return { request, json, ...(schema && { schema: schema.text }) };
}

async function linkedAt(path: string | undefined, read: ReadPolicies): Promise<readonly ReadPolicy[]> {
  if (path === undefined) return [];
  const file = await jsonAt(path);
  return asValues(file, () => linkedPolicies(file.json, read));
}

async function schemaAt(path: string): Promise<ReadSchema> {
  const text = await readText(path);
  try {
    return readSchema(text);
  } catch (error) {
    if (error instanceof Unreadable) {
      const at = error.offset === undefined ? path : located(path, text, error.offset);
      throw new Refused(unusable(`${at}: ${error.message}`, "write the schema as Cedar does, or as its JSON"));
    }
    throw error;
  }
}

interface JsonFile {
  readonly path: string;
  readonly text: string;
  readonly json: Json;
  readonly places: Places;
}

async function jsonAt(path: string): Promise<JsonFile> {
  const text = await readText(path);
  const reading = readJson(text);
  if (reading.kind === "json") return { path, text, ...reading };
  const at = located(path, text, reading.offset);
  throw new Refused(unusable(`${at}: ${reading.problem}`, "the file is to be one JSON document"));
}

async function readText(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > authorizeFileBytesMax)
      throw new Refused(unusable(`${path} has ${size} bytes`, `at most ${authorizeFileBytesMax} are read`));
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused(impossible(`cannot read ${path}: ${reasonOf(error)}`, "check the path"));
  }
}

function located(path: string, text: string, offset: number): string {
  const { line, column } = placeAt(text, offset);
  return `${path}:${line}:${column}`;
}

const asCedarHasIt = "values are written as in Cedar's JSON entities format";

/** What is no value is told at the list or object that it is in; else where the document begins. */
function asValues<T>({ path, text, json, places }: JsonFile, read: () => T, hint = asCedarHasIt): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof NoTerm)) throw error;
    const at = located(path, text, places.get(error.json) ?? places.get(json) ?? 0);
    throw new Refused(unusable(`${at}: ${error.message}`, hint));
  }
}

function asked(options: AuthorizeOptions, ask: () => Answer): Answer {
  try {
    return ask();
  } catch (error) {
    if (error instanceof Unaskable) throw new Refused(unusable(error.message, "--engine compiled has no such limit"));
    if (error instanceof CedarFailure)
      throw new Refused(unusable(`${options.entities}: ${error.message}`, "write it as Cedar does"));
    throw error;
  }
}

interface PolicyFile {
  readonly path: string;
  readonly text: string;
  readonly json: boolean;
}

function tellDiagnostics(
  { diagnostics }: ReadPolicies,
  { path, text, json }: PolicyFile,
  terminal: Terminal,
): ExitCode {
  const texts = new Map([[path, text]]);
  if (json) terminal.json({ ok: false, diagnostics: diagnosticRecords(diagnostics, texts) });
  else terminal.err(printDiagnostics(diagnostics, texts, { color: terminal.errColour }));
  return exitCodes.unusable;
}

function tell(answer: Answer, policies: readonly ReadPolicy[], options: AuthorizeOptions, terminal: Terminal): void {
  const { engine } = options;
  const { decision, errors } = answer;
  const reasons = [...answer.reasons].sort();
  const leftToCedar = policies.flatMap(({ id, body }) => (body.kind === "compiled" ? [] : [id]));
  if (options.json === true) {
    terminal.json({ ok: true, decision, reasons, errors, engine, leftToCedar });
    return;
  }
  const why = reasons.length === 0 ? "no policy applies" : `because of ${reasons.join(", ")}`;
  terminal.out(`${decision} (${visible(why)})\n`);
  for (const { policy, message } of errors) terminal.out(`  ${visible(policy)} failed: ${visible(message)}\n`);
}
