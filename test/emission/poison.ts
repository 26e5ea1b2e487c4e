/** Programs whose texts are not what anybody would write: what `bind` refuses too, as emission must be safe on its own. */
import type { Program } from "../../compiler/index.ts";

/** Each would end or begin something, if it stood anywhere unescaped. */
export const payloads = [
  '"; escaped(); //',
  "'; escaped(); //",
  "`\u0024{escaped()}`",
  "*/ escaped(); /*",
  "a\nescaped();\n//",
  "a\r\nescaped();",
  "\u2028escaped();\u2029",
  "</script><script>escaped()</script>",
  '\\"; escaped(); //',
  "\\",
  "\\u0022; escaped(); //",
  "{{escaped}} {{{constructor}}} {{#each this}}",
  "$& $1 $` $'",
  "soft\u00adhyphen",
  "half \ud800 pair",
  "naïve 名前 🙂",
];

/** Names that mean something to JavaScript by themselves. */
export const names = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "class",
  "1st",
  "then",
  "",
];

/** The program with `change` made to every text of its automata and policies that is not a name of a type or set. */
export function retold(program: Program, change: (text: string) => string): Program {
  const { entities, entitySets, singletons, enums } = program.contract;
  const kept = new Set([...entities, ...entitySets, ...singletons, ...enums].map(({ name }) => name));
  const words = new Set([...textsIn(program.automata), ...textsIn(program.policies)]);
  const retell = (value: unknown, key: string): unknown => {
    if (typeof value === "string")
      return wordsOfTheIr.has(key) || kept.has(value) || !words.has(value) ? value : change(value);
    if (Array.isArray(value)) return value.map((item) => retell(item, key));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, retell(item, name)]));
  };
  // Texts became texts and nothing else changed, so this is a program still.
  return retell(program, "") as Program;
}

/** Fields whose texts are words of the IR itself. */
const wordsOfTheIr = new Set(["kind", "type", "operator", "role", "effect", "part", "function", "digits"]);

function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
