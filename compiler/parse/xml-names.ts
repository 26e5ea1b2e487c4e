/** Attributes and namespaces of a start tag: duplicates, undeclared prefixes and XML's own rules about both. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/span.ts";
import type { XmlAttribute, XmlFile, XmlName } from "./xml.ts";
import type { RawAttribute } from "./xml-scan.ts";
import { decodeAttribute } from "./xml-text.ts";

/** Which namespace a prefix stands for; the empty prefix is the default namespace of elements. */
export type Namespaces = ReadonlyMap<string, string>;

export const noNamespaces: Namespaces = new Map([["xml", "http://www.w3.org/XML/1998/namespace"]]);

interface WrittenAttribute {
  readonly name: string;
  readonly value: string;
  readonly nameSpan: Span;
  readonly valueSpan: Span;
}

/** The attributes of a tag with their values decoded; of two with the same name the first counts. */
export function readAttributes(
  raw: readonly RawAttribute[],
  file: XmlFile,
  report: Report,
): readonly WrittenAttribute[] {
  const written = new Map<string, WrittenAttribute>();
  for (const attribute of raw) {
    const { name, nameStart, valueStart, valueEnd } = attribute;
    const nameSpan = { file: file.path, start: nameStart, end: nameStart + name.length };
    const first = written.get(name);
    if (first !== undefined) {
      const notes = [{ message: "the first one is here", span: first.nameSpan }];
      report("parse/xml-duplicate-attribute", nameSpan, { attribute: name }, { notes });
      continue;
    }
    const slice = { file: file.path, raw: file.text.slice(valueStart, valueEnd), start: valueStart };
    const valueSpan = { file: file.path, start: valueStart, end: valueEnd };
    written.set(name, { name, value: decodeAttribute(slice, report), nameSpan, valueSpan });
  }
  return [...written.values()];
}

/** The namespaces in force inside an element: its parent's and those that it declares. */
export function declareNamespaces(attributes: readonly WrittenAttribute[], outer: Namespaces): Namespaces {
  const declared = attributes.filter(declaresNamespace);
  if (declared.length === 0) return outer;
  return new Map([
    ...outer,
    ...declared.map((each): [string, string] => [each.name.slice("xmlns:".length), each.value]),
  ]);
}

/** The attributes that are not namespace declarations, with their namespaces. */
export function resolveAttributes(
  attributes: readonly WrittenAttribute[],
  namespaces: Namespaces,
  report: Report,
): readonly XmlAttribute[] {
  return attributes.flatMap((attribute) => {
    if (declaresNamespace(attribute)) return [];
    const { name, value, nameSpan, valueSpan } = attribute;
    const plain = { namespace: "", local: name };
    const resolved = name.includes(":") ? resolveName(name, nameSpan, namespaces, report) : plain;
    return resolved === undefined ? [] : [{ ...resolved, value, nameSpan, valueSpan }];
  });
}

/** The namespace and local name behind a name as written (Namespaces in XML 1.0, section 5); undefined after reporting. */
export function resolveName(written: string, span: Span, namespaces: Namespaces, report: Report): XmlName | undefined {
  const colon = written.indexOf(":");
  const prefix = written.slice(0, Math.max(colon, 0));
  const namespace = namespaces.get(prefix);
  if (namespace !== undefined || prefix === "") return { namespace: namespace ?? "", local: written.slice(colon + 1) };
  report("parse/xml-undeclared-prefix", span, { prefix }, { hint: `declare it with xmlns:${prefix}="…"` });
  return undefined;
}

function declaresNamespace(attribute: WrittenAttribute): boolean {
  return attribute.name === "xmlns" || attribute.name.startsWith("xmlns:");
}
