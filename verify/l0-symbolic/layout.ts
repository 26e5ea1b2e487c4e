/** Breaks long commands of a script into lines, so that a person can read it. */

const widthMax = 120;

/** The command as it is where it fits, and otherwise each of its parts on a line of its own, set in. */
export function layOut(command: string, indent = 0): string {
  const line = " ".repeat(indent) + command;
  if (line.length <= widthMax || !command.startsWith("(")) return line;
  const [head = "", ...parts] = partsOf(command.slice(1, -1));
  const short = parts.findIndex((part) => part.startsWith("("));
  const opening = ["(".concat(head), ...parts.slice(0, Math.max(0, short))].join(" ");
  const rest = parts.slice(Math.max(0, short)).map((part) => layOut(part, indent + 2));
  return `${" ".repeat(indent)}${[opening, ...rest].join("\n")})`;
}

/** The expressions that stand side by side in the text. */
function partsOf(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (const match of text.matchAll(/\|[^|]*\||[()]|[^\s()|]+/g)) {
    const [token] = match;
    if (depth === 0) start = match.index;
    if (token === "(") depth++;
    if (token === ")") depth--;
    if (depth === 0) parts.push(text.slice(start, match.index + token.length));
  }
  return parts;
}
