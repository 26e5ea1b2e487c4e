/** What can be wrong with the Cedar policies, or with running without any. */

import { error, warning } from "./entry.ts";

export const policiesCatalogue = {
  "parse/cedar-syntax": error(
    (f: { problem: string }) => `malformed Cedar: ${f.problem}`,
    "a policy is permit or forbid (principal, action, resource), then when { … }, then a semicolon",
  ),
  "parse/cedar-limit": error(
    (f: { what: string; max: number }) => `more than ${f.max} ${f.what}`,
    "shorten it, or split it into several policies",
  ),
  "parse/cedar-template": error(
    (f: { slot: string }) => `a policy template (with "${f.slot}") is not available yet`,
    "write the principal or resource in its place",
  ),
  "bind/duplicate-policy": error(
    (f: { id: string }) => `two policies have the id "${f.id}"`,
    "give each an @id of its own",
  ),
  "bind/invalid-policy": error(
    (f: { id: string; problem: string }) => `policy "${f.id}": ${f.problem}`,
    "name attributes that every entity it is about has, or ask with has first",
  ),
  "bind/doubtful-policy": warning(
    (f: { id: string; problem: string }) => `policy "${f.id}": ${f.problem}`,
    "change its condition, or remove it",
  ),
  "bind/policy-not-compiled": warning(
    (f: { id: string; why: string }) => `policy "${f.id}" is not compiled, because it has ${f.why}`,
    "nothing to do: Cedar itself decides by it, more slowly",
  ),
  "bind/no-policies": warning((_: object) => "there is no Cedar policy, so every request will be denied"),
  "bind/action-named-like-verb": error(
    (f: { automaton: string; action: string }) =>
      `action "${f.action}" of automaton "${f.automaton}" has the name of a verb that policies use for every entity type`,
    'choose another name, such as "Do" before it',
  ),
} as const;
