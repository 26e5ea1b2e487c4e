/** What an entity knows of one of its streams: a text as its value, while the bytes are elsewhere. */

/** What stands at a stream. */
export interface MediaStamp {
  /** SHA-256 of the bytes, base64url without padding. */
  readonly hash: string;
  readonly bytes: number;
  /** The `Content-Type` that it was sent with. */
  readonly type: string;
}

/** The stamp as the value of a property: `<hash>;<bytes>;<type>`. */
export function mediaText({ hash, bytes, type }: MediaStamp): string {
  return `${hash};${bytes};${type}`;
}

/** The stamp that the text is of; undefined for any other value. */
export function mediaStamp(value: unknown): MediaStamp | undefined {
  const [, hash, bytes, type] = typeof value === "string" ? (/^([\w-]+);(\d+);(.+)$/s.exec(value) ?? []) : [];
  if (hash === undefined || bytes === undefined || type === undefined) return undefined;
  return { hash, bytes: Number(bytes), type };
}
