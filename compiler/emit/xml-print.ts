/** Prints a tree of XML elements: indented, escaped, one element a line. */

export interface XmlNode {
  readonly name: string;
  /** In the order in which they are written; an undefined value leaves the attribute out. */
  readonly attributes?: Readonly<Record<string, string | undefined>>;
  readonly children?: readonly XmlNode[];
  /** Character data, instead of children. */
  readonly text?: string;
}

/** The document with its declaration, UTF-8, ending in a newline. */
export function printXml(root: XmlNode): string {
  return `<?xml version="1.0" encoding="utf-8"?>\n${printNode(root, "")}`;
}

function printNode(node: XmlNode, indent: string): string {
  const attributes = Object.entries(node.attributes ?? {})
    .map(([name, value]) => (value === undefined ? "" : ` ${name}="${escapeXml(value)}"`))
    .join("");
  const open = `${indent}<${node.name}${attributes}`;
  if (node.text !== undefined) return `${open}>${escapeXml(node.text)}</${node.name}>\n`;
  const children = node.children ?? [];
  if (children.length === 0) return `${open}/>\n`;
  return `${open}>\n${children.map((child) => printNode(child, `${indent}  `)).join("")}${indent}</${node.name}>\n`;
}

/** Line ends and tabs are written as references, or a reader would turn them into spaces. */
function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
