/** What the diagnostics of CSDL documents mean: a sentence that says when, and one that says why or what to do. */

import type { contractCatalogue } from "../catalogue/contract.ts";

export const contractMeanings: Readonly<Record<keyof typeof contractCatalogue, string>> = {
  "parse/xml-syntax": "The file is not well-formed XML, so nothing in it can be understood.",
  "parse/xml-dtd":
    "The file has a `<!DOCTYPE …>`. Document types can pull in other files or grow without end, and CSDL needs none.",
  "parse/xml-entity":
    "A reference such as `&name;` is none of XML's five. Without a document type there are no others: write the character itself.",
  "parse/xml-instruction":
    "A processing instruction (`<?name …?>`) stands in the file. CSDL has none but the XML declaration.",
  "parse/xml-encoding": "The XML declaration names an encoding other than UTF-8. Save the file as UTF-8 and say so.",
  "parse/xml-limit":
    "The file is deeper, longer or has more attributes than a limit. Specs are untrusted input, so everything has one.",
  "parse/xml-duplicate-attribute": "An element has the same attribute twice, and XML does not say which one counts.",
  "parse/xml-undeclared-prefix": "An element or attribute has a prefix that no `xmlns:` attribute around it declares.",
  "parse/csdl-root":
    "The root is not `<edmx:Edmx>` of OData 4, so the file is no CSDL document of a version that temperc reads.",
  "parse/csdl-version": "`Version` on `<edmx:Edmx>` must be 4.0 or 4.01.",
  "parse/csdl-no-schema": "`<edmx:DataServices>` holds no `<Schema>`, so the document describes nothing.",
  "parse/csdl-namespace":
    "The element is in no namespace of CSDL, most often because `xmlns` is missing or misspelt on `<Schema>`.",
  "parse/csdl-unknown-element":
    "CSDL 4.01 has no such element at this place. It is refused, not skipped: it may be a typo.",
  "parse/csdl-unknown-attribute":
    "CSDL 4.01 has no such attribute on this element. It is refused, not skipped: it may be a typo.",
  "parse/csdl-missing-attribute": "The element lacks an attribute that CSDL 4.01 demands.",
  "parse/csdl-text": "There is text between elements where CSDL has elements only.",
  "bind/csdl-not-available-yet":
    "OData has names with letters of every script; the code and the policies of an automaton have A to Z so far.",
  "bind/csdl-value": "The value of an attribute is not of the form that CSDL gives it.",
  "bind/csdl-alias":
    "An alias stands for one namespace throughout a document, and `Edm`, `odata`, `System` and `Transient` are taken.",
  "bind/csdl-invalid-name": "A name in CSDL is a letter or underscore, then up to 127 letters, digits or underscores.",
  "bind/csdl-reserved-name":
    "The name belongs to OData or to the runtime, so a service that used it could not be told apart from them.",
  "bind/csdl-duplicate-name": "Two things of one scope have the same name, so a reference to it would be ambiguous.",
  "bind/csdl-name-case": "Two names differ by upper and lower case only. Clients and file systems mix such names up.",
  "bind/csdl-unknown-type": "A type is named that neither the document nor `Edm` declares.",
  "bind/csdl-wrong-type": "The type exists but cannot be used at this place.",
  "bind/csdl-base-type":
    "A type or term derives from one of its own kind, and never from itself by a detour: its properties would have no end.",
  "bind/csdl-facet": "A facet such as `MaxLength` or `Scale` stands on a type that has none.",
  "bind/csdl-key": "An entity type needs a key of properties that exist, are not null and can be compared.",
  "bind/csdl-enum": "The members of an enumeration, or its underlying type, break a rule of CSDL.",
  "bind/csdl-default-value": "The default value of a property is not a value of its type, or is outside its facets.",
  "bind/csdl-unknown-property": "A key, constraint or path names a property that the entity type does not have.",
  "bind/csdl-unknown-navigation": "A path names a navigation property that the entity type does not have.",
  "bind/csdl-partner":
    "Partners lead to each other: each must be a navigation property of the type that the other leads to, and name it back.",
  "bind/csdl-constraint": "A referential constraint ties two properties: both must exist and be of the same type.",
  "bind/csdl-container": "A service has exactly one `<EntityContainer>`, and what it extends must exist.",
  "bind/csdl-unknown-set": "A navigation property binding leads to an entity set that the container does not have.",
  "bind/csdl-binding-type": "A navigation property is bound to a set of entities of another type than it leads to.",
  "bind/csdl-unknown-operation":
    "An import of the container names an action or function that there is not, or that is bound.",
  "bind/csdl-operation":
    "An action or function breaks a rule of CSDL: its binding parameter, its overloads or its return type.",
  "bind/csdl-annotation-target": "`<Annotations Target=…>` names something that the document does not declare.",
  "bind/csdl-annotation-value":
    "The value of an annotation is not what its term takes, or does not agree with the automaton.",
  "bind/csdl-unknown-term":
    "An annotation names a term of a namespace that the folder declares, and that has no such term. Clients would not know it.",
  "bind/entity-without-set":
    "No entity set and no singleton holds entities of this type. Requests go through sets, so none can reach it.",
  "bind/automaton-without-entity":
    "With a CSDL document in the folder, every automaton needs the EntityType of its name: that is what clients see of it.",
  "bind/status-type":
    "`Status` shows the automaton's status, so it is an `Edm.String` or an enumeration of the statuses.",
  "bind/status-members":
    "The enumeration of a `Status` property must have exactly the statuses of the automaton as its members.",
  "bind/annotated-status":
    "`Temper.Vocab.StateMachine` annotations tell clients about the automaton, so the statuses in them are its statuses.",
  "bind/annotated-otherwise":
    "States, initial state, where an action starts and where it leads stand in the automaton; annotations that say otherwise mislead clients.",
  "bind/variable-type":
    "A property shows the variable of its name, so its type must be able to hold what the variable holds.",
  "bind/variable-nullable":
    "The property must not be null, but the variable of its name may be without a value, which clients see as null.",
  "bind/action-not-in-automaton": "The CSDL offers an action that the automaton of the entity type does not have.",
  "bind/action-not-in-csdl":
    "The automaton has an input action that the CSDL does not offer, so no client could find it.",
  "bind/action-not-callable":
    "The CSDL offers an action that is internal or an output. Only input actions are taken by callers.",
  "bind/action-without-automaton":
    "A bound action is carried out by the automaton of its entity type, and here there is none.",
  "bind/parameter-not-in-automaton": "The CSDL gives an action a parameter that the automaton's action does not take.",
  "bind/parameter-not-in-csdl": "The automaton's action takes a parameter that the CSDL does not offer.",
  "bind/parameter-type": "A parameter has one type in the CSDL and another in the automaton.",
  "bind/parameter-nullable": "The CSDL and the automaton disagree on whether a parameter must be given.",
};
