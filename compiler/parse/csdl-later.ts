/** What CSDL has and this version does not serve: it is read, kept, and refused by name, so that nothing is left out silently. */

import type { CsdlElement, Unavailable } from "./csdl.ts";
import type { CsdlKind } from "./csdl-grammar.ts";

interface Later {
  /** Attributes, each with the one value that changes nothing and is let through, if there is one. */
  readonly attributes?: Readonly<Record<string, string | null>>;
  readonly children?: readonly string[];
  /** The children that are served, where those are fewer than the others. */
  readonly onlyChildren?: readonly string[];
}

const facets = { Unicode: "true", SRID: null };

/** Values of annotations in attributes and elements that are not published yet. */
const values = Object.fromEntries(
  [
    ...["AnnotationPath", "Binary", "Date", "DateTimeOffset", "Decimal", "Duration", "Guid", "ModelElementPath"],
    ...["NavigationPropertyPath", "Path", "PropertyPath", "TimeOfDay", "UrlRef"],
  ].map((name) => [name, null]),
);

const later: Readonly<Partial<Record<CsdlKind, Later>>> = {
  Reference: { children: ["IncludeAnnotations", "Annotation"] },
  Include: { children: ["Annotation"] },
  Schema: { children: ["ComplexType", "TypeDefinition", "Term"] },
  EntityType: { attributes: { BaseType: null, Abstract: "false", OpenType: "false", HasStream: "false" } },
  PropertyRef: { attributes: { Alias: null } },
  Property: { attributes: facets },
  ReferentialConstraint: { children: ["Annotation"] },
  OnDelete: { children: ["Annotation"] },
  EnumType: { attributes: { IsFlags: "false" } },
  Action: { attributes: { EntitySetPath: null } },
  Function: { attributes: { IsComposable: "false", EntitySetPath: null } },
  Parameter: { attributes: facets },
  ReturnType: { attributes: facets, children: ["Annotation"] },
  EntityContainer: { attributes: { Extends: null }, children: ["Singleton"] },
  EntitySet: { attributes: { IncludeInServiceDocument: "true" } },
  FunctionImport: { attributes: { IncludeInServiceDocument: "false" } },
  Annotation: { attributes: values, onlyChildren: ["String", "Bool", "Int", "Float", "EnumMember", "Collection"] },
  Collection: { onlyChildren: ["String"] },
};

/** The element without what is not served, which is put into `unavailable` with its place. */
export function servedPart(element: CsdlElement, unavailable: Unavailable[]): CsdlElement {
  const { attributes = {}, children = [], onlyChildren } = later[element.kind] ?? {};
  const name = element.attributes.get("Name")?.text;
  const kept = new Map(element.attributes);
  for (const [key, { text: value, nameSpan }] of element.attributes) {
    if (!Object.hasOwn(attributes, key)) continue;
    kept.delete(key);
    if (attributes[key] !== value)
      unavailable.push({
        text: `${key}="${value}" on ${element.kind}`,
        span: nameSpan,
        ...(name !== undefined && { name }),
      });
  }
  const served = element.children.flatMap((child) => {
    const isLater = children.includes(child.kind) || onlyChildren?.includes(child.kind) === false;
    if (!isLater) return [servedPart(child, unavailable)];
    const declared = child.attributes.get("Name")?.text;
    const construct = { text: `<${child.kind}> in ${element.kind}`, span: child.span };
    unavailable.push(declared === undefined ? construct : { ...construct, name: declared });
    return [];
  });
  return { ...element, attributes: kept, children: served };
}
