/** An outgoing webhook's request: `${field}` placeholders filled in, each as the place where it stands asks for it. */
import { type DeedDescriptor, named, type Value, type Values } from "../kernel/index.ts";

export interface WebhookRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export type Resolved =
  | { readonly kind: "request"; readonly request: WebhookRequest }
  | { readonly kind: "unresolvable"; readonly reason: string };

type Template = Pick<DeedDescriptor & { readonly kind: "webhook" }, "url" | "method" | "headers" | "body">;

const placeholder = /\$\{([^{}]*)\}/g;

/** The request, or why the values cannot make one: a value must not change which server, path or header is meant. */
export function webhookRequest({ url, method, headers, body }: Template, values: Values): Resolved {
  const dots = dotSegment(url, values);
  if (dots !== undefined) return unresolvable(`the value of ${dots} cannot stand in a URL`);
  const resolvedUrl = url.replace(placeholder, (_, name: string) => encodeURIComponent(textOf(values, name)));
  if (!URL.canParse(resolvedUrl)) return unresolvable(`${JSON.stringify(resolvedUrl)} is no URL`);
  const resolved = named<string>();
  for (const [name, template] of Object.entries(headers)) {
    const value = template.replace(placeholder, (_, field: string) => textOf(values, field)).trim();
    if (!/^[\t\x20-\x7e]*$/.test(value))
      return unresolvable(`the header ${name} would have a character that none may have`);
    resolved[name.toLowerCase()] = value;
  }
  if (body !== undefined) resolved["content-type"] ??= "application/json";
  const fill = fillingOf(resolved["content-type"] ?? "");
  return {
    kind: "request",
    request: {
      url: resolvedUrl,
      method: method.toUpperCase(),
      headers: resolved,
      body: body === undefined ? null : fill(body, values),
    },
  };
}

function unresolvable(reason: string): Resolved {
  return { kind: "unresolvable", reason };
}

/** `.` and `..` are steps in a path, and no encoding changes that (WHATWG URL). The name of the field that has one. */
function dotSegment(url: string, values: Values): string | undefined {
  const names = [...url.matchAll(placeholder)].map(([, name = ""]) => name);
  return names.find((name) => /^\.\.?$/.test(textOf(values, name)));
}

/** Nothing for null, JSON for a list. */
function textOf(values: Values, name: string): string {
  const value = valueAt(values, name);
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value).replace(/\p{Surrogate}/gu, "\ufffd");
}

function valueAt(values: Values, name: string): Value {
  return Object.hasOwn(values, name) ? (values[name] ?? null) : null;
}

type Fill = (template: string, values: Values) => string;

function fillingOf(contentType: string): Fill {
  if (/^application\/([\w.-]+\+)?json\b/i.test(contentType)) return filledJson;
  const encode = /^application\/x-www-form-urlencoded\b/i.test(contentType) ? encodeURIComponent : String;
  return (template, values) => template.replace(placeholder, (_, name: string) => encode(textOf(values, name)));
}

/** Inside quotes a value is escaped text, outside it is JSON of its own: what comes out is JSON wherever the template is. */
function filledJson(template: string, values: Values): string {
  let isQuoted = false;
  return template.replace(/\$\{([^{}]*)\}|\\.|"/g, (found, name: string | undefined) => {
    if (found === '"') isQuoted = !isQuoted;
    if (name === undefined) return found;
    return isQuoted ? JSON.stringify(textOf(values, name)).slice(1, -1) : JSON.stringify(valueAt(values, name));
  });
}
