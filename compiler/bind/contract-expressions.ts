/** Checks what annotations say: one value each, constants of their kind, and as many operands as an operator takes (CSDL 4.01, 14.3 and 14.4). */

import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { CsdlElement, Located } from "../parse/csdl.ts";
import { lookUp } from "./contract-declared.ts";
import { attribute, qualify } from "./contract-document.ts";
import { type ContractScope, innerType, resolveType } from "./contract-types.ts";

/** Constants that are written out, and how. */
const constants: Readonly<Record<string, { readonly form: RegExp; readonly expected: string }>> = {
  Binary: { form: /^[A-Za-z0-9_-]*={0,2}$/, expected: "bytes in base64url" },
  Bool: { form: /^(true|false)$/, expected: '"true" or "false"' },
  Date: { form: /^-?[0-9]{4,9}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$/, expected: "a date such as 2026-01-31" },
  DateTimeOffset: {
    form: /^-?[0-9]{4,9}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,12})?)?(Z|[+-][0-9]{2}:[0-9]{2})$/,
    expected: "an instant such as 2026-01-31T12:00:00Z",
  },
  Decimal: {
    form: /^([+-]?[0-9]{1,999}(\.[0-9]{1,999})?([eE][+-]?[0-9]{1,9})?|-?INF|NaN)$/,
    expected: "a decimal number",
  },
  Duration: {
    form: /^[+-]?P(?=.)([0-9]{1,9}D)?(T(?=.)([0-9]{1,9}H)?([0-9]{1,9}M)?([0-9]{1,9}(\.[0-9]{1,12})?S)?)?$/,
    expected: "a duration such as P1DT12H",
  },
  Float: {
    form: /^([+-]?[0-9]{1,999}(\.[0-9]{1,999})?([eE][+-]?[0-9]{1,9})?|-?INF|NaN)$/,
    expected: "a number",
  },
  Guid: { form: /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/, expected: "a GUID" },
  Int: { form: /^[+-]?[0-9]{1,99}$/, expected: "a whole number" },
  TimeOfDay: {
    form: /^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,12})?)?$/,
    expected: "a time of day such as 21:45:00",
  },
  EnumMember: { form: /^[^\s/]+\/[^\s/]+(\s+[^\s/]+\/[^\s/]+)*$/, expected: "members such as Shop.Colour/Red" },
  Path: { form: /\S/, expected: "a path" },
  AnnotationPath: { form: /@/, expected: "a path that ends in an annotation, such as Supplier/@Core.Description" },
  ModelElementPath: { form: /^\/?\S+$/, expected: "a path to a model element" },
  NavigationPropertyPath: { form: /^\S+$/, expected: "a path to a navigation property" },
  PropertyPath: { form: /^\S+$/, expected: "a path to a property" },
};

/** Attributes that hold a value; the others say something else. */
const valueAttributes: ReadonlySet<string> = new Set([...Object.keys(constants), "String", "UrlRef"]);

/** An annotation, property value or labelled element has at most one value. */
export function checkValue(holder: CsdlElement, term: Located, scope: ContractScope): void {
  const values = [...holder.attributes].filter(([name]) => valueAttributes.has(name));
  for (const [kind, value] of values) checkConstant(kind, value, scope);
  if (values.length + operandsOf(holder).length <= 1) return;
  const problem = "has more than one value";
  const at = holder.kind === "Annotation" ? term.span : holder.span;
  scope.report("bind/csdl-annotation-value", at, { term: term.text, problem });
}

/** One element of a value; the elements inside it are looked at on their own. */
export function checkExpression(element: CsdlElement, term: Located, scope: ContractScope): void {
  const { kind } = element;
  if (kind === "PropertyValue" || kind === "LabeledElement") checkValue(element, term, scope);
  if (kind === "Record") checkRecord(element, term, scope);
  if (kind === "Cast" || kind === "IsOf") checkType(element, scope);
  if (Object.hasOwn(constants, kind)) checkConstant(kind, element.text, scope);
  const range = Object.hasOwn(operands, kind) ? operands[kind] : undefined;
  const count = operandsOf(element).length;
  if (range === undefined || (count >= range[0] && count <= range[1])) return;
  const takes = range[0] === range[1] ? String(range[0]) : `${range[0]} to ${range[1]}`;
  const problem = `gives <${kind}> ${count} of the ${takes} operands that it takes`;
  scope.report("bind/csdl-annotation-value", element.span, { term: term.text, problem });
}

const pair = [2, 2] as const;
const single = [1, 1] as const;

const operands: Readonly<Record<string, readonly [number, number]>> = {
  ...{ And: pair, Or: pair, Eq: pair, Ne: pair, Ge: pair, Gt: pair, Le: pair, Lt: pair, Has: pair, In: pair },
  ...{ Add: pair, Sub: pair, Mul: pair, Div: pair, DivBy: pair, Mod: pair, Not: single, Neg: single },
  ...{ Cast: single, IsOf: single, If: [2, 3] },
};

function operandsOf(element: CsdlElement): readonly CsdlElement[] {
  return element.children.filter(({ kind }) => kind !== "Annotation");
}

function checkConstant(kind: string, { text, span }: Located, scope: ContractScope): void {
  const constant = constants[kind];
  if (constant === undefined) return;
  if (!constant.form.test(text.trim())) {
    scope.report("bind/csdl-value", span, { value: text.slice(0, 200), expected: constant.expected });
    return;
  }
  if (kind !== "EnumMember") return;
  for (const member of text.trim().split(/\s+/)) checkMember(member, span, scope);
}

/** A member of an enum that the folder declares is one of its members. */
function checkMember(member: string, span: Located["span"], scope: ContractScope): void {
  const [type = "", name = ""] = member.split("/");
  const found = lookUp({ text: type, span }, scope.document, scope.declared);
  if (found.kind !== "declared" || found.declaration.kind !== "EnumType") return;
  const names = scope.declared.children(found.declaration.element);
  if (names.get(name)?.kind === "Member") return;
  const hint = didYouMean(name, names.keys());
  scope.report("bind/csdl-value", span, { value: member, expected: `a member of "${type}"` }, { hint });
}

/** A record has each property once; a type of this folder must be there. */
function checkRecord(element: CsdlElement, term: Located, scope: ContractScope): void {
  checkType(element, scope);
  const seen = new Set<string>();
  for (const value of element.children.filter(({ kind }) => kind === "PropertyValue")) {
    const name = attribute(value, "Property");
    const problem = `gives the property "${name.text}" twice`;
    if (seen.has(name.text)) scope.report("bind/csdl-annotation-value", name.span, { term: term.text, problem });
    seen.add(name.text);
  }
}

function checkType(element: CsdlElement, scope: ContractScope): void {
  const type = element.attributes.get("Type");
  if (type === undefined) return;
  const name = qualify({ text: innerType(type.text) ?? type.text, span: type.span }, scope.document);
  const isOurs = name !== undefined && (name.namespace === "Edm" || scope.document.declared.has(name.namespace));
  if (isOurs) resolveType(type, scope);
}
