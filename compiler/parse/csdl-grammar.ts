/** Which elements and attributes CSDL XML 4.01 has where: the whole of it, as the OASIS schemas `edm.xsd` and `edmx.xsd` have it. */

export const edmxNamespace = "http://docs.oasis-open.org/odata/ns/edmx";
export const edmNamespace = "http://docs.oasis-open.org/odata/ns/edm";

/** One row of the table of elements. An element's own children are elements of `edm` unless `edmx` is set on theirs. */
export interface ElementRule {
  readonly edmx?: true;
  readonly required: readonly string[];
  readonly optional: readonly string[];
  readonly children: readonly string[];
  /** True where character data belongs. */
  readonly text: boolean;
}

const facets = ["MaxLength", "Precision", "Scale", "SRID", "Unicode"];
const nullableFacets = ["Nullable", ...facets];

/** Values that stand in an attribute or in an element of the same name. */
const inlineValues = [
  ...[
    "Binary",
    "Bool",
    "Date",
    "DateTimeOffset",
    "Decimal",
    "Duration",
    "EnumMember",
    "Float",
    "Guid",
    "Int",
    "String",
  ],
  ...["TimeOfDay", "AnnotationPath", "ModelElementPath", "NavigationPropertyPath", "Path", "PropertyPath", "UrlRef"],
];

const expressions = [
  ...inlineValues,
  ...[
    "Apply",
    "Cast",
    "Collection",
    "If",
    "Eq",
    "Ne",
    "Ge",
    "Gt",
    "Le",
    "Lt",
    "And",
    "Or",
    "Not",
    "Has",
    "In",
    "Add",
    "Sub",
  ],
  ...["Neg", "Mul", "Div", "DivBy", "Mod", "IsOf", "LabeledElement", "LabeledElementReference", "Null", "Record"],
];

const operator = element({ children: [...expressions, "Annotation"] });
const constant = element({ text: true });
const structured = { children: ["Property", "NavigationProperty", "Annotation"] };
const typed = element({ optional: ["Type", ...facets], children: [...expressions, "Annotation"] });

