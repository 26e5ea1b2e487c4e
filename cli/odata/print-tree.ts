/** A tree of the OData grammar as indented text: a line for each node, with what it says and where it stands. */

const places = new Set(["kind", "at", "end", "nameEnd"]);

/** One line for each node; what holds no nodes stands in its line. */
export function printTree(tree: object): string {
  return linesOf(tree, "").join("");
}

function linesOf(node: object, indent: string): readonly string[] {
  const inside = Object.entries(node).filter(([key]) => !places.has(key));
  const own = inside.filter(([, value]) => !isNode(value)).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
  const children = inside.filter((entry): entry is [string, object] => isNode(entry[1]));
  const head = `${indent}${"kind" in node ? String(node.kind) : "item"}${own.join("")}${placeOf(node)}\n`;
  return [head, ...children.flatMap(([key, child]) => childLines(key, child, `${indent}  `))];
}

function childLines(key: string, child: object, indent: string): readonly string[] {
  const nodes = Array.isArray(child) ? child.filter(isNode) : [child];
  if (nodes.length === 0) return [];
  return [`${indent}${key}:\n`, ...nodes.flatMap((node) => linesOf(node, `${indent}  `))];
}

function isNode(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function placeOf(node: object): string {
  return "at" in node && "end" in node ? `  [${String(node.at)}, ${String(node.end)})` : "";
}

/** Every name that the tree gives to something it computes: they are properties from then on. */
export function namesGiven(tree: object): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting: object[] = [tree];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if ("as" in node && typeof node.as === "string") found.add(node.as);
    waiting.push(...Object.values(node).filter(isNode));
  }
  return found;
}
