/** What the diagnostics of Cedar policies mean: a sentence that says when, and one that says why or what to do. */

import type { policiesCatalogue } from "../catalogue/policies.ts";

export const policiesMeanings: Readonly<Record<keyof typeof policiesCatalogue, string>> = {
  "parse/cedar-syntax":
    "Cedar's own parser cannot read the policy. The rest of the file is read from the next policy on.",
  "parse/cedar-limit":
    "A policy file nests deeper or is longer than a limit. Specs are untrusted input, so everything has one.",
  "parse/cedar-template":
    "The policy has a slot (`?principal`, `?resource`) to be filled in later. Templates are not available yet: name the entity.",
  "bind/duplicate-policy":
    "Two policies carry the same `@id`. Denials name policies by it, so it must be unique in the folder.",
  "bind/invalid-policy":
    "Cedar's validator refuses the policy under the schema made of your spec: an action, entity type or attribute that is not there, or types that do not fit.",
  "bind/doubtful-policy":
    "Cedar's validator finds the policy legal but pointless or confusing, such as a condition that can never be true.",
  "bind/policy-not-compiled":
    "Policies become code that decides in a microsecond. This one has something that the compiler leaves to Cedar itself: it means the same, and every decision that it can speak about takes a hundred times as long.",
  "bind/no-policies":
    "The folder holds no Cedar policy. Authorization is default-deny, so a service without a policy answers nobody.",
  "bind/action-named-like-verb":
    "Policies know `create`, `read`, `list`, `update` and `delete` for every entity type. An action of that name could not be told from it.",
};
