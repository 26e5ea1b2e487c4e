/** A running service as a trace needs it: entities are made, asked and read by the key of somebody who may do so. */
import { randomUUID } from "node:crypto";
import {
  durationText,
  type EntityTypeDescriptor,
  nestedValues,
  type PropertyDescriptor,
  type ServiceDefinition,
  type Snapshot,
  type Value,
  type Values,
} from "@temperc/runtime";
import { isObjection, type Objection, objection } from "../../verify/index.ts";
import { type Refusal, reasonOf, unusable } from "../refusal.ts";

/** A request that takes longer has no answer. */
const timeoutMs = 10_000;

export interface Target {
  readonly key: string;
  /** Values for fields of the entities that are made, besides those that must have one. */
  readonly fields: Values;
}

/** An entity of the service, whether or not it is there. */
export interface Addressed {
  readonly type: EntityTypeDescriptor;
  readonly url: string;
}

/** `made` are the URLs of the entities that it made, `revision` what the service said of itself. */
export class ServiceClient {
  readonly made: string[] = [];
  revision: string | undefined;
  readonly #definition: ServiceDefinition;
  readonly #root: string;
  readonly #target: Target;

  constructor(definition: ServiceDefinition, root: string, target: Target) {
    this.#definition = definition;
    this.#root = root;
    this.#target = target;
  }

