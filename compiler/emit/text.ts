/** How text of a spec gets into TypeScript: a spec is untrusted, so every name and string goes through one of these. */

/** Words that TypeScript keeps for itself, in modules and in strict mode. */
const reservedWords: ReadonlySet<string> = new Set(
  (
    "abstract any arguments as asserts async await bigint boolean break case catch class const continue debugger declare " +
    "default delete do else enum eval export extends false finally for from function get global if implements import in " +
    "infer instanceof interface is keyof let module namespace never new null number object of package private protected " +
    "public readonly require return set static string super switch symbol this throw true try type typeof undefined " +
    "unique unknown var void while with yield Array Boolean Error JSON Math Number Object Promise Record Set String Symbol"
  ).split(" "),
);

/** A string literal that is safe in any place of a TypeScript file; in single quotes where that saves escapes. */
export function quote(text: string): string {
  const doubleQuoted = JSON.stringify(text)
    .replace(/[\u2028\u2029\u007f-\u009f\ufeff]/g, escapeUnit)
    .replaceAll("</", "<\\/");
  return count(text, '"') > count(text, "'") ? singleQuoted(doubleQuoted) : doubleQuoted;
}

function count(text: string, quoteMark: string): number {
  return text.split(quoteMark).length - 1;
}

/** The literal with the other quotes: an escape stays as it is, unless it was one of a double quote. */
function singleQuoted(literal: string): string {
  const inner = literal.slice(1, -1).replace(/\\.|'/g, (part) => (part === '\\"' ? '"' : part === "'" ? "\\'" : part));
  return `'${inner}'`;
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** A text of many lines as a template literal that shows them as they are. */
export function quoteLines(text: string): string {
  const lines = text.split("\n").map((line) =>
    JSON.stringify(line)
      .slice(1, -1)
      .replace(/[\u2028\u2029\u007f-\u009f\ufeff]/g, escapeUnit),
  );
  return `\`${lines.join("\n").replace(/\\.|`|\$\{/g, (part) => templateEscapes.get(part) ?? part)}\``;
}

/** What means something else in a template literal than in JSON; every other escape is the same in both. */
const templateEscapes: ReadonlyMap<string, string> = new Map([
  ['\\"', '"'],
  ["`", "\\`"],
  ["${", "\\${"],
]);

/** A name as an identifier: names are simple identifiers already, so only the reserved words change. */
export function identifier(name: string): string {
  return reservedWords.has(name) ? `${name}_` : name;
}

/** A name as the end of an identifier: what JavaScript does not allow in one is spelt by its code point between dollars. */
export function identifierEnd(name: string): string {
  return upperFirst(name).replace(/[^\p{ID_Continue}]/gu, (each) => `$${each.codePointAt(0)?.toString(16)}$`);
}

/** A name as a property key: bare where that is allowed, quoted otherwise; `__proto__` computed, or it would set the prototype. */
export function propertyKey(name: string): string {
  if (name === "__proto__") return '["__proto__"]';
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name);
}

/** `object.name`, or `object["name"]` where the name cannot stand bare. */
export function member(object: string, name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `${object}.${name}` : `${object}[${quote(name)}]`;
}

/** Text inside a comment: it cannot end the comment or begin a line. */
export function comment(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ").replaceAll("*/", "* /");
}

/** The first letter in lower case: a type's name as a variable's. */
export function lowerFirst(name: string): string {
  return name.slice(0, 1).toLowerCase() + name.slice(1);
}

export function upperFirst(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

/** Emitted lines are broken so that they stay within this, as a careful person would. */
export const lineWidth = 120;

/** Where a list stands: the indentation of its line, and how many characters of the line are not the list's. */
export interface Place {
  readonly indent: string;
  readonly taken: number;
}

/** The place after `before` and in front of `after` on a line of that indentation. */
export function placeBetween(indent: string, before: string, after: string): Place {
  return { indent, taken: indent.length + before.length + after.length };
}

export type Brackets = readonly [open: string, close: string];

/** A list on one line where it fits, one item a line otherwise, and where it is a table of objects. */
export function list(items: readonly string[], { indent, taken }: Place, [open, close]: Brackets = ["[", "]"]): string {
  if (items.length === 0) return `${open}${close}`;
  const padding = open === "{" ? " " : "";
  const line = `${open}${padding}${items.join(", ")}${padding}${close}`;
  const isTable = items.length > 1 && items.every((item) => item.startsWith("{") && item.includes(", "));
  if (!isTable && line.length + taken <= lineWidth && !line.includes("\n")) return line;
  return `${open}\n${items.map((item) => `${indent}  ${item},\n`).join("")}${indent}${close}`;
}

/** `name: [ … ],` as a line of an object literal of that indentation. */
export function listField(name: string, items: readonly string[], indent: string): string {
  return `${name}: ${list(items, placeBetween(indent, `${name}: `, ","))}`;
}

/** `{ … },` as a line of a list of that indentation. */
export function objectItem(fields: readonly string[], indent: string): string {
  return list(fields, placeBetween(indent, "", ","), ["{", "}"]);
}

/** The names between `import` and `from "@temperc/runtime/kernel"`, sorted. */
export function kernelImport(names: ReadonlySet<string>): string {
  return list([...names].sort(), placeBetween("", "import ", ' from "@temperc/runtime/kernel";'), ["{", "}"]);
}
