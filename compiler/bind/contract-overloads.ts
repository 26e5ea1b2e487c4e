/** How an overload of an action or function is told from the others of its name. */

import { type CsdlElement, childrenOf, type Located } from "../parse/csdl.ts";
import { attribute, type ContractDocument, qualify } from "./contract-document.ts";
import { innerType } from "./contract-types.ts";

/** The types in parentheses, as a target path has them: of a function all, of an action only the one that it is bound to. */
export function overloadOf(element: CsdlElement, document: ContractDocument): string {
  const types = childrenOf(element, "Parameter").map((each) => canonicalType(attribute(each, "Type"), document));
  if (element.kind === "Function") return `(${types.join(",")})`;
  return element.attributes.get("IsBound")?.text === "true" ? `(${types.slice(0, 1).join("")})` : "()";
}

/** A type's name with the namespace in place of an alias. */
export function canonicalType({ text, span }: Located, document: ContractDocument): string {
  const inner = innerType(text);
  if (inner !== undefined) return `Collection(${canonicalType({ text: inner, span }, document)})`;
  const qualified = qualify({ text, span }, document);
  return qualified === undefined ? text : `${qualified.namespace}.${qualified.name}`;
}
