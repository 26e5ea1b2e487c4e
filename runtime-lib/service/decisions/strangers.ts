/** Credentials that nobody is known by: counted as they come and recorded now and then, so that no stranger keeps the store busy. */
import type { Authenticate, Credentials, Identity } from "../call.ts";
import { principalHeader, rolesHeader } from "../trusted-proxies.ts";

/** What was shown in vain. */
type CredentialKind = "api-key" | "token" | "identity-header" | "other";

export interface RefusedCredential {
  readonly kind: CredentialKind;
  readonly because: string;
  /** Where the last of them came from. */
  readonly address: string;
  readonly times: number;
}

export interface StrangersOptions {
  readonly record: (refused: RefusedCredential) => Promise<void>;
  readonly onInternalError: (error: unknown) => void;
  readonly everyMs: number;
}

interface Counted {
  times: number;
  address: string;
}

const why: Readonly<Record<CredentialKind, string>> = {
  "api-key": "no such key is in force",
  token: "no listed issuer has signed it for this service, or it is over",
  "identity-header": "who is calling is in a header from listed proxies only",
  other: "this is no key and no token",
};

export class Strangers {
  readonly #options: StrangersOptions;
  readonly #counted = new Map<CredentialKind, Counted>();
  readonly #recording = new Set<Promise<void>>();
  readonly #closing: Promise<void>;
  #close: () => void = () => undefined;

  constructor(options: StrangersOptions) {
    this.#options = options;
    this.#closing = new Promise((resolve) => {
      this.#close = resolve;
    });
  }

  /** The same callers are known. */
  watching(authenticate: Authenticate): Authenticate {
    const seen = (credentials: Credentials, identity: Identity | undefined): Identity | undefined => {
      if (identity === undefined) this.#note(credentials);
      return identity;
    };
    return (credentials) => {
      const known = authenticate(credentials);
      return known instanceof Promise
        ? known.then((identity) => seen(credentials, identity))
        : seen(credentials, known);
    };
  }

  #note(credentials: Credentials): void {
    const kind = kindOf(credentials);
    if (kind === undefined) return;
    const address = credentials.remoteAddress;
    const counted = this.#counted.get(kind);
    if (counted !== undefined) {
      counted.times += 1;
      counted.address = address;
      return;
    }
    const first = { times: 1, address };
    this.#counted.set(kind, first);
    const recording = this.#recordFrom(kind, first).catch(this.#options.onInternalError);
    this.#recording.add(recording);
    void recording.finally(() => this.#recording.delete(recording));
  }

  /** At once, and then as long as more have come in each pause. */
  async #recordFrom(kind: CredentialKind, counted: Counted): Promise<void> {
    try {
      while (counted.times > 0) {
        const { times, address } = counted;
        counted.times = 0;
        await this.#options.record({ kind, because: why[kind], address, times });
        await this.#pause();
      }
    } finally {
      this.#counted.delete(kind);
    }
  }

  #pause(): Promise<void> {
    const over = new Promise<void>((resolve) => {
      setTimeout(resolve, this.#options.everyMs).unref();
    });
    return Promise.race([over, this.#closing]);
  }

  /** Resolves when what has come is recorded. */
  async close(): Promise<void> {
    this.#close();
    await Promise.all(this.#recording);
  }
}

/** Undefined where nothing was shown: to come without a credential is to try nothing. */
function kindOf({ authorization, header }: Credentials): CredentialKind | undefined {
  if (header?.(principalHeader) !== undefined || header?.(rolesHeader) !== undefined) return "identity-header";
  if (authorization === undefined) return undefined;
  if (/^Bearer +tk_/i.test(authorization)) return "api-key";
  return /^Bearer +[\w-]+\.[\w-]+\.[\w-]*$/i.test(authorization) ? "token" : "other";
}
