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

/** A string literal in double quotes that is safe in any place of a TypeScript file. */
export function quote(text: string): string {
  return JSON.stringify(text)
    .replace(/[\u2028\u2029\u007f-\u009f\ufeff]/g, escapeUnit)
    .replaceAll("</", "<\\/");
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** A name as an identifier: names are simple identifiers already, so only the reserved words change. */
export function identifier(name: string): string {
  return reservedWords.has(name) ? `${name}_` : name;
}

/** A name as a property key: bare where that is allowed, quoted otherwise. */
export function propertyKey(name: string): string {
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
export const lineWidth = 110;

/** A list on one line where it fits, one item a line otherwise; `indent` is what the opening bracket's line has. */
export function list(
  items: readonly string[],
  indent: string,
  [open, close]: readonly [string, string] = ["[", "]"],
): string {
  const padding = open === "{" ? " " : "";
  const line = `${open}${padding}${items.join(", ")}${padding}${close}`;
  if (items.length === 0) return `${open}${close}`;
  if (line.length + indent.length <= lineWidth && !line.includes("\n")) return line;
  return `${open}\n${items.map((item) => `${indent}  ${item},\n`).join("")}${indent}${close}`;
}
