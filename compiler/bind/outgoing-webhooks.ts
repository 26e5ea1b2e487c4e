/** Binds what a trigger of kind webhook sends: an address, headers and a body, with fields in them. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { Deed } from "../ir/reaction.ts";
import { methods, type triggerForm } from "../parse/reaction-forms.ts";
import { wrongType } from "../parse/shapes.ts";
import type { Read } from "../parse/table.ts";
import type { TomlString } from "../parse/toml.ts";
import { spanInString } from "../parse/toml-string.ts";
import { oneOf } from "./deeds.ts";
import type { Scope } from "./scope.ts";

type Request = Omit<Deed & { readonly kind: "webhook" }, "kind" | "outcome">;

/** The request, or undefined with the reason reported. */
export function bindWebhookRequest(
  url: TomlString | undefined,
  reader: Read<typeof triggerForm>,
  scope: Scope,
  report: Report,
): Request | undefined {
  const written = reader.get("method");
  const method = written === undefined ? "POST" : oneOf(written, methods, report);
  const body = reader.get("body_template");
  const headers = (reader.get("headers") ?? []).flatMap(({ key, keySpan, value }) => {
    if (!headerName.test(key))
      report("bind/out-of-range", keySpan, { key: "headers", range: "a table of names of letters, digits and -" });
    if (value.kind !== "string") return wrongType(value, key, "a string", report) ?? [];
    checkPlaceholders(value, scope, report);
    return [{ name: key, value: value.value }];
  });
  for (const template of [url, body]) if (template !== undefined) checkPlaceholders(template, scope, report);
  const [timeoutMs, retriesMax] = [reader.get("timeout_ms")?.value, reader.get("max_retries")?.value];
  if (url === undefined || method === undefined) return undefined;
  checkAddress(url, report);
  return {
    url: url.value,
    method,
    headers,
    ...(body !== undefined && { body: body.value }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(retriesMax !== undefined && { retriesMax }),
  };
}

/** RFC 9110, section 5.6.2: a token. */
const headerName = /^[\w!#$%&'*+\-.^`|~]+$/;

/** What begins with a field or a secret is known when it is sent. */
function checkAddress(url: TomlString, report: Report): void {
  if (!/^(https?:\/\/|\$\{|\{secret:)/i.test(url.value)) report("bind/webhook-address", url.span, { url: url.value });
}

/** Reports `bind/unknown-placeholder` for `${field}` where there is no such field: older files may have some. */
function checkPlaceholders(template: TomlString, { variables, fields, broken }: Scope, report: Report): void {
  const made = fields.size === 0 ? ["Id", "Status"] : [];
  const known = new Set([...variables.keys(), ...fields.keys(), ...broken, ...made]);
  for (const { 1: name = "", index } of template.value.matchAll(/\$\{([^{}]*)\}/g)) {
    if (known.has(name)) continue;
    const start = index + "${".length;
    const span = spanInString(template, start, start + name.length);
    report("bind/unknown-placeholder", span, { field: name }, { hint: didYouMean(name, known) });
  }
}

/** Reports a category of failure that the sending of a webhook does not know. */
export function checkCategory({ value, span }: TomlString, report: Report): void {
  if (/^(timeout|network|refused|http_[1-5](\d\d|xx))$/.test(value)) return;
  const hint = didYouMean(value, ["timeout", "network", "refused", "http_404", "http_4xx", "http_5xx"]);
  report("bind/unknown-category", span, { category: value }, { hint });
}
