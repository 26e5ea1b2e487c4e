/** The routing tables of one revision, made once: what each name in a path means. */
import {
  type ActionDescriptor,
  type EntityTypeDescriptor,
  enclosing,
  type FunctionDescriptor,
  type NavigationDescriptor,
  type PropertyDescriptor,
  type ServiceDefinition,
  type SingletonDescriptor,
} from "../../kernel/index.ts";
import { possibleActions } from "../revision.ts";

export interface SetRoute {
  readonly name: string;
  /** Of its entity type. */
  readonly namespace: string;
  readonly type: EntityTypeDescriptor;
  /** What has the id, which may be hidden; and the properties that clients tell entities apart by. */
  readonly keyProperty: PropertyDescriptor;
  readonly keyParts: readonly PropertyDescriptor[];
  /** Those that clients see. */
  readonly properties: ReadonlyMap<string, PropertyDescriptor>;
  /** Its streams by name; that of a media entity itself is called `$value`. */
  readonly streams: ReadonlyMap<string, PropertyDescriptor>;
  /** Where its entities are contained, if they are in no set. */
  readonly containments: readonly ContainmentRoute[];
  /** Present where its entities are addressed as singletons, each by its id alone: those that there can be. */
  readonly singletons?: ReadonlyMap<string, SingletonDescriptor>;
  /** The actions that may be called, by each spelling of their names. */
  readonly actions: ReadonlyMap<string, ActionDescriptor>;
  /** The functions that are bound to its entity type, by each spelling of their names. */
  readonly functions: ReadonlyMap<string, FunctionDescriptor>;
  readonly navigations: ReadonlyMap<string, NavigationRoute>;
  /** What entities can be addressed by besides the key: combinations of properties that no two share. */
  readonly alternateKeys: readonly (readonly PropertyDescriptor[])[];
  /** The property whose value is the id of a new entity, where the spec names one. */
  readonly idProperty: PropertyDescriptor | undefined;
  /** The properties in their order, each with its name as JSON has it: `"Id":`. */
  readonly columns: readonly Column[];
  /** By status, the actions of callers that one of its rules starts from. */
  readonly possibleActions: ReadonlyMap<string, readonly string[]>;
}

/** A place that entities are contained in: behind the key of the one around them. */
export interface ContainmentRoute {
  readonly parent: () => SetRoute | undefined;
  readonly navigation: string;
  /** The hidden property with the key of the entity around. */
  readonly property: string;
}

/** A way to other entities. */
export interface NavigationRoute {
  readonly name: string;
  readonly collection: boolean;
  /** True where the entities at its end are contained. */
  readonly isContainment: boolean;
  /** The set that has the entities at its end; undefined where no set has such entities. */
  readonly target: () => SetRoute | undefined;
  /** What is equal on both sides; empty where the contract does not say how the entities belong together. */
  readonly pairs: readonly Pair[];
}

export interface Pair {
  readonly here: string;
  readonly there: string;
}

export interface Column {
  readonly property: PropertyDescriptor;
  readonly label: string;
  /** The members of a value of a complex type. */
  readonly members?: readonly Column[];
}

export interface Routes {
  readonly definition: ServiceDefinition;
  /** The namespace of the types, and its alias. */
  readonly namespaces: readonly string[];
  readonly sets: ReadonlyMap<string, SetRoute>;
  /** By the names of singletons. */
  readonly singletons: ReadonlyMap<string, SetRoute>;
  /** By entity type, also of those that are in no set. */
  readonly types: ReadonlyMap<string, SetRoute>;
  /** By each spelling of their names. */
  readonly functions: ReadonlyMap<string, FunctionDescriptor>;
}

const known = new WeakMap<ServiceDefinition, Routes>();

/** The tables of a revision; the same object as long as the definition is the same. */
export function routesOf(definition: ServiceDefinition): Routes {
  const present = known.get(definition);
  if (present !== undefined) return present;
  const made = routes(definition);
  known.set(definition, made);
  return made;
}

function routes(definition: ServiceDefinition): Routes {
  const types = new Map(definition.entityTypes.map((type) => [type.name, type]));
  const byType = new Map<string, SetRoute>();
  const routeOf = (name: string, type: EntityTypeDescriptor): SetRoute => {
    const navigations = type.navigations.map((to): [string, NavigationRoute] => [
      to.name,
      navigationRoute(to, { from: type, there: types.get(to.target), target: () => byType.get(to.target) }),
    ]);
    const containments = (type.identity?.containments ?? []).map(({ parent, navigation, property }) => {
      return { parent: () => byType.get(parent), navigation, property };
    });
    const route = { ...setRoute(name, type, definition), navigations: new Map(navigations), containments };
    if (!byType.has(type.name)) byType.set(type.name, route);
    return route;
  };
  const sets = definition.entitySets.map((set): [string, SetRoute] => {
    const type = types.get(set.entityType);
    if (type === undefined) throw new Error(`entity set ${set.name} is of no entity type: ${set.entityType}`);
    return [set.name, routeOf(set.name, type)];
  });
  const singletons = singletonsByType(definition).flatMap(([typeName, named]) => {
    const type = types.get(typeName);
    if (type === undefined) throw new Error(`a singleton is of no entity type: ${typeName}`);
    const route = { ...(byType.get(typeName) ?? routeOf(typeName, type)), singletons: named };
    if (!sets.some(([, set]) => set.type === type)) byType.set(typeName, route);
    return [...named.keys()].map((name): [string, SetRoute] => [name, route]);
  });
  const contained = definition.entityTypes.filter(({ name, identity }) => identity?.containments && !byType.has(name));
  for (const type of contained) routeOf(type.name, type);
  const unbound = definition.functions.filter(({ boundTo }) => boundTo === undefined);
  const { namespace, alias } = definition;
  const namespaces = alias === undefined ? [namespace] : [namespace, alias];
  return {
    definition,
    namespaces,
    sets: new Map(sets),
    singletons: new Map(singletons),
    types: byType,
    functions: bySpelling(unbound, definition),
  };
}

