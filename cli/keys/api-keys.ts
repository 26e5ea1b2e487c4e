/** The API keys of one tenant, wherever they are kept. */
import type { Refusal } from "../refusal.ts";

/** What may be shown of a key. */
export interface KeyView {
  readonly id: string;
  /** `Customer::"alice"`. */
  readonly principal: string;
  readonly roles: readonly string[];
  readonly kind: string;
  readonly scopes: readonly string[];
  readonly createdAt: string;
  /** The operator, as the principal; null where it was made in the store itself. */
  readonly createdBy: string | null;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  readonly revokedBy: string | null;
}

export interface KeyWish {
  readonly principal: string;
  readonly roles: readonly string[];
  readonly kind: "operator" | "caller";
  readonly scopes: readonly string[];
  /** RFC 3339, UTC. */
  readonly expiresAt?: string;
}

export interface ApiKeys {
  readonly kind: "keys";
  readonly create: (wish: KeyWish) => Promise<MadeKey | Refusal>;
  readonly list: () => Promise<{ readonly kind: "listed"; readonly keys: readonly KeyView[] } | Refusal>;
  readonly revoke: (id: string) => Promise<{ readonly kind: "revoked" } | Refusal>;
  readonly close: () => Promise<void>;
}

export interface MadeKey {
  readonly kind: "made";
  readonly key: KeyView;
  readonly secret: string;
  /** Scopes that name nothing of what is live; none where it is not known what is. */
  readonly unknownScopes: readonly UnknownScope[];
}

export interface UnknownScope {
  readonly scope: string;
  /** What may have been meant. */
  readonly hint: string;
}
