/** What the names of a spec can be in an OData URL: the roles of the ABNF, from the data contract and the automata. */
import type { Role, Vocabulary } from "@temperc/runtime";
import type { Program, TypeRef } from "../../compiler/index.ts";

export interface SpecVocabulary extends Vocabulary {
  /** Every name that has some role. */
  readonly known: ReadonlySet<string>;
}

type Named = readonly [Role, string];

/** The roles of a program's names. `added` are names that the URL itself gives, in `$compute` and `$apply`. */
export function vocabularyOf(program: Program, added: ReadonlySet<string>): SpecVocabulary {
  const byRole = new Map<string, Set<string>>();
  for (const [role, name] of rolesOf(program)) byRole.set(role, (byRole.get(role) ?? new Set()).add(name));
  const known = new Set([...byRole.values()].flatMap((names) => [...names]));
  const has = (role: Role, name: string): boolean => {
    // Whatever stands where a key may stand is one; whether it exists only the store knows.
    if (role === "keyPathLiteral") return true;
    return byRole.get(role)?.has(name) === true || (role === "primitiveNonKeyProperty" && added.has(name));
  };
  return { has, known };
}

function rolesOf({ contract, automata }: Program): readonly Named[] {
  const { entities, entitySets, singletons, enums, namespace, operations } = contract;
  return [
    ...namespace.split(".").map((part): Named => ["namespacePart", part]),
    ...entitySets.map(({ name }): Named => ["entitySetName", name]),
    ...singletons.map(({ name }): Named => ["singletonEntity", name]),
    ...enums.map(({ name }): Named => ["enumerationTypeName", name]),
    ...entities.map(({ name }): Named => ["entityTypeName", name]),
    ...entities.flatMap(({ properties }) => properties.map(({ name, type }): Named => [propertyRole(type), name])),
    ...entities.flatMap(({ navigations }) =>
      navigations.map(
        ({ name, collection }): Named => [
          collection ? "entityColNavigationProperty" : "entityNavigationProperty",
          name,
        ],
      ),
    ),
    ...automata.flatMap(({ actions }) => actions.map(({ name }): Named => ["action", name])),
    ...operations
      .filter(({ boundTo }) => boundTo !== undefined)
      .map(({ name, kind, returns }): Named => [kind === "action" ? "action" : `${shapeOf(returns)}Function`, name]),
    ...importsOf(contract),
  ];
}

function importsOf({ imports, operations }: Program["contract"]): readonly Named[] {
  return imports.map(({ name, kind, operation }): Named => {
    const { returns } = operations.find((each) => each.name === operation) ?? {};
    return [kind === "action" ? "actionImport" : `${shapeOf(returns)}FunctionImport`, name];
  });
}

function propertyRole(type: TypeRef): Role {
  return type.kind === "collection" ? "primitiveColProperty" : "primitiveNonKeyProperty";
}

function shapeOf(type: TypeRef | undefined): "entity" | "entityCol" | "primitive" | "primitiveCol" {
  if (type?.kind === "collection") return type.of.kind === "entity" ? "entityCol" : "primitiveCol";
  return type?.kind === "entity" ? "entity" : "primitive";
}
