/** The data contract after binding: what is served of it with types of its own, and all of it as the document that is published. */

import type { Span } from "../diagnostics/span.ts";
import type { CsdlNode } from "./csdl-node.ts";
import type { Literal } from "./expression.ts";

/** The primitive types that have run-time behaviour and a column of their own. */
export type PrimitiveType =
  | "Edm.String"
  | "Edm.Boolean"
  | "Edm.Byte"
  | "Edm.SByte"
  | "Edm.Int16"
  | "Edm.Int32"
  | "Edm.Int64"
  | "Edm.Decimal"
  | "Edm.Double"
  | "Edm.Single"
  | "Edm.Guid"
  | "Edm.Date"
  | "Edm.DateTimeOffset"
  | "Edm.TimeOfDay"
  | "Edm.Duration"
  | "Edm.Binary";

/** A property's, parameter's or return value's type. */
export type TypeRef =
  | { readonly kind: "primitive"; readonly name: PrimitiveType }
  | { readonly kind: "enum"; readonly name: string }
  | { readonly kind: "entity"; readonly name: string }
  | { readonly kind: "collection"; readonly of: Exclude<TypeRef, { kind: "collection" }> };

/** One `EntityType`, with what the automaton of the same name adds to it. */
export interface Entity {
  readonly name: string;
  /** The property that has the id; hidden where ids are made of several values. */
  readonly key: string;
  readonly identity?: Identity;
  readonly properties: readonly Property[];
  readonly navigations: readonly Navigation[];
  /** The automaton of the same name, if there is one: it owns `Status` and the variables. */
  readonly automaton?: string;
  readonly span: Span;
}

/** What ids are made of: several properties, or where the entity is contained and what tells it apart there. */
export interface Identity {
  /** Key properties of the type's own; none where only one is contained. */
  readonly parts: readonly string[];
  /** Where entities of the type are contained, if they are in no set: `property` is hidden and has the key of the entity around. */
  readonly containments?: readonly {
    readonly parent: string;
    readonly navigation: string;
    readonly property: string;
  }[];
}

export interface Property {
  readonly name: string;
  readonly type: TypeRef;
  readonly nullable: boolean;
  readonly maxLength?: number;
  readonly precision?: number;
  readonly scale?: number;
  readonly defaultValue?: Literal;
  /**
   * Who writes it: the caller (`field`), the caller once (`key`, `part` of one), or only the automaton (`status`, `variable`).
   * A `stream` has bytes, which the caller sends by themselves; that of a media entity is called `$value`.
   */
  readonly role: "key" | "part" | "field" | "status" | "variable" | "stream";
  /** How many bytes a stream may have. */
  readonly bytesMax?: number;
  /** Present and true for a stream that is never emptied. */
  readonly isLasting?: true;
  /** Present and true for what is the service's own. */
  readonly isHidden?: true;
  /** Present and true where queries on it have an index. */
  readonly isIndexed?: true;
  /** Present and true for an enum with flags, whose values are combinations of its members. */
  readonly isFlags?: true;
  /** The complex type of a property whose value is true where it is there; its members follow, called by their paths: `Address/City`. */
  readonly complexType?: string;
  /** Present and true for a member that is not null where the value around it is there. */
  readonly isNeeded?: true;
  readonly span: Span;
}

export interface Navigation {
  readonly name: string;
  readonly target: string;
  readonly collection: boolean;
  readonly nullable: boolean;
  readonly partner?: string;
  readonly containsTarget: boolean;
  readonly onDelete?: "Cascade" | "None" | "SetNull" | "SetDefault";
  readonly constraints: readonly { readonly property: string; readonly referencedProperty: string }[];
  readonly span: Span;
}

export interface EnumType {
  readonly name: string;
  readonly flags: boolean;
  /** As the document wrote it; absent means `Edm.Int32`. */
  readonly underlyingType?: PrimitiveType;
  readonly members: readonly { readonly name: string; readonly value: number }[];
  readonly span: Span;
}

/** An OData action or function; a bound one's first parameter is its binding parameter and is not listed here. */
export interface Operation {
  readonly name: string;
  readonly kind: "action" | "function";
  /** The entity type it is bound to; absent for an unbound operation. */
  readonly boundTo?: string;
  /** The name of the binding parameter; present exactly where `boundTo` is. */
  readonly bindingParameter?: string;
  readonly parameters: readonly OperationParameter[];
  readonly returns?: TypeRef;
  /** What the return type says besides its type; present exactly where `returns` is. */
  readonly returnFacets?: Facets & { readonly nullable: boolean };
  readonly span: Span;
}

/** The facets that narrow a primitive type. */
export interface Facets {
  readonly maxLength?: number;
  readonly precision?: number;
  readonly scale?: number;
}

export interface OperationParameter extends Facets {
  readonly name: string;
  readonly type: TypeRef;
  readonly nullable: boolean;
  readonly span: Span;
}

export interface EntitySet {
  readonly name: string;
  readonly entity: string;
  /** Present where the service document leaves it out. */
  readonly isUnlisted?: true;
  readonly span: Span;
}

/** The one entity of its type whose id is the singleton's name. */
export interface Singleton {
  readonly name: string;
  readonly entity: string;
  /** True where there may be none. */
  readonly nullable: boolean;
  readonly span: Span;
}

/** What the documents declare and no service acts on yet. */
export interface NotServed {
  readonly construct: string;
  readonly span: Span;
}

export interface DataContract {
  /** The namespace of what is served. */
  readonly namespace: string;
  /** True when there was no `.csdl.xml` and `bind` made it from the automata. */
  readonly synthesised: boolean;
  /**
   * The `Edmx` element of the one document that `$metadata` is: all that the author wrote, and what the automata add to
   * it. It is made when it is first asked for: who only checks a spec has no use for it.
   */
  readonly document: () => CsdlNode;
  readonly container: string;
  readonly entities: readonly Entity[];
  readonly enums: readonly EnumType[];
  readonly operations: readonly Operation[];
  /** Unbound functions and actions that the container imports, by their published name. */
  readonly imports: readonly {
    readonly name: string;
    readonly operation: string;
    readonly kind: "action" | "function";
    readonly entitySet?: string;
    /** Present where the service document names it. */
    readonly isListed?: true;
  }[];
  readonly entitySets: readonly EntitySet[];
  readonly singletons: readonly Singleton[];
  /** In document order; a program that is to run may have none. */
  readonly notServed: readonly NotServed[];
}
