/** Differences in words, by entity. */
import type { Rehearsal } from "@temperc/runtime";
import { colours, visibleLine } from "../terminal.ts";
import type { Difference } from "./compare.ts";

export function printDifferences(found: readonly Difference[], color: boolean): string {
  const { bold, green, red, yellow } = colours(color);
  const subjects = [...new Set(found.map(({ subject }) => subject))];
  const sections = subjects.map((subject) => {
    const own = found.filter((difference) => difference.subject === subject);
    const lines = own.map((difference) => {
      const paint = { added: green, removed: red, changed: yellow }[difference.kind];
      return `  ${paint({ added: "+", removed: "-", changed: "~" }[difference.kind])} ${inWords(difference)}`;
    });
    return `${bold(visibleLine(subject === "" ? "the whole" : subject))}\n${lines.join("\n")}\n`;
  });
  return sections.join("\n");
}

/** `the guard of Pay was Total > 0 and is Total > 1`. What the spec says of itself begins no line of its own. */
export function inWords(difference: Difference): string {
  const { what } = difference;
  const name = visibleLine(difference.name);
  const named =
    what === "beginning" || what === "deletion" ? name : `the ${what} ${ofAction(what) ? "of " : ""}${name}`;
  switch (difference.kind) {
    case "added":
      return `${named} is new${colon(visibleLine(difference.after), name)}`;
    case "removed":
      return `${named} is gone${colon(visibleLine(difference.before), name)}`;
    case "changed":
      return `${named} was ${visibleLine(difference.before) || plain}\n      and is ${visibleLine(difference.after) || plain}`;
  }
}

/** Where there is nothing to say of it. */
const plain = "there, without more";

function ofAction(what: string): boolean {
  return ["guard", "effect", "output", "rule", "composition"].includes(what);
}

function colon(says: string, name: string): string {
  return says === "" || says === name ? "" : `: ${says}`;
}

export function printRehearsal({ asked, otherwise, notAsked, unreadable }: Rehearsal, color: boolean): string {
  const { green, red } = colours(color);
  const lines = otherwise.map(
    ({ at, entityType, entityId, action, sequence, now }) =>
      `  ${visibleLine(`${at}  ${entityType} ${entityId} #${sequence} ${action}: ${now}`)}\n`,
  );
  const head = `${asked} recorded calls asked again: `;
  const summary =
    otherwise.length === 0 ? green("all end as they did") : red(`${otherwise.length} would end otherwise`);
  const left = notAsked === 0 ? "" : `; ${notAsked} rest on what is not recorded and were not asked`;
  const stopped = unreadable.map(
    ({ entityType, entityId, reason }) =>
      `  ${visibleLine(`${entityType} ${entityId}: ${reason}; its calls were not asked`)}\n`,
  );
  return `${head}${summary}${left}\n${lines.join("")}${stopped.join("")}`;
}
