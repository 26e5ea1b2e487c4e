/** Inbound webhooks: which endpoint a request is for, and the call that it stands for. */
import {
  type InboundWebhookDescriptor,
  type LookupKind,
  named,
  type ParamDescriptor,
  type ServiceDefinition,
  type Value,
  type Values,
} from "../kernel/index.ts";
import type { Failed } from "./call.ts";
import { failed } from "./failures.ts";

/** An endpoint, and what the request's path says. */
export interface Endpoint {
  readonly webhook: InboundWebhookDescriptor;
  readonly entityType: string;
  readonly params: readonly ParamDescriptor[];
  readonly inPath: ReadonlyMap<string, string>;
}

/** A request as far as endpoints look into it; header names are in lower case. */
export interface Callback {
  readonly inPath: ReadonlyMap<string, string>;
  readonly query: URLSearchParams;
  readonly header: (name: string) => string | undefined;
  /** What JSON or a form says; undefined where the body is neither. */
  readonly body: unknown;
}

/** The endpoints whose path is that path, whatever their methods; those without placeholders first. */
export function endpointsAt(definition: ServiceDefinition, path: string): readonly Endpoint[] {
  const found = definition.entityTypes.flatMap(({ name, automaton, reactions }) =>
    (reactions?.webhooks ?? []).flatMap((webhook): readonly Endpoint[] => {
      const inPath = pathValues(webhook.path, path);
      const params = automaton?.actions.find((action) => action.name === webhook.action)?.params ?? [];
      return inPath === undefined ? [] : [{ webhook, entityType: name, params, inPath }];
    }),
  );
  return found.sort((one, other) => one.inPath.size - other.inPath.size);
}

/** The values of `{name}` segments, or undefined where the path is another. */
function pathValues(template: string, path: string): ReadonlyMap<string, string> | undefined {
  const [wanted, found] = [template, path].map((each) => each.split("/"));
  if (wanted === undefined || found === undefined || wanted.length !== found.length) return undefined;
  const values = new Map<string, string>();
  for (const [index, segment] of wanted.entries()) {
    const text = decoded(found[index] ?? "");
    const name = /^\{([^{}]+)\}$/.exec(segment)?.[1];
    if (text === undefined || (name === undefined ? text !== segment : text === "")) return undefined;
    if (name !== undefined) values.set(name, text);
  }
  return values;
}

/** Undefined where it is no percent-encoded UTF-8. */
export function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

export interface WebhookCall {
  readonly kind: "call";
  readonly entityId: string;
  readonly params: Values;
}

/** The entity and the parameters that the request names; what is not there is not given. */
export function webhookCall({ webhook, params }: Endpoint, callback: Callback): WebhookCall | Failed {
  const { lookup, extract } = webhook;
  const id = at(callback, lookup.kind, lookup.name);
  if ((typeof id !== "string" && typeof id !== "number") || id === "") {
    return failed(
      "InvalidParameter",
      `the request names no entity: ${placeOf[lookup.kind]} ${lookup.name} is missing`,
      {
        target: lookup.name,
      },
    );
  }
  const given = named<Value>();
  for (const { param, path } of extract) {
    const type = params.find(({ name }) => name === param)?.type;
    const value = typedValue(at(callback, "body-field", path), type);
    if (value === undefined) return failed("InvalidParameter", `${path} in the body is no value`, { target: path });
    if (value !== null) given[param] = value;
  }
  return { kind: "call", entityId: String(id), params: given };
}

const placeOf: Readonly<Record<LookupKind, string>> = {
  "query-param": "the query option",
  "body-field": "the body's",
  header: "the header",
  "path-param": "the path's",
};

function at({ inPath, query, header, body }: Callback, kind: LookupKind, name: string): unknown {
  switch (kind) {
    case "query-param":
      return query.get(name) ?? undefined;
    case "header":
      return header(name.toLowerCase());
    case "path-param":
      return inPath.get(name);
    case "body-field":
      return member(body, name);
  }
}

/** `data.items.0.id`: own members by name, items by number; undefined where there is nothing. */
function member(body: unknown, path: string): unknown {
  const steps = path.replace(/^\$\./, "").split(".");
  return steps.reduce((found: unknown, step) => {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, step)) return undefined;
    return Object.getOwnPropertyDescriptor(found, step)?.value;
  }, body);
}

/** As a value of the parameter's type: a form's numbers and bools are texts. Undefined for an object or a mixed list. */
function typedValue(found: unknown, type: ParamDescriptor["type"] | undefined): Value | undefined {
  if (found === undefined || found === null) return null;
  if (Array.isArray(found)) return found.every((item) => typeof item === "string") ? found : undefined;
  if (typeof found === "number" || typeof found === "boolean") return found;
  if (typeof found !== "string") return undefined;
  if (type === "bool" && (found === "true" || found === "false")) return found === "true";
  const isNumeric = type === "counter" || type === "int" || type === "float";
  return isNumeric && /^-?\d+(\.\d+)?$/.test(found) ? Number(found) : found;
}
