/** Reads an XML text into a tree whose every name and value knows where it stands; refuses what a data file never needs. */

import { XMLValidator } from "fast-xml-parser";
import type { Note, Report } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/span.ts";
import { checkDeclaration } from "./xml-declaration.ts";
import {
  declareNamespaces,
  type Namespaces,
  noNamespaces,
  readAttributes,
  resolveAttributes,
  resolveName,
} from "./xml-names.ts";
import { scanXml, type XmlToken } from "./xml-scan.ts";
import { decodeText } from "./xml-text.ts";

export interface XmlFile {
  readonly path: string;
  readonly text: string;
}

/** A name with its namespace resolved; `namespace` is empty where there is none. */
export interface XmlName {
  readonly namespace: string;
  readonly local: string;
}

export interface XmlAttribute extends XmlName {
  readonly value: string;
  readonly nameSpan: Span;
  /** The value without its quotes. */
  readonly valueSpan: Span;
}

export interface XmlElement extends XmlName {
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlElement[];
  /** The character data directly inside it, joined; `textSpan` is its first piece that is not blank. */
  readonly text: string;
  readonly textSpan?: Span;
  readonly nameSpan: Span;
}

/** What a document may have at most; reaching a limit is an error at the place where it is reached. */
export interface XmlLimits {
  readonly depthMax: number;
  readonly elementsMax: number;
  readonly attributesMax: number;
  /** In UTF-16 units. */
  readonly attributeLengthMax: number;
  /** Of a text between two tags, in UTF-16 units. */
  readonly textLengthMax: number;
  /** Reading ends where so many have been reported; what else there is remains untold. */
  readonly problemsMax: number;
}

export const xmlLimits: XmlLimits = {
  depthMax: 64,
  elementsMax: 20_000,
  attributesMax: 64,
  attributeLengthMax: 65_536,
  textLengthMax: 65_536,
  problemsMax: 1_000,
};

/**
 * The root element of a well-formed document, or undefined with the reasons reported (`parse/xml-…`). DTDs, entities other
 * than the five predefined ones, processing instructions and encodings other than UTF-8 are refused. XML 1.0 with Namespaces.
 */
export function parseXml(file: XmlFile, report: Report, limits: XmlLimits = xmlLimits): XmlElement | undefined {
  let reported = 0;
  const counting: Report = (...told) => {
    reported += 1;
    if (reported <= limits.problemsMax) report(...told);
  };
  const reader = new TreeReader(file, counting, limits);
  for (const token of scanXml(file.text)) {
    if (!reader.take(token) || reported >= limits.problemsMax) return undefined;
  }
  const root = reader.end();
  return reported > 0 || passesValidator(file, report) ? root : undefined;
}

/** The library is the second judge of well-formedness: what the scanner let through must also pass there. */
function passesValidator(file: XmlFile, report: Report): boolean {
  const verdict = XMLValidator.validate(file.text);
  if (verdict === true) return true;
  const lines = file.text.split("\n").slice(0, verdict.err.line - 1);
  const start = Math.min(
    lines.reduce((offset, line) => offset + line.length + 1, 0),
    file.text.length,
  );
  report("parse/xml-syntax", { file: file.path, start, end: start }, { problem: verdict.err.msg });
  return false;
}

interface OpenElement extends XmlElement {
  readonly writtenName: string;
  readonly children: XmlElement[];
  readonly namespaces: Namespaces;
  text: string;
  textSpan?: Span;
}

/** Builds the tree while tokens come in; has the life of one parse. */
class TreeReader {
  private readonly file: XmlFile;
  private readonly report: Report;
  private readonly limits: XmlLimits;
  private readonly open: OpenElement[] = [];
  private root: OpenElement | undefined;
  private elements = 0;

  constructor(file: XmlFile, report: Report, limits: XmlLimits) {
    this.file = file;
    this.report = report;
    this.limits = limits;
  }

  /** False when reading on makes no sense; the reason has been reported. */
  take(token: XmlToken): boolean {
    const span = this.span(token.start, token.end);
    switch (token.kind) {
      case "start-tag":
        return this.startTag(token);
      case "end-tag":
        return this.endTag(token);
      case "text":
        return this.isShortEnough(span) && this.text(this.decoded(token), span);
      case "cdata":
        return this.text(this.slice(token).replace(/\r\n?/g, "\n"), span);
      case "declaration":
        return checkDeclaration(this.slice(token), span, this.report);
      case "instruction":
        this.report("parse/xml-instruction", span, { name: token.name });
        return true;
      case "doctype":
        this.report("parse/xml-dtd", span, {}, { hint: "remove it; no entity or default can be declared here" });
        return false;
      case "malformed":
        return this.malformed(token.problem, span);
    }
  }