  /** A new entity under a fresh key, or under the one in `given`. */
  async create(
    automaton: string,
    given: Values = {},
  ): Promise<(Addressed & { readonly snapshot: Snapshot }) | Objection> {
    const found = this.#setOf(automaton);
    if ("message" in found) return found;
    const { type, setUrl } = found;
    const body = newEntity(type, { ...this.#target.fields, ...given });
    const snapshot = await this.#send("POST", setUrl, type, body);
    if (isObjection(snapshot)) return snapshot;
    const url = `${setUrl}(${keyIn(type, body)})`;
    this.made.push(url);
    return { type, url, snapshot };
  }

  /** Where an entity of that key is or would be. */
  addressOf(automaton: string, key: Value): Addressed | Objection {
    const found = this.#setOf(automaton);
    if ("message" in found) return found;
    const { type, setUrl } = found;
    return { type, url: `${setUrl}(${keyIn(type, { [type.key]: key })})` };
  }

  /** A call, without what the service fills in by itself. */
  async call({ type, url }: Addressed, action: string, params: Values): Promise<Snapshot | Objection> {
    const declared = type.automaton?.actions.find(({ name }) => name === action);
    const filled = new Set(declared?.filled?.map(({ name }) => name));
    const given = Object.fromEntries(Object.entries(params).filter(([name]) => !filled.has(name)));
    const answer = await this.#send("POST", `${url}/${action}`, type, given);
    if (declared?.kind !== "internal" || !isObjection(answer)) return answer;
    return objection(`${answer.message} (in the spec ${action} is internal: only the service itself asks for it)`);
  }

  read({ type, url }: Addressed): Promise<Snapshot | Objection> {
    return this.#send("GET", url, type);
  }

  #setOf(automaton: string): { readonly type: EntityTypeDescriptor; readonly setUrl: string } | Objection {
    const { entityTypes, entitySets } = this.#definition;
    const type = entityTypes.find((each) => each.automaton?.name === automaton);
    const set = entitySets.find(({ entityType }) => entityType === type?.name);
    if (type === undefined || set === undefined) return objection(`the spec publishes no entity set of ${automaton}`);
    return { type, setUrl: `${this.#root}/${set.name}` };
  }

  async #send(
    method: "GET" | "POST",
    url: string,
    type: EntityTypeDescriptor,
    body?: Readonly<Record<string, unknown>>,
  ): Promise<Snapshot | Objection> {
    try {
      const response = await fetch(url, {
        method,
        headers: { authorization: `Bearer ${this.#target.key}`, "content-type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
      });
      this.revision = response.headers.get("temperc-revision") ?? this.revision;
      const answer = fieldsOf(parsed(await response.text()));
      if (response.ok) return snapshotIn(answer, type);
      const { code = "", message = "no reason given" } = fieldsOf(answer.error);
      return objection(`the service answers ${response.status} ${String(code)}: ${String(message)}`);
    } catch (error) {
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      return objection(`${url} does not answer: ${reasonOf(cause)}`);
    }
  }
}

/** The service root that a URL names: `/tdata` of a host, or the path that it has. */
export function serviceRoot(url: string): string | Refusal {
  const parsedUrl = URL.canParse(url) ? new URL(url) : undefined;
  if (parsedUrl === undefined || !/^https?:$/.test(parsedUrl.protocol))
    return unusable(`${url} is no URL of a service`, "write it as http://127.0.0.1:3000");
  const path = parsedUrl.pathname.replace(/\/+$/, "");
  return `${parsedUrl.origin}${path === "" ? "/tdata" : path}`;
}

/** The key is fresh, and what must have a value has the plainest one. */
function newEntity({ key, properties }: EntityTypeDescriptor, fields: Values): Record<string, unknown> {
  const own = properties.filter(
    ({ role, isHidden }) => isHidden !== true && (role === "key" || role === "part" || role === "field"),
  );
  const needed = own.filter(
    ({ name, role, nullable, defaultValue }) =>
      name === key || role === "part" || (!nullable && defaultValue === undefined),
  );
  const plain = needed.map((property): [string, Value] => [
    property.name,
    property.name === key ? freshKey(property) : plainValue(property),
  ]);
  const given = own.filter(({ name }) => Object.hasOwn(fields, name));
  return nestedValues(
    { properties },
    {
      ...Object.fromEntries(plain),
      ...Object.fromEntries(
        given.map((property) => [property.name, sentValue(property, fields[property.name] ?? null)]),
      ),
    },
  );
}

/** A duration is a number within the service, and a text for its clients. */
function sentValue({ type }: PropertyDescriptor, value: Value): Value {
  return type === "Edm.Duration" && typeof value === "number" ? durationText(value) : value;
}

export function freshKey({ type, maxLength = 64 }: PropertyDescriptor): Value {
  if (type === "Edm.Guid") return randomUUID();
  if (type === "Edm.String") return `replay-${randomUUID()}`.slice(0, maxLength);
  const most: Readonly<Record<string, number>> = { "Edm.Byte": 255, "Edm.SByte": 127, "Edm.Int16": 32_767 };
  return Math.floor(Math.random() * (most[type] ?? 2_147_483_647));
}

function plainValue({ type, members = [], collection, complexType, maxLength = 64 }: PropertyDescriptor): Value {
  if (collection) return [];
  if (complexType !== undefined) return true;
  switch (type) {
    case "enum":
      return members[0] ?? "";
    case "Edm.String":
      return "replay".slice(0, maxLength);
    case "Edm.Boolean":
      return false;
    case "Edm.Guid":
      return "00000000-0000-4000-8000-000000000000";
    case "Edm.Date":
      return "2000-01-01";
    case "Edm.DateTimeOffset":
      return "2000-01-01T00:00:00Z";
    case "Edm.TimeOfDay":
      return "00:00:00";
    case "Edm.Duration":
      return "PT0S";
    case "Edm.Binary":
      return "";
    case "Edm.Byte":
    case "Edm.SByte":
    case "Edm.Int16":
    case "Edm.Int32":
    case "Edm.Int64":
    case "Edm.Decimal":
    case "Edm.Double":
    case "Edm.Single":
      return 0;
  }
}

/** The key as a URL has it. */
function keyIn({ key, identity, properties }: EntityTypeDescriptor, body: Readonly<Record<string, unknown>>): string {
  const literalOf = (name: string): string => {
    const value = String(body[name] ?? null);
    const isText = properties.some((each) => each.name === name && ["Edm.String", "enum"].includes(each.type));
    return encodeURIComponent(isText ? `'${value.replaceAll("'", "''")}'` : value);
  };
  return identity?.parts.map((part) => `${part}=${literalOf(part)}`).join(",") ?? literalOf(key);
}

/** Status and variables among what the service publishes of the entity. */
function snapshotIn(answer: Readonly<Record<string, unknown>>, type: EntityTypeDescriptor): Snapshot {
  const variables = (type.automaton?.variables ?? []).map(({ name }): [string, Value] => [
    name,
    published(answer[name]),
  ]);
  const status = answer[type.statusProperty ?? ""];
  return { ...Object.fromEntries(variables), status: typeof status === "string" ? status : "" };
}

function published(found: unknown): Value {
  if (typeof found === "string" || typeof found === "number" || typeof found === "boolean") return found;
  return Array.isArray(found) ? found.map(String) : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
