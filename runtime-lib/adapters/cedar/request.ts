/** A request as compiled policies see it: what they look at is converted when they look. */
import {
  type AuthorizationBindings,
  type CedarEntity,
  type CedarRecord,
  type CedarRequest,
  type CedarTerm,
  type CedarUid,
  type CedarValue,
  cedarDecimal,
  cedarEntity,
  cedarSet,
} from "../../kernel/index.ts";
import type { AuthorizationRequest } from "../../ports/index.ts";
import { attributesOf, contextOf } from "./entities.ts";

type Attributes = Readonly<Record<string, CedarValue>>;

/** The request with its three entities; there are no others. */
export function cedarRequest(bindings: AuthorizationBindings, request: AuthorizationRequest): CedarRequest {
  const { principal, entityType, resource, action } = request;
  let seen: { readonly caller: Attributes; readonly own: Attributes } | undefined;
  const attributes = (): { readonly caller: Attributes; readonly own: Attributes } => {
    seen ??= attributesOf(bindings, request);
    return seen;
  };
  const asked = uid(entityType, resource.id);
  const caller = uid(principal.type, principal.id);
  const acted = uid("Action", `${entityType}::${action}`);
  const entities: readonly (readonly [CedarUid, CedarEntity])[] = [
    [asked, entity(() => attributes().own)],
    [caller, entity(() => attributes().caller)],
    [acted, actionEntity(action)],
  ];
  return {
    principal: caller,
    action: acted,
    resource: asked,
    get context() {
      return contextRecord(request);
    },
    entities: { find: (wanted) => entities.find(([{ type, id }]) => type === wanted.type && id === wanted.id)?.[1] },
  };
}

function uid(type: string, id: string): CedarUid {
  return cedarEntity(type, wellFormed(id));
}

function entity(attributes: () => Attributes): CedarEntity {
  return {
    attribute: (name) => {
      const all = attributes();
      const value = Object.hasOwn(all, name) ? all[name] : undefined;
      return value === undefined ? undefined : termOf(value);
    },
    tag: () => undefined,
    isBelow: () => false,
  };
}

/** `Action::"Order::Pay"` is below the group `Action::"Pay"`. */
function actionEntity(action: string): CedarEntity {
  return {
    attribute: () => undefined,
    tag: () => undefined,
    isBelow: ({ type, id }) => type === "Action" && id === action,
  };
}

function contextRecord({ context }: AuthorizationRequest): CedarRecord {
  const fields = Object.entries(contextOf(context)).map(([name, value]) => [wellFormed(name), termOf(value)] as const);
  return { kind: "record", fields: new Map(fields) };
}

function termOf(value: CedarValue): CedarTerm {
  if (typeof value === "string") return wellFormed(value);
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return BigInt(value);
  if ("__entity" in value) return uid(value.__entity.type, value.__entity.id);
  if ("__extn" in value) return cedarDecimal(value.__extn.arg);
  return cedarSet(value.map(termOf));
}

const loneSurrogate = /\p{Surrogate}/u;

/** The text as Cedar gets it: UTF-8 has no halves of characters. */
function wellFormed(text: string): string {
  return loneSurrogate.test(text) ? text.replace(/\p{Surrogate}/gu, "\ufffd") : text;
}
