/** OData's own vocabularies: what `$metadata` says in their terms of the service, and the references that make them known. */

import type { Span } from "../diagnostics/span.ts";
import type { CsdlNode } from "../ir/csdl-node.ts";
import type { Property } from "../ir/schema.ts";
import { csdlNode } from "./contract-nodes.ts";

interface Vocabulary {
  readonly namespace: string;
  readonly alias: string;
  readonly uri: string;
}

/** OData's own, and the older one of its community: terms for the properties that tell entities apart besides the key. */
export const alternateKeysTerms = ["Org.OData.Core.V1.AlternateKeys", "OData.Community.Keys.V1.AlternateKeys"] as const;

const computedTerm = "Org.OData.Core.V1.Computed";
const versionsTerm = "Org.OData.Core.V1.ODataVersions";
const capability = (name: string) => `Org.OData.Capabilities.V1.${name}`;
const levelTerm = capability("ConformanceLevel");
const batchTerm = capability("BatchSupport");

/** What requests may do beside what their sets allow; a client asks for nothing else. */
const supported: readonly (readonly [term: string, isSupported: boolean])[] = [
  [capability("AsynchronousRequestsSupported"), true],
  [capability("KeyAsSegmentSupported"), true],
  [capability("CrossJoinSupported"), false],
];

/** Those that something is added in, with the terms that are used of them. */
const vocabularies: readonly (Vocabulary & { readonly terms: readonly string[] })[] = [
  vocabulary("Core", [alternateKeysTerms[0], computedTerm, versionsTerm]),
  vocabulary("Capabilities", [levelTerm, batchTerm, ...supported.map(([term]) => term)]),
];

function vocabulary(alias: string, terms: readonly string[]) {
  const namespace = `Org.OData.${alias}.V1`;
  const uri = `https://oasis-tcs.github.io/odata-vocabularies/vocabularies/${namespace}.xml`;
  return { namespace, alias, uri, terms };
}

/** True where a document puts that term on what an addition is for. */
export type HasTerm = (term: string) => boolean;

/** Says of a status or variable that the service sets it, so that clients do not ask for it in what they create. */
export function computedNodes({ role }: Pick<Property, "role">, span: Span, has: HasTerm): readonly CsdlNode[] {
  const isOurs = role === "status" || role === "variable";
  if (!isOurs || has(computedTerm)) return [];
  return [csdlNode("Annotation", { attributes: { Term: computedTerm, Bool: "true" }, span })];
}

/** Says on the container which OData it is, and how much of it. The table in `docs/odata.md` has the tests that show it. */
export function conformanceNodes(span: Span, has: HasTerm): readonly CsdlNode[] {
  const plain = [
    { Term: versionsTerm, String: "4.01" },
    { Term: levelTerm, EnumMember: `${capability("ConformanceLevelType")}/Advanced` },
    ...supported.map(([Term, isSupported]) => ({ Term, Bool: String(isSupported) })),
  ];
  const all = [...plain.map((attributes) => csdlNode("Annotation", { attributes, span })), batchNode(span)];
  return all.filter(({ attributes }) => !has(attributes.Term ?? ""));
}

/** What a `$batch` may have in it, and in which formats. */
function batchNode(span: Span): CsdlNode {
  const means = ["ContinueOnError", "ReferencesInRequestBodies", "ReferencesAcrossChangeSets", "EtagReferences"];
  const flags = ["Supported", ...means.map((name) => `${name}Supported`)].map((name) =>
    csdlNode("PropertyValue", { attributes: { Property: name, Bool: "true" }, span }),
  );
  const formats = ["multipart/mixed", "application/json"].map((text) => csdlNode("String", { text, span }));
  const list = csdlNode("Collection", { children: formats, span });
  const inFormats = csdlNode("PropertyValue", { attributes: { Property: "SupportedFormats" }, children: [list], span });
  const record = csdlNode("Record", { children: [...flags, inFormats], span });
  return csdlNode("Annotation", { attributes: { Term: batchTerm }, children: [record], span });
}

/**
 * The document with a reference for each vocabulary that it uses and does not include. The reference has the usual alias where
 * the names of the document are to be short, and nothing else is called so.
 */
export function withVocabularies(edmx: CsdlNode, names: "short" | "full"): CsdlNode {
  const called = names === "short" ? namesIn(edmx) : undefined;
  const added = vocabularies
    .filter(({ namespace, terms }) => !isIncluded(edmx, namespace) && uses(edmx, terms))
    .map(({ namespace, alias, uri }) => {
      const isFree = called !== undefined && !called.has(alias);
      const attributes = { Namespace: namespace, Alias: isFree ? alias : undefined };
      const include = csdlNode("Include", { attributes, span: edmx.span });
      return csdlNode("Reference", { attributes: { Uri: uri }, children: [include], span: edmx.span });
    });
  return added.length === 0 ? edmx : { ...edmx, children: [...added, ...edmx.children] };
}

function uses(node: CsdlNode, terms: readonly string[]): boolean {
  return terms.includes(node.attributes.Term ?? "") || node.children.some((child) => uses(child, terms));
}

function isIncluded({ children }: CsdlNode, namespace: string): boolean {
  return children.some((child) =>
    child.children.some((each) => each.kind === "Include" && each.attributes.Namespace === namespace),
  );
}

/** The namespaces and aliases of the document. */
function namesIn(edmx: CsdlNode): ReadonlySet<string> {
  const named = edmx.children.flatMap(({ children }) => children);
  return new Set(named.flatMap(({ attributes }) => [attributes.Namespace ?? "", attributes.Alias ?? ""]));
}