function singletonsByType({
  singletons = [],
}: ServiceDefinition): readonly (readonly [string, ReadonlyMap<string, SingletonDescriptor>])[] {
  const types = new Set(singletons.map(({ entityType }) => entityType));
  return [...types].map((type) => {
    const own = singletons.filter(({ entityType }) => entityType === type);
    return [type, new Map(own.map((each) => [each.name, each]))];
  });
}

interface Ends {
  readonly from: EntityTypeDescriptor;
  readonly there: EntityTypeDescriptor | undefined;
  readonly target: () => SetRoute | undefined;
}

/** A navigation without constraints of its own has those of its partner, the other way round. */
function navigationRoute(navigation: NavigationDescriptor, { from, there, target }: Ends): NavigationRoute {
  const { name, collection, partner, isContainment } = navigation;
  const back = there?.navigations.find((each) => partner !== undefined && each.name === partner);
  const own = pairsOf(navigation, from, there);
  const inverse = back && there ? pairsOf(back, there, from) : [];
  const pairs = own.length > 0 ? own : inverse.map((pair) => ({ here: pair.there, there: pair.here }));
  return { name, collection, isContainment: isContainment === true, target, pairs };
}

/** What is contained has the key of the entity around it. */
function pairsOf(
  { name, constraints, isContainment }: NavigationDescriptor,
  from: EntityTypeDescriptor,
  there: EntityTypeDescriptor | undefined,
): readonly Pair[] {
  if (isContainment !== true) {
    return constraints.map(({ property, referencedProperty }) => ({ here: property, there: referencedProperty }));
  }
  const places = there?.identity?.containments ?? [];
  const place = places.find(({ parent, navigation }) => parent === from.name && navigation === name);
  return place === undefined ? [] : [{ here: from.key, there: place.property }];
}

function bySpelling<T extends { readonly name: string }>(
  all: readonly T[],
  definition: ServiceDefinition,
): ReadonlyMap<string, T> {
  return new Map(all.flatMap((each) => spellings(each.name, definition).map((name): [string, T] => [name, each])));
}

/** A name as URLs may have it: bare, and qualified by the namespace or its alias. */
function spellings(name: string, { namespace, alias }: ServiceDefinition): readonly string[] {
  const qualified = [name, `${namespace}.${name}`];
  return alias === undefined ? qualified : [...qualified, `${alias}.${name}`];
}

/** The properties that stand directly behind a path. */
function columnsIn(properties: readonly PropertyDescriptor[], path: string | undefined): readonly Column[] {
  const own = properties.filter(({ name }) => enclosing(name) === path);
  return own.map((property) => {
    const name = path === undefined ? property.name : property.name.slice(path.length + 1);
    const column = { property, label: `${JSON.stringify(name)}:` };
    return property.complexType === undefined ? column : { ...column, members: columnsIn(properties, property.name) };
  });
}

function setRoute(
  name: string,
  type: EntityTypeDescriptor,
  definition: ServiceDefinition,
): Omit<SetRoute, "navigations" | "containments"> {
  const keyProperty = type.properties.find((property) => property.name === type.key);
  if (keyProperty === undefined) throw new Error(`entity type ${type.name} lacks its key property ${type.key}`);
  const callable = (type.automaton?.actions ?? []).filter((action) => action.kind === "input");
  const shown = type.properties.filter(({ isHidden }) => isHidden !== true);
  const properties = new Map(shown.map((property) => [property.name, property]));
  const parts = type.identity?.parts ?? [type.key];
  const alternateKeys = (type.reactions?.keys ?? []).map((key) =>
    key.properties.flatMap((each) => properties.get(each) ?? []),
  );
  const idKey = type.reactions?.keys.find(({ isEntityId }) => isEntityId);
  return {
    name,
    namespace: definition.namespace,
    type,
    keyProperty,
    keyParts: parts.flatMap((part) => properties.get(part) ?? []),
    properties,
    streams: new Map(type.properties.flatMap((each) => (each.role === "stream" ? [[each.name, each]] : []))),
    alternateKeys: alternateKeys.filter((key) => key.every(({ collection }) => !collection)),
    idProperty: properties.get(idKey?.properties[0] ?? ""),
    actions: bySpelling(callable, definition),
    functions: bySpelling(
      definition.functions.filter(({ boundTo }) => boundTo === type.name),
      definition,
    ),
    columns: columnsIn(shown, undefined),
    possibleActions: possibleActions(type),
  };
}
