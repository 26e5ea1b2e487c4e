/** API keys behind a running server, for whoever has an operator's key. */
import { didYouMean } from "../../compiler/index.ts";
import { ask, fieldsOf, type Server } from "../server/server.ts";
import type { ApiKeys, KeyView, UnknownScope } from "./api-keys.ts";

/** The keys of the operator's own tenant. */
export function keysBehindServer(server: Server): ApiKeys {
  return {
    kind: "keys",
    create: async (wish) => {
      const answer = await ask(server, "POST /api/keys", wish);
      if (answer.kind === "refused") return answer;
      const { secret, unknownScopes } = answer.body;
      return { kind: "made", key: viewOf(answer.body), secret: String(secret), unknownScopes: hinted(unknownScopes) };
    },
    list: async () => {
      const answer = await ask(server, "GET /api/keys");
      if (answer.kind === "refused") return answer;
      const { value } = answer.body;
      return { kind: "listed", keys: Array.isArray(value) ? value.map((each) => viewOf(fieldsOf(each))) : [] };
    },
    revoke: async (id) => {
      const answer = await ask(server, `DELETE /api/keys/${encodeURIComponent(id)}`);
      return answer.kind === "refused" ? answer : { kind: "revoked" };
    },
    close: async () => undefined,
  };
}

function viewOf(fields: Readonly<Record<string, unknown>>): KeyView {
  const { id, principal, roles, kind, scopes, createdAt, createdBy, expiresAt, revokedAt, revokedBy } = fields;
  return {
    id: String(id),
    principal: String(principal),
    roles: textsIn(roles),
    kind: String(kind),
    scopes: textsIn(scopes),
    createdAt: String(createdAt),
    createdBy: textOrNull(createdBy),
    expiresAt: textOrNull(expiresAt),
    revokedAt: textOrNull(revokedAt),
    revokedBy: textOrNull(revokedBy),
  };
}

function hinted(unknownScopes: unknown): readonly UnknownScope[] {
  if (!Array.isArray(unknownScopes)) return [];
  return unknownScopes.map(fieldsOf).map(({ scope, known }) => {
    const hint = didYouMean(String(scope), textsIn(known)) ?? "nothing is live";
    return { scope: String(scope), hint };
  });
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
