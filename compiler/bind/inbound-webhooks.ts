/** Binds `[[webhook]]`: endpoints that others call back, each a way to an action. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { Automaton } from "../ir/automaton.ts";
import type { InboundWebhook } from "../ir/reaction.ts";
import { lookupKinds, methods } from "../parse/reaction-forms.ts";
import type { ReactionsSyntax } from "../parse/reactions.ts";
import { wrongType } from "../parse/shapes.ts";
import type { TomlString } from "../parse/toml.ts";
import { oneOf } from "./deeds.ts";
import { isOwnAction } from "./fields.ts";
import { firstOf } from "./names.ts";
import type { Scope } from "./scope.ts";

type Reader = ReactionsSyntax["webhooks"][number];

/** The endpoint, or undefined with what is wrong of it reported. */
export function bindWebhook(reader: Reader, scope: Scope, report: Report): InboundWebhook | undefined {
  const [name, path, action] = [reader.get("name"), reader.get("path"), reader.get("action")];
  const [lookup, param] = [reader.get("entity_lookup"), reader.get("entity_param")];
  const written = reader.get("method");
  const method = written === undefined ? "POST" : oneOf(written, methods, report);
  const kind = lookup && oneOf(lookup, lookupKinds, report);
  const hmac = bindHmac(reader, report);
  const isSignable = hmac === undefined || written === undefined || method !== "GET";
  if (!isSignable)
    report("bind/out-of-range", written.span, { key: "method", range: "one with a body, which is what is signed" });
  const isPlaced = path !== undefined && isPath(path, report);
  const isKnown = action !== undefined && isOwnAction(action, scope, report);
  const isFound = !isPlaced || kind !== "path_param" || param === undefined || isInPath(param, path, report);
  if (name === undefined || param === undefined || method === undefined || kind === undefined) return undefined;
  if (!isPlaced || !isKnown || !isSignable || !isFound) return undefined;
  const extract = (reader.get("extract") ?? []).flatMap(({ key, keySpan, value }) =>
    value.kind === "string"
      ? [{ param: key, path: value.value, span: keySpan }]
      : (wrongType(value, key, "a path", report) ?? []),
  );
  return {
    name: name.value,
    path: path.value.startsWith("/") ? path.value : `/${path.value}`,
    method,
    action: action.value,
    lookup: { kind: lookups[kind], name: param.value },
    extract,
    span: name.span,
    ...(hmac && { hmac }),
  };
}

const lookups = {
  query_param: "query-param",
  body_field: "body-field",
  header: "header",
  path_param: "path-param",
} as const;

const pathLengthMax = 200;

/** A segment is a text or a name in braces, and nothing of both. */
function isPath(path: TomlString, report: Report): boolean {
  const segments = path.value.slice(0, pathLengthMax + 1).split("/");
  const isUsable = path.value.length <= pathLengthMax && segments.every((each) => /^([\w\-.~]*|\{\w+\})$/.test(each));
  if (!isUsable) {
    const range = `at most ${pathLengthMax} letters, digits and -._~/, and {names} that are whole segments`;
    report("bind/out-of-range", path.span, { key: "path", range });
  }
  return isUsable;
}

function isInPath(param: TomlString, path: TomlString, report: Report): boolean {
  const names = [...path.value.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  if (names.includes(param.value)) return true;
  const hint = didYouMean(param.value, names) ?? `write {${param.value}} into the path`;
  report("bind/unknown-word", param.span, { word: param.value }, { hint });
  return false;
}

/** A secret without a header, or a header without a secret, would leave the endpoint open or shut for ever. */
function bindHmac(reader: Reader, report: Report): { readonly secret: string; readonly header: string } | undefined {
  const [secret, header] = [reader.get("hmac_secret"), reader.get("hmac_header")];
  if (secret !== undefined && header !== undefined) return { secret: secretName(secret.value), header: header.value };
  const missing = secret === undefined ? "hmac_secret" : "hmac_header";
  if (secret !== undefined || header !== undefined)
    report("parse/missing-key", reader.span, { key: missing, table: "[[webhook]]" });
  return undefined;
}

/** `{secret:bank}` or just `bank`. */
function secretName(written: string): string {
  return /^\{secret:([\w.-]+)\}$/.exec(written)?.[1] ?? written;
}

/** Reports endpoints of actions that are no inputs, and two of one address. */
export function checkWebhooks(automata: readonly Automaton[], report: Report): void {
  const isFirst = firstOf("the endpoint", report);
  for (const automaton of automata) {
    for (const webhook of automaton.webhooks) {
      checkInput(webhook, automaton, report);
      isFirst(`${webhook.method} ${webhook.path.replaceAll(/\{\w+\}/g, "{}")}`, webhook.span);
    }
  }
}

/** What comes from outside is an input: only that is what the verifier expects at any time. */
function checkInput({ action, span }: InboundWebhook, { name: entity, actions }: Automaton, report: Report): void {
  if (actions.some(({ name, kind }) => name === action && kind === "input")) return;
  report("bind/target-action", span, { entity, action }, { hint: `give ${action} kind = "input"` });
}