  /** The root, once every token has been taken. */
  end(): XmlElement | undefined {
    const unclosed = this.open.at(-1);
    if (unclosed !== undefined) {
      this.malformed(`the element "${unclosed.writtenName}" that is never closed`, unclosed.nameSpan);
      return undefined;
    }
    if (this.root === undefined) this.malformed("no element at all", this.span(0, 0));
    return this.root;
  }

  private startTag(token: Extract<XmlToken, { kind: "start-tag" }>): boolean {
    const nameSpan = this.span(token.start + 1, token.start + 1 + token.name.length);
    const parent = this.open.at(-1);
    if (parent === undefined && this.root !== undefined) return this.malformed("a second root element", nameSpan);
    if (!this.withinLimits(token, nameSpan)) return false;
    const written = readAttributes(token.attributes, this.file, this.report);
    const namespaces = declareNamespaces(written, parent?.namespaces ?? noNamespaces);
    const name = resolveName(token.name, nameSpan, namespaces, this.report);
    if (name === undefined) return false;
    const element: OpenElement = {
      ...name,
      attributes: resolveAttributes(written, namespaces, this.report),
      children: [],
      text: "",
      nameSpan,
      writtenName: token.name,
      namespaces,
    };
    if (parent === undefined) this.root = element;
    else parent.children.push(element);
    if (!token.selfClosing) this.open.push(element);
    return true;
  }

  private withinLimits(token: Extract<XmlToken, { kind: "start-tag" }>, span: Span): boolean {
    this.elements += 1;
    const longest = token.attributes.reduce((most, each) => Math.max(most, each.valueEnd - each.valueStart), 0);
    const measures = [
      { what: "nested elements", is: this.open.length + 1, max: this.limits.depthMax },
      { what: "elements", is: this.elements, max: this.limits.elementsMax },
      { what: "attributes on one element", is: token.attributes.length, max: this.limits.attributesMax },
      { what: "characters in one attribute", is: longest, max: this.limits.attributeLengthMax },
    ];
    const passed = measures.find((measure) => measure.is > measure.max);
    if (passed !== undefined) this.report("parse/xml-limit", span, { what: passed.what, max: passed.max });
    return passed === undefined;
  }

  private isShortEnough(span: Span): boolean {
    const max = this.limits.textLengthMax;
    if (span.end - span.start <= max) return true;
    this.report("parse/xml-limit", span, { what: "characters in one text", max });
    return false;
  }

  private endTag(token: Extract<XmlToken, { kind: "end-tag" }>): boolean {
    const span = this.span(token.start, token.end);
    const element = this.open.pop();
    if (element === undefined) return this.malformed(`"</${token.name}>" that closes nothing`, span);
    if (element.writtenName === token.name) return true;
    const notes = [{ message: "that one is opened here", span: element.nameSpan }];
    return this.malformed(`"</${token.name}>" where "</${element.writtenName}>" is expected`, span, notes);
  }

  private text(characters: string, span: Span): boolean {
    const parent = this.open.at(-1);
    const blank = /^[ \t\n]*$/.test(characters);
    if (parent === undefined) return blank || this.malformed("text outside the root element", span);
    parent.text += characters;
    if (!blank) parent.textSpan ??= this.withoutBlanks(span);
    return true;
  }

  private withoutBlanks(span: Span): Span {
    const raw = this.slice(span);
    const start = span.start + raw.length - raw.trimStart().length;
    return { file: span.file, start, end: start + raw.trim().length };
  }

  private malformed(problem: string, span: Span, notes: readonly Note[] = []): false {
    this.report("parse/xml-syntax", span, { problem }, { notes });
    return false;
  }

  private decoded(token: { readonly start: number; readonly end: number }): string {
    return decodeText({ file: this.file.path, raw: this.slice(token), start: token.start }, this.report);
  }

  private slice(token: { readonly start: number; readonly end: number }): string {
    return this.file.text.slice(token.start, token.end);
  }

  private span(start: number, end: number): Span {
    return { file: this.file.path, start, end };
  }
}
