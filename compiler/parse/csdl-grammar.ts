/** Which elements and attributes CSDL 4.01 has where, and which of them are not built yet. */

export const edmxNamespace = "http://docs.oasis-open.org/odata/ns/edmx";
export const edmNamespace = "http://docs.oasis-open.org/odata/ns/edm";

/** One row of the table of elements. An element's own children are elements of `edm` unless `edmx` is set on theirs. */
export interface ElementRule {
  readonly edmx?: true;
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Attributes that are not built yet, with the one value that changes nothing and is let through, if there is one. */
  readonly laterAttributes: Readonly<Record<string, string | null>>;
  readonly children: readonly string[];
  readonly laterChildren: readonly string[];
  /** True where character data belongs. */
  readonly text: boolean;
}

const facets = ["Nullable", "MaxLength", "Precision", "Scale"];
const laterFacets = { Unicode: "true", SRID: null };

const laterValueAttributes = {
  AnnotationPath: null,
  Binary: null,
  Date: null,
  DateTimeOffset: null,
  Decimal: null,
  Duration: null,
  Guid: null,
  ModelElementPath: null,
  NavigationPropertyPath: null,
  Path: null,
  PropertyPath: null,
  TimeOfDay: null,
  UrlRef: null,
};

const laterValueElements = [
  ...Object.keys(laterValueAttributes),
  ...["Add", "And", "Annotation", "Apply", "Cast", "Div", "DivBy", "Eq", "Ge", "Gt", "Has", "If", "In", "IsOf"],
  ...["LabeledElement", "LabeledElementReference", "Le", "Lt", "Mod", "Mul", "Ne", "Neg", "Not", "Null", "Or"],
  ...["Record", "Sub"],
];

export const csdlElements = {
  Edmx: element({ edmx: true, required: ["Version"], children: ["Reference", "DataServices"] }),
  DataServices: element({ edmx: true, children: ["Schema"] }),
  Reference: element({
    edmx: true,
    required: ["Uri"],
    children: ["Include"],
    laterChildren: ["IncludeAnnotations", "Annotation"],
  }),
  Include: element({ edmx: true, required: ["Namespace"], optional: ["Alias"], laterChildren: ["Annotation"] }),
  Schema: element({
    required: ["Namespace"],
    optional: ["Alias"],
    children: ["EntityType", "EnumType", "Action", "Function", "EntityContainer", "Annotations", "Annotation"],
    laterChildren: ["ComplexType", "TypeDefinition", "Term"],
  }),
  EntityType: element({
    required: ["Name"],
    laterAttributes: { BaseType: null, Abstract: "false", OpenType: "false", HasStream: "false" },
    children: ["Key", "Property", "NavigationProperty", "Annotation"],
  }),
  Key: element({ children: ["PropertyRef"] }),
  PropertyRef: element({ required: ["Name"], laterAttributes: { Alias: null } }),
  Property: element({
    required: ["Name", "Type"],
    optional: [...facets, "DefaultValue"],
    laterAttributes: laterFacets,
    children: ["Annotation"],
  }),
  NavigationProperty: element({
    required: ["Name", "Type"],
    optional: ["Nullable", "Partner", "ContainsTarget"],
    children: ["ReferentialConstraint", "OnDelete", "Annotation"],
  }),
  ReferentialConstraint: element({ required: ["Property", "ReferencedProperty"], laterChildren: ["Annotation"] }),
  OnDelete: element({ required: ["Action"], laterChildren: ["Annotation"] }),
  EnumType: element({
    required: ["Name"],
    optional: ["UnderlyingType"],
    laterAttributes: { IsFlags: "false" },
    children: ["Member", "Annotation"],
  }),
  Member: element({ required: ["Name"], optional: ["Value"], children: ["Annotation"] }),
  Action: element({
    required: ["Name"],
    optional: ["IsBound"],
    laterAttributes: { EntitySetPath: null },
    children: ["Parameter", "ReturnType", "Annotation"],
  }),
  Function: element({
    required: ["Name"],
    optional: ["IsBound"],
    laterAttributes: { IsComposable: "false", EntitySetPath: null },
    children: ["Parameter", "ReturnType", "Annotation"],
  }),
  Parameter: element({
    required: ["Name", "Type"],
    optional: facets,
    laterAttributes: laterFacets,
    children: ["Annotation"],
  }),
  ReturnType: element({
    required: ["Type"],
    optional: facets,
    laterAttributes: laterFacets,
    laterChildren: ["Annotation"],
  }),
  EntityContainer: element({
    required: ["Name"],
    laterAttributes: { Extends: null },
    children: ["EntitySet", "ActionImport", "FunctionImport", "Annotation"],
    laterChildren: ["Singleton"],
  }),
  EntitySet: element({
    required: ["Name", "EntityType"],
    laterAttributes: { IncludeInServiceDocument: "true" },
    children: ["NavigationPropertyBinding", "Annotation"],
  }),
  NavigationPropertyBinding: element({ required: ["Path", "Target"] }),
  ActionImport: element({ required: ["Name", "Action"], optional: ["EntitySet"], children: ["Annotation"] }),
  FunctionImport: element({
    required: ["Name", "Function"],
    optional: ["EntitySet"],
    laterAttributes: { IncludeInServiceDocument: "false" },
    children: ["Annotation"],
  }),
  Annotations: element({ required: ["Target"], optional: ["Qualifier"], children: ["Annotation"] }),
  Annotation: element({
    required: ["Term"],
    optional: ["Qualifier", "String", "Bool", "Int", "Float", "EnumMember"],
    laterAttributes: laterValueAttributes,
    children: ["String", "Bool", "Int", "Float", "EnumMember", "Collection"],
    laterChildren: laterValueElements,
  }),
  Collection: element({
    children: ["String"],
    laterChildren: [...laterValueElements, "Bool", "Int", "Float", "EnumMember", "Collection"],
  }),
  String: element({ text: true }),
  Bool: element({ text: true }),
  Int: element({ text: true }),
  Float: element({ text: true }),
  EnumMember: element({ text: true }),
} as const;

/** The elements that are read; everything else in CSDL is "not available yet". */
export type CsdlKind = keyof typeof csdlElements;

function element(rule: Partial<ElementRule>): ElementRule {
  const nothing = { required: [], optional: [], laterAttributes: {}, children: [], laterChildren: [], text: false };
  return { ...nothing, ...rule };
}
