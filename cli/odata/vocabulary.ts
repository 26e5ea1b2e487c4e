/** What the names of a spec can be in an OData URL: the roles of the ABNF, from the data contract and the automata. */
import type { Role, Vocabulary } from "@temperc/runtime";
import type { Program, TypeRef } from "../../compiler/index.ts";

type Named = readonly [Role, string];
type Property = Program["contract"]["entities"][number]["properties"][number];

/** The roles of a program's names. `added` are names that the URL itself gives, in `$compute` and `$apply`. */
export function vocabularyOf(program: Program, added: ReadonlySet<string>): Vocabulary {
  const byRole = new Map<string, Set<string>>();
  for (const [role, name] of rolesOf(program)) byRole.set(role, (byRole.get(role) ?? new Set()).add(name));
  const has = (role: Role, name: string): boolean => {
    // Whatever stands where a key may stand is one; whether it exists only the store knows.
    if (role === "keyPathLiteral") return true;
    return byRole.get(role)?.has(name) === true || (role === "primitiveNonKeyProperty" && added.has(name));
  };
  return { has };
}

function rolesOf({ contract, automata }: Program): readonly Named[] {
  const { entities, entitySets, singletons, enums, namespace, operations } = contract;
  return [
    ...namespace.split(".").map((part): Named => ["namespacePart", part]),
    ...entitySets.map(({ name }): Named => ["entitySetName", name]),
    ...singletons.map(({ name }): Named => ["singletonEntity", name]),
    ...enums.map(({ name }): Named => ["enumerationTypeName", name]),
    ...entities.map(({ name }): Named => ["entityTypeName", name]),
    ...entities.flatMap(({ properties }) => properties.map(propertyOf)),
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

/** The members of a complex value are called by their paths, and written behind a slash. */
function propertyOf({ name, type, role, complexType }: Property): Named {
  const own = name.slice(name.lastIndexOf("/") + 1);
  if (complexType !== undefined) return ["complexProperty", own];
  if (role === "stream") return ["streamProperty", own];
  return [type.kind === "collection" ? "primitiveColProperty" : "primitiveNonKeyProperty", own];
}

function shapeOf(type: TypeRef | undefined): "entity" | "entityCol" | "primitive" | "primitiveCol" {
  if (type?.kind === "collection") return type.of.kind === "entity" ? "entityCol" : "primitiveCol";
  return type?.kind === "entity" ? "entity" : "primitive";
}
