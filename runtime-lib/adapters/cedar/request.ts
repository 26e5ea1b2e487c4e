/** A request as compiled policies see it: what they look at is converted when they look. */
import {
  type AuthorizationBindings,
  type CedarEntities,
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
import { attributesOf, contextOf, principalAttributes } from "./entities.ts";

/** The request with its three entities; there are no others. */
export function cedarRequest(bindings: AuthorizationBindings, request: AuthorizationRequest): CedarRequest {
  return new Asked(bindings, request);
}

/** A class, because it keeps what it has converted for as long as one decision takes. */
class Asked implements CedarRequest, CedarEntities {
  readonly principal: CedarUid;
  readonly action: CedarUid;
  readonly resource: CedarUid;
  readonly entities = this;
  readonly #request: AuthorizationRequest;
  readonly #caller: Seen;
  readonly #own: Seen;
  #context: CedarRecord | undefined;

  constructor(bindings: AuthorizationBindings, request: AuthorizationRequest) {
    const { principal, entityType, resource, action } = request;
    this.#request = request;
    this.principal = uid(principal.type, principal.id);
    this.action = uid("Action", `${entityType}::${action}`);
    this.resource = uid(entityType, resource.id);
    const { caller, own } = attributesIn(bindings, request);
    this.#caller = new Seen(caller);
    this.#own = new Seen(own);
  }

  get context(): CedarRecord {
    this.#context ??= contextRecord(this.#request);
    return this.#context;
  }

  find(wanted: CedarUid): CedarEntity | undefined {
    if (isSame(wanted, this.resource)) return this.#own;
    if (isSame(wanted, this.principal)) return this.#caller;
    return isSame(wanted, this.action) ? actionEntity(this.#request.action) : undefined;
  }
}

function isSame(one: CedarUid, other: CedarUid): boolean {
  return one === other || (one.id === other.id && one.type === other.type);
}

type Attribute = (name: string) => CedarValue | undefined;

/** An entity whose attributes are converted once, when they are looked at. */
class Seen implements CedarEntity {
  readonly #attribute: Attribute;
  #known: Map<string, CedarTerm | undefined> | undefined;

  constructor(attribute: Attribute) {
    this.#attribute = attribute;
  }

  attribute(name: string): CedarTerm | undefined {
    this.#known ??= new Map();
    const term = this.#known.get(name);
    if (term !== undefined || this.#known.has(name)) return term;
    const value = this.#attribute(name);
    const made = value === undefined ? undefined : termOf(value);
    this.#known.set(name, made);
    return made;
  }

  tag(): undefined {
    return undefined;
  }

  isBelow(): boolean {
    return false;
  }
}

/** The attributes of `attributesOf`, each made when it is asked for: most policies look at one or two of twenty. */
function attributesIn(
  bindings: AuthorizationBindings,
  request: AuthorizationRequest,
): { readonly caller: Attribute; readonly own: Attribute } {
  const { principal, entityType, resource } = request;
  const one = Object.hasOwn(bindings.resources, entityType) ? bindings.resources[entityType]?.one : undefined;
  if (principal.type === entityType || one === undefined) {
    const all = attributesOf(bindings, request);
    return { caller: (name) => at(all.caller, name), own: (name) => at(all.own, name) };
  }
  return {
    caller: (name) => at(principalAttributes(principal), name),
    own: (name) => {
      if (name === "id") return resource.id;
      return name === "tenant" ? principal.tenant : one(resource.values, name);
    },
  };
}

function at(attributes: Readonly<Record<string, CedarValue>>, name: string): CedarValue | undefined {
  return Object.hasOwn(attributes, name) ? attributes[name] : undefined;
}

function uid(type: string, id: string): CedarUid {
  return cedarEntity(type, wellFormed(id));
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
  const fields = new Map<string, CedarTerm>();
  for (const [name, value] of contextOf(context)) fields.set(wellFormed(name), termOf(value));
  return { kind: "record", fields };
}

function termOf(value: CedarValue): CedarTerm {
  if (typeof value === "string") return wellFormed(value);
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return BigInt(value);
  if ("__entity" in value) return uid(value.__entity.type, value.__entity.id);
  if ("__extn" in value) return cedarDecimal(value.__extn.arg);
  return cedarSet(value.map(termOf));
}

/** The text as Cedar gets it: UTF-8 has no halves of characters. */
function wellFormed(text: string): string {
  for (let at = 0; at < text.length; at += 1) {
    if (text.charCodeAt(at) >> 11 === surrogates) return text.replace(/\p{Surrogate}/gu, "\ufffd");
  }
  return text;
}

/** The upper five bits of the sixteen of a half of a character. */
const surrogates = 0b11011;
