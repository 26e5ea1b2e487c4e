/** The shape of an emitted service: everything the runtime needs to serve one revision, as plain data and pure functions. */
import type { Automaton } from "./automaton.ts";
import type { Decide } from "./cedar/decision.ts";
import type { ResourceAttributes } from "./cedar-attributes.ts";
import type { IdentityDescriptor } from "./identity.ts";
import type { CrossInvariantDescriptor, DeleteRules, Reactions } from "./reactions.ts";
import type { Value, Values } from "./value.ts";

export interface ServiceDefinition {
  readonly name: string;
  /** The CSDL namespace, for qualified names and `@odata.type`. */
  readonly namespace: string;
  /** What may stand for the namespace before a name in a URL; absent where the CSDL gives it no alias. */
  readonly alias?: string;
  readonly entityTypes: readonly EntityTypeDescriptor[];
  readonly entitySets: readonly EntitySetDescriptor[];
  readonly singletons?: readonly SingletonDescriptor[];
  readonly functions: readonly FunctionDescriptor[];
  readonly metadata: { readonly xml: string; readonly json: string };
  readonly openapi: string;
  readonly authorization: AuthorizationBindings;
  /** Properties across entities; absent where there are none. */
  readonly crossInvariants?: readonly CrossInvariantDescriptor[];
  /** What becomes of the entities that refer to a deleted one; where absent a deletion asks nothing of them. */
  readonly deleteRules?: DeleteRules;
}

export type PrimitiveTypeName =
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
  /** Its values are numbers: seconds. */
  | "Edm.Duration"
  /** Its values are texts: base64url without padding. */
  | "Edm.Binary";

export interface PropertyDescriptor {
  readonly name: string;
  readonly type: PrimitiveTypeName | "enum";
  /** The enum's name and its member names in order, where `type` is `enum`. */
  readonly enumName?: string;
  readonly members?: readonly string[];
  /** The values of the members, of an enum with flags: its values are texts such as `Red,Striped`. */
  readonly flags?: readonly number[];
  readonly collection: boolean;
  readonly nullable: boolean;
  /** In UTF-16 units, of an `Edm.String`; in octets, of an `Edm.Binary`. */
  readonly maxLength?: number;
  /** Digits in all and after the point, of an `Edm.Decimal`; precision is at most 15. Of temporal types: digits after the point of the seconds. */
  readonly precision?: number;
  readonly scale?: number;
  readonly defaultValue?: Value;
  /**
   * A `part` is one of those that an id is made of: given once, as a key. A `stream` has bytes, which stand beside the entity;
   * its value is their `mediaText`. The stream of a media entity itself is called `$value`.
   */
  readonly role: "key" | "part" | "field" | "status" | "variable" | "stream";
  /** How many bytes a stream may have, where the contract says. */
  readonly bytesMax?: number;
  /** Present for a stream that is replaced and never emptied. */
  readonly isLasting?: true;
  /** Present for what is the service's own: no client sees it. */
  readonly isHidden?: true;
  /** Present where queries on it have an index. */
  readonly isIndexed?: true;
  /**
   * The complex type of a property whose value is true where it is there, and null where it is not; its members are properties
   * called by their paths: `Address/City`.
   */
  readonly complexType?: string;
  /** Present for a member that is not null where the value around it is there. */
  readonly isNeeded?: true;
}

export interface NavigationDescriptor {
  readonly name: string;
  readonly target: string;
  readonly collection: boolean;
  /** The navigation there that leads back, where the contract names it. */
  readonly partner?: string;
  /** Pairs of a property here and the property there that it equals. */
  readonly constraints: readonly { readonly property: string; readonly referencedProperty: string }[];
  /** Present where the entities at its end are contained here: where they live, and all that they live for. */
  readonly isContainment?: true;
}

export interface EntityTypeDescriptor {
  readonly name: string;
  readonly key: string;
  /** What ids are made of; absent where the key is a property like others. */
  readonly identity?: IdentityDescriptor;
  readonly properties: readonly PropertyDescriptor[];
  readonly navigations: readonly NavigationDescriptor[];
  /** The name of the property that publishes the automaton's status; present exactly where `automaton` is. */
  readonly statusProperty?: string;
  readonly automaton?: Automaton;
  /** Field invariants: the message of the first that the values break, or undefined. */
  readonly fieldViolation?: (values: Values) => string | undefined;
  /** What its automaton asks of the world, and what the world may ask of it; absent where there is nothing of the kind. */
  readonly reactions?: Reactions;
  /** What becomes of entities that lived under an earlier revision; absent where the spec says nothing of it. */
  readonly migration?: MigrationDescriptor;
}

/** `[migration]`: each part concerns only entities that the earlier revision left in need of it. */
export interface MigrationDescriptor {
  /** By a status that is gone: the one that takes its place. */
  readonly statuses: Readonly<Record<string, string>>;
  readonly variables: readonly VariableMigrationDescriptor[];
}

export type VariableMigrationDescriptor =
  | { readonly kind: "drop"; readonly variable: string }
  | { readonly kind: "rename"; readonly variable: string; readonly to: string }
  /** What entities that lived before the variable did, or under another type of it, begin with. */
  | { readonly kind: "value"; readonly variable: string; readonly value: Value };

export interface EntitySetDescriptor {
  readonly name: string;
  readonly entityType: string;
  /** Present where the service document does not name it. */
  readonly isUnlisted?: true;
}

/** The entity of its type whose id is the singleton's name. */
export interface SingletonDescriptor {
  readonly name: string;
  readonly entityType: string;
  /** Present where there may be none. */
  readonly isNullable?: true;
}

export interface FunctionDescriptor {
  readonly name: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly type: PrimitiveTypeName;
    readonly nullable: boolean;
    /** Present for a collection, which only actions take. */
    readonly collection?: true;
  }[];
  /** Present for an action that is bound to nothing: it is called by POST, with its parameters in the body. */
  readonly isAction?: true;
  /** The entity type that it is bound to; absent for a function that the container imports. */
  readonly boundTo?: string;
  /** Present where the service document names it, as it does only such functions without parameters. */
  readonly isListed?: true;
  /** As a context URL names it: `Edm.Decimal`, `Collection(Edm.String)`. */
  readonly returnType?: string;
}

export interface PolicyText {
  readonly id: string;
  readonly text: string;
}

export interface AuthorizationBindings {
  readonly policies: readonly PolicyText[];
  /** The same policies as code; where absent, Cedar itself is asked. */
  readonly compiled?: CompiledPolicies;
  /** The Cedar schema in its human-readable syntax. */
  readonly schema: string;
  /** Per entity type: the attributes of a Cedar resource, from the entity's values. */
  readonly resources: Readonly<Record<string, ResourceAttributes>>;
}

export interface CompiledPolicies {
  /** What was compiled. A policy that came later, or that has another text by now, is not among them. */
  readonly policies: readonly PolicyText[];
  /** Ids of those that the compiler does not cover. */
  readonly leftToCedar: readonly string[];
  /** What all others say, by action: `Order::Pay`. */
  readonly decisions: Readonly<Record<string, Decide>>;
}

/** A value in Cedar's JSON entity format; an extension value is `{ __extn: { fn, arg } }`. */
export type CedarValue =
  | string
  | number
  | boolean
  | readonly CedarValue[]
  | { readonly __entity: { readonly type: string; readonly id: string } }
  | { readonly __extn: { readonly fn: string; readonly arg: string } };
