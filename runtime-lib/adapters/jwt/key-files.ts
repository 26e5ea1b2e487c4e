/** The keys of an issuer in a file: read again when the file has changed, so that keys can be rotated. */
import { readFile, stat } from "node:fs/promises";

type Jose = typeof import("jose");
type Keys = ReturnType<Jose["createLocalJWKSet"]>;

/** The key that a token names, as `jose` asks for it. */
export type KeyOf = (...asked: Parameters<Keys>) => ReturnType<Keys>;

const lookedAtEveryMs = 5_000;

/** Rejects where the file cannot be read or is no JSON Web Key Set; one that becomes so later leaves the earlier keys in use. */
export async function fileKeys(jose: Jose, path: string): Promise<KeyOf> {
  let changedAt = (await stat(path)).mtimeMs;
  let keys = await readKeys(jose, path);
  let lookedAt = performance.now();
  const renew = async (): Promise<void> => {
    lookedAt = performance.now();
    const { mtimeMs } = await stat(path);
    if (mtimeMs === changedAt) return;
    keys = await readKeys(jose, path);
    changedAt = mtimeMs;
  };
  return async (header, token) => {
    if (performance.now() - lookedAt >= lookedAtEveryMs) await renew().catch(() => undefined);
    return keys(header, token);
  };
}

async function readKeys(jose: Jose, path: string): Promise<Keys> {
  const text = await readFile(path, "utf8");
  try {
    return jose.createLocalJWKSet(JSON.parse(text));
  } catch (error) {
    throw new Error(`${path} is no JSON Web Key Set (RFC 7517)`, { cause: error });
  }
}
