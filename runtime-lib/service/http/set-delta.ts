/** Answers `PATCH Set` with a delta: entities that are new, otherwise or gone, all of it or none (OData 4.01 part 1, section 11.4.12). */
import type { Calls, Failed, Together } from "../call.ts";
import { failed, isFailed } from "../odata/failure.ts";
import { isJsonObject, type Json } from "../odata/json.ts";
import { onlyOptions } from "../odata/options.ts";
import type { SetRoute } from "../odata/routes.ts";
import { type Asked, headerOf, type Reply } from "./exchange.ts";
import { idempotencyOf, requiredBody } from "./request-bodies.ts";
import { Weaving } from "./weaving.ts";

/** 204 where all of it is done. */
export async function patchSet(asked: Asked, set: SetRoute): Promise<Reply | Failed> {
  const { exchange, options } = asked;
  const wrong = onlyOptions(options, [], "a delta of a set") ?? conditional(asked);
  if (wrong !== undefined) return wrong;
  const json = requiredBody(exchange);
  if (isFailed(json)) return json;
  const items = itemsOf(json);
  if (isFailed(items)) return items;
  const idempotency = idempotencyOf(exchange);
  if (isFailed(idempotency)) return idempotency;
  const work = async (service: Calls): Promise<Together<Reply | Failed>> => {
    const inside = { ...asked, exchange: { ...exchange, host: { ...exchange.host, service } } };
    const refused = await new Weaving(inside, service, "eachMax").changeSet(set, items);
    return { keep: refused === undefined, value: refused ?? { status: 204, body: undefined } };
  };
  return exchange.host.service.together(exchange.context, work, idempotency && { idempotency });
}

/** Each item may have a tag of its own. */
function conditional({ exchange }: Asked): Failed | undefined {
  const name = ["If-Match", "If-None-Match"].find(
    (each) => headerOf(exchange.headers, each.toLowerCase()) !== undefined,
  );
  return name === undefined ? undefined : failed("InvalidRequest", `${name} has no meaning for a set`, name);
}

function itemsOf(json: Json): readonly Json[] | Failed {
  const context = isJsonObject(json) ? (json.get("@odata.context") ?? json.get("@context")) : undefined;
  const value = isJsonObject(json) ? json.get("value") : undefined;
  if (typeof context === "string" && /[#/]\$delta$/.test(context) && Array.isArray(value)) return value;
  return failed("InvalidRequest", 'the body is no delta: {"@context": "#$delta", "value": […]}');
}