export const csdlElements = {
  Edmx: element({ edmx: true, required: ["Version"], children: ["Reference", "DataServices"] }),
  DataServices: element({ edmx: true, children: ["Schema"] }),
  Reference: element({ edmx: true, required: ["Uri"], children: ["Include", "IncludeAnnotations", "Annotation"] }),
  Include: element({ edmx: true, required: ["Namespace"], optional: ["Alias"], children: ["Annotation"] }),
  IncludeAnnotations: element({
    edmx: true,
    required: ["TermNamespace"],
    optional: ["Qualifier", "TargetNamespace"],
  }),
  Schema: element({
    required: ["Namespace"],
    optional: ["Alias"],
    children: [
      ...["EntityType", "ComplexType", "TypeDefinition", "EnumType", "Action", "Function", "Term", "EntityContainer"],
      ...["Annotations", "Annotation"],
    ],
  }),
  EntityType: element({
    required: ["Name"],
    optional: ["BaseType", "Abstract", "OpenType", "HasStream"],
    children: ["Key", ...structured.children],
  }),
  ComplexType: element({ required: ["Name"], optional: ["BaseType", "Abstract", "OpenType"], ...structured }),
  Key: element({ children: ["PropertyRef"] }),
  PropertyRef: element({ required: ["Name"], optional: ["Alias"] }),
  Property: element({
    required: ["Name", "Type"],
    optional: [...nullableFacets, "DefaultValue"],
    children: ["Annotation"],
  }),
  NavigationProperty: element({
    required: ["Name", "Type"],
    optional: ["Nullable", "Partner", "ContainsTarget"],
    children: ["ReferentialConstraint", "OnDelete", "Annotation"],
  }),
  ReferentialConstraint: element({ required: ["Property", "ReferencedProperty"], children: ["Annotation"] }),
  OnDelete: element({ required: ["Action"], children: ["Annotation"] }),
  TypeDefinition: element({ required: ["Name", "UnderlyingType"], optional: facets, children: ["Annotation"] }),
  EnumType: element({
    required: ["Name"],
    optional: ["UnderlyingType", "IsFlags"],
    children: ["Member", "Annotation"],
  }),
  Member: element({ required: ["Name"], optional: ["Value"], children: ["Annotation"] }),
  Action: element({
    required: ["Name"],
    optional: ["IsBound", "EntitySetPath"],
    children: ["Parameter", "ReturnType", "Annotation"],
  }),
  Function: element({
    required: ["Name"],
    optional: ["IsBound", "IsComposable", "EntitySetPath"],
    children: ["Parameter", "ReturnType", "Annotation"],
  }),
  Parameter: element({ required: ["Name", "Type"], optional: nullableFacets, children: ["Annotation"] }),
  ReturnType: element({ required: ["Type"], optional: nullableFacets, children: ["Annotation"] }),
  Term: element({
    required: ["Name", "Type"],
    optional: ["BaseTerm", "DefaultValue", "AppliesTo", ...nullableFacets],
    children: ["Annotation"],
  }),
  EntityContainer: element({
    required: ["Name"],
    optional: ["Extends"],
    children: ["EntitySet", "Singleton", "ActionImport", "FunctionImport", "Annotation"],
  }),
  EntitySet: element({
    required: ["Name", "EntityType"],
    optional: ["IncludeInServiceDocument"],
    children: ["NavigationPropertyBinding", "Annotation"],
  }),
  Singleton: element({
    required: ["Name", "Type"],
    optional: ["Nullable"],
    children: ["NavigationPropertyBinding", "Annotation"],
  }),
  NavigationPropertyBinding: element({ required: ["Path", "Target"] }),
  ActionImport: element({ required: ["Name", "Action"], optional: ["EntitySet"], children: ["Annotation"] }),
  FunctionImport: element({
    required: ["Name", "Function"],
    optional: ["EntitySet", "IncludeInServiceDocument"],
    children: ["Annotation"],
  }),
  Annotations: element({ required: ["Target"], optional: ["Qualifier"], children: ["Annotation"] }),
  Annotation: element({
    required: ["Term"],
    optional: ["Qualifier", ...inlineValues],
    children: [...expressions, "Annotation"],
  }),
  Collection: element({ children: expressions }),
  Record: element({ optional: ["Type"], children: ["PropertyValue", "Annotation"] }),
  PropertyValue: element({
    required: ["Property"],
    optional: inlineValues,
    children: [...expressions, "Annotation"],
  }),
  Apply: element({ optional: ["Function"], children: [...expressions, "Annotation"] }),
  Cast: typed,
  IsOf: typed,
  LabeledElement: element({
    required: ["Name"],
    optional: inlineValues,
    children: [...expressions, "Annotation"],
  }),
  UrlRef: element({ text: true, children: [...expressions, "Annotation"] }),
  Null: element({ children: ["Annotation"] }),
  If: operator,
  Eq: operator,
  Ne: operator,
  Ge: operator,
  Gt: operator,
  Le: operator,
  Lt: operator,
  And: operator,
  Or: operator,
  Not: operator,
  Has: operator,
  In: operator,
  Add: operator,
  Sub: operator,
  Neg: operator,
  Mul: operator,
  Div: operator,
  DivBy: operator,
  Mod: operator,
  LabeledElementReference: constant,
  Binary: constant,
  Bool: constant,
  Date: constant,
  DateTimeOffset: constant,
  Decimal: constant,
  Duration: constant,
  EnumMember: constant,
  Float: constant,
  Guid: constant,
  Int: constant,
  String: constant,
  TimeOfDay: constant,
  AnnotationPath: constant,
  ModelElementPath: constant,
  NavigationPropertyPath: constant,
  Path: constant,
  PropertyPath: constant,
} as const;

/** Every element of CSDL. */
export type CsdlKind = keyof typeof csdlElements;

export function isCsdlKind(name: string): name is CsdlKind {
  return Object.hasOwn(csdlElements, name);
}

function element(rule: Partial<ElementRule>): ElementRule {
  return { required: [], optional: [], children: [], text: false, ...rule };
}
