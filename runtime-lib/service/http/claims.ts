/** Headers by which somebody may hope to be somebody else, or to ask something else than the request line says: none of them means anything here. */

const claims: ReadonlySet<string> = new Set([
  ...["x-principal", "x-principal-id", "x-principal-type", "x-principal-kind"],
  ...["x-temper-principal", "x-temper-principal-id", "x-temper-principal-kind", "x-temper-agent-type"],
  ...["x-user", "x-user-id", "x-username", "x-forwarded-user", "x-remote-user", "x-authenticated-user"],
  ...["x-agent", "x-agent-id", "x-agent-type", "x-role", "x-roles", "x-groups", "x-kind", "x-operator", "x-admin"],
  ...["x-http-method", "x-http-method-override", "x-method-override", "x-original-url", "x-rewrite-url"],
]);

export function isClaim(name: string): boolean {
  return claims.has(name);
}

/** The name of the first of them among the headers as they were sent. Cheap where there is none: this is on every request. */
export function claimIn(rawHeaders: readonly string[]): string | undefined {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const sent = rawHeaders[index] ?? "";
    // `x-`, in whichever case: most headers end here.
    if (sent.charCodeAt(1) !== 45 || (sent.charCodeAt(0) | 32) !== 120) continue;
    const name = sent.toLowerCase();
    if (claims.has(name)) return name;
  }
  return undefined;
}
