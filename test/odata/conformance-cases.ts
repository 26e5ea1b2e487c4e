/** Reads the OASIS test cases: the few forms of YAML in which they are written, and nothing more. */

export interface ConformanceCase {
  readonly name: string;
  readonly rule: string;
  readonly input: string;
  /** The first character that is wrong; absent where the input is right. */
  readonly failAt?: number;
}

export interface ConformanceFile {
  /** By the role's name, the names that have it; a role that is not listed has every name. */
  readonly constraints: ReadonlyMap<string, ReadonlySet<string>>;
  readonly cases: readonly ConformanceCase[];
}

/** The constraints and the cases of one file, in its order. */
export function readConformance(text: string): ConformanceFile {
  const [head = "", body = ""] = text.split(/^TestCases:\n/m);
  const blocks = body.split(/^ {2}- (?=Name:)/m).slice(1);
  return { constraints: constraintsIn(head), cases: blocks.map(caseOf) };
}

function constraintsIn(head: string): ReadonlyMap<string, ReadonlySet<string>> {
  const constraints = new Map<string, Set<string>>();
  let current = new Set<string>();
  for (const line of (head.split(/^Constraints:\n/m)[1] ?? "").split("\n")) {
    const role = /^ {2}(\w+):/.exec(line)?.[1];
    const item = /^ {4}- (.*)$/.exec(line)?.[1];
    if (role !== undefined) {
      current = new Set();
      constraints.set(role, current);
    }
    if (item !== undefined) current.add(scalar(item));
  }
  return constraints;
}

function caseOf(block: string): ConformanceCase {
  const fields = new Map<string, string>();
  for (const [, key = "", value = ""] of block.matchAll(
    /^ *(Name|Rule|FailAt|Input|Expect):((?:(?!\n {4}\w+:| {4}$)[\s\S])*)/gm,
  )) {
    fields.set(key, scalar(value));
  }
  const failAt = fields.get("FailAt");
  const found = { name: fields.get("Name") ?? "", rule: fields.get("Rule") ?? "", input: fields.get("Input") ?? "" };
  return failAt === undefined ? found : { ...found, failAt: Number.parseInt(failAt, 10) };
}

/** A scalar of one of the three styles; line breaks in it are folded. */
function scalar(raw: string): string {
  const text = raw.trim();
  if (text.startsWith('"')) return doubleQuoted(text.slice(0, text.lastIndexOf('"') + 1));
  if (text.startsWith("'")) return folded(text.slice(1, text.lastIndexOf("'"))).replaceAll("''", "'");
  return folded(text.replace(/\s#.*$/gm, ""));
}

/** A backslash joins a line to the next, or keeps a blank. */
function doubleQuoted(text: string): string {
  return JSON.parse(folded(text.replace(/\\\n\s*\\?/g, "")).replaceAll("\\ ", " "));
}

/** One line break is a blank, an empty line between two is a line break (YAML 1.2, 6.5). */
function folded(text: string): string {
  return text.replace(/\s*\n\s*\n\s*/g, "\\n").replace(/[ \t]*\n\s*/g, " ");
}
