/** The API keys of one tenant, wherever they are kept. */
import type { Refusal } from "../refusal.ts";

/** What may be shown of a key. */
export interface KeyView {
  readonly id: string;
  /** `Customer::"alice"`. */
  readonly principal: string;
  readonly roles: readonly string[];
  readonly kind: string;
  readonly createdAt: string;
  readonly revokedAt: string | null;
}

export interface KeyWish {
  readonly principal: string;
  readonly roles: readonly string[];
  readonly kind: "operator" | "caller";
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
}
