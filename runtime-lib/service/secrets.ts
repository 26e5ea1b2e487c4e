/** Secrets of a spec: it names them, the host has them, and they are in no store, no log and no answer. */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { EntityTypeDescriptor } from "../kernel/index.ts";
import type { Deed, Secrets } from "../ports/index.ts";

/** `{secret:name}` in a template. */
const placeholder = /\{secret:([\w.-]+)\}/g;

/** The names of the secrets that a template asks for. */
function secretsIn(template: string): readonly string[] {
  return [...template.matchAll(placeholder)].map(([, name = ""]) => name);
}

/** The names of all secrets that the entity types ask for, each once, in order. */
export function secretsOf(entityTypes: readonly EntityTypeDescriptor[]): readonly string[] {
  const names = entityTypes.flatMap(({ reactions }) => [
    ...(reactions?.triggers ?? []).flatMap(({ deed }) =>
      deed.kind === "webhook" ? [deed.url, deed.body ?? "", ...Object.values(deed.headers)].flatMap(secretsIn) : [],
    ),
    ...(reactions?.webhooks ?? []).flatMap(({ hmac }) => (hmac === undefined ? [] : [hmac.secret])),
  ]);
  return [...new Set(names)].sort();
}

/** A definition asks for secrets that its host does not have. */
export class SecretsUnset extends Error {
  readonly names: readonly string[];

  constructor(names: readonly string[]) {
    super(names.length === 1 ? `the secret ${names[0]} is not set` : `the secrets ${names.join(", ")} are not set`);
    this.name = "SecretsUnset";
    this.names = names;
  }
}

/** True where one of the templates asks for a secret. */
export function hasSecrets(templates: readonly string[]): boolean {
  return templates.some((template) => secretsIn(template).length > 0);
}

/** The template with the places of its secrets under a mark: what is filled in afterwards cannot make another. */
export function marked(template: string, mark: string): string {
  return template.replace(placeholder, (_, name: string) => `{secret-${mark}:${name}}`);
}

type WebhookDeed = Deed & { readonly kind: "webhook" };

type Request = Pick<WebhookDeed, "url" | "headers" | "body"> & { readonly kind: "request" };

/** The request with its secrets, which exists only while it is sent; or the first of them that is not set. */
export function withSecrets(
  { url, headers, body, secretMark }: WebhookDeed,
  secrets: Secrets,
): Request | { readonly kind: "unset"; readonly name: string } {
  if (secretMark === undefined) return { kind: "request", url, headers, body };
  const unset: string[] = [];
  const fill = (text: string, spell: (value: string) => string): string =>
    text.replaceAll(new RegExp(`\\{secret-${secretMark}:([\\w.-]+)\\}`, "g"), (_, name: string) => {
      const value = secrets(name);
      if (value === undefined) unset.push(name);
      return spell(value ?? "");
    });
  const type = headers["content-type"] ?? "";
  const request = {
    kind: "request",
    url: fill(url, encodeURIComponent),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value, String)])),
    body: body === null ? null : fill(body, spellingOf(type)),
  } as const;
  const [name] = unset;
  return name === undefined ? request : { kind: "unset", name };
}

/** In JSON a secret stands inside quotes. */
function spellingOf(contentType: string): (value: string) => string {
  if (/^application\/([\w.-]+\+)?json\b/i.test(contentType)) return (value) => JSON.stringify(value).slice(1, -1);
  return /^application\/x-www-form-urlencoded\b/i.test(contentType) ? encodeURIComponent : String;
}

/**
 * True where the signature is the HMAC-SHA256 (RFC 2104) of the bytes under the secret: in hexadecimal or base64, with `sha256=`
 * before it or without. It takes the same time whatever is wrong.
 */
export function isSignedBy(secret: string, bytes: Uint8Array, signature: string): boolean {
  const given = signature.trim().replace(/^sha256=/i, "");
  const expected = createHmac("sha256", secret).update(bytes).digest();
  const found = Buffer.from(given, /^[0-9a-f]{64}$/i.test(given) ? "hex" : "base64");
  return found.length === expected.length && timingSafeEqual(found, expected);
}
