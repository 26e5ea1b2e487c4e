/** Whether entities and request are such, and fit the schema where there is one: Cedar's to say, whichever engine decides. */
import { cedar } from "../../compiler/index.ts";
import type { Question } from "./engines.ts";
import type { ReadSchema } from "./files.ts";
import { isArray, type Json, plainJson, withToldIntegers } from "./json.ts";
import { NoTerm } from "./terms.ts";

/** Throws `NoTerm` at the first entity that is amiss beside those before it. */
export function checkEntities(entities: Json, schema: ReadSchema | undefined): void {
  if (!isArray(entities)) throw new NoTerm("the entities are a list", entities);
  const problemOf = (count: number): string | undefined => problemIn(entities.slice(0, count), schema);
  if (problemOf(entities.length) === undefined) return;
  let [good, bad] = [0, entities.length];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    [good, bad] = problemOf(middle) === undefined ? [middle, bad] : [good, middle];
  }
  throw new NoTerm(problemOf(bad) ?? "", entities[bad - 1]);
}

function problemIn(entities: readonly Json[], schema: ReadSchema | undefined): string | undefined {
  // What is no entity is what Cedar answers with a failure for.
  const given = entities.map((each) => plainJson(withToldIntegers(each))) as [];
  const answer = cedar().checkParseEntities({ entities: given, ...(schema && { schema: schema.text }) });
  return answer.type === "success" ? undefined : answer.errors.map(({ message }) => message).join("; ");
}

/** Throws `NoTerm` for a request that nobody can make of these entities. */
export function checkRequest(
  { principal, action, resource, context, entities }: Question["json"],
  schema: ReadSchema | undefined,
): void {
  // What does not fit is what Cedar answers with a failure for.
  const given = plainJson(
    new Map([
      ["context", withToldIntegers(context)],
      ["entities", withToldIntegers(entities)],
    ]),
  ) as { context: Record<string, never>; entities: [] };
  const answer = cedar().isAuthorized({
    ...{ principal, action, resource, policies: { staticPolicies: {} } },
    ...(schema && { schema: schema.text, validateRequest: true }),
    ...given,
  });
  if (answer.type === "failure") throw new NoTerm(answer.errors.map(({ message }) => message).join("; "));
}
