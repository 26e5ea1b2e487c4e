/** The service document: what a client finds at the root (OData JSON format 4.01, section 5). */
import type { JsonFormat } from "./formats.ts";
import type { Routes } from "./routes.ts";

/** The singletons, and the entity sets and functions that the CSDL lists; of functions only those without parameters can be. */
export function serviceDocument(routes: Routes, serviceRoot: string, metadata: JsonFormat["metadata"]): string {
  const sets = routes.definition.entitySets
    .filter(({ isUnlisted }) => isUnlisted === undefined)
    .map(({ name }) => ({ name, kind: "EntitySet", url: name }));
  const singletons = [...routes.singletons.keys()].map((name) => ({ name, kind: "Singleton", url: name }));
  const functions = routes.definition.functions
    .filter(({ isListed, isAction, parameters }) => isListed === true && isAction !== true && parameters.length === 0)
    .map(({ name }) => ({ name, kind: "FunctionImport", url: name }));
  const context = metadata === "none" ? {} : { "@odata.context": `${serviceRoot}$metadata` };
  return JSON.stringify({ ...context, value: [...sets, ...singletons, ...functions] });
}
