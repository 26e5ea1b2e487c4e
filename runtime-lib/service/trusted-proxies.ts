/** Identity headers: who is calling, as a proxy that is listed says it, and nobody else. */
import { BlockList, isIP } from "node:net";
import { defaultTenant } from "./api-keys.ts";
import type { Authenticate, Credentials, Identity } from "./call.ts";
import { parsePrincipal } from "./principal.ts";

/** `Customer::"alice"`, as Cedar spells it. */
export const principalHeader = "x-temperc-principal";
/** Role names with commas between them. */
export const rolesHeader = "x-temperc-roles";

const rolesMax = 256;

/** The blocks of addresses, or the sentence that says which text is none: `10.0.0.0/8`, `::1`, `192.168.1.7`. */
export function addressBlocks(texts: readonly string[]): BlockList | string {
  const blocks = new BlockList();
  for (const text of texts) {
    const [address = "", prefix, ...rest] = text.split("/");
    const family = familyOf(address);
    const bitsMax = family === "ipv4" ? 32 : 128;
    const bits = prefix === undefined ? bitsMax : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
    if (family === undefined || rest.length > 0 || !(bits <= bitsMax)) {
      return `${JSON.stringify(text)} is no address and no block of addresses such as 10.0.0.0/8`;
    }
    blocks.addSubnet(address, bits, family);
  }
  return blocks;
}

function familyOf(address: string): "ipv4" | "ipv6" | undefined {
  const version = isIP(address);
  return version === 0 ? undefined : version === 4 ? "ipv4" : "ipv6";
}

/** True for an address in the blocks, also where it is written as an IPv4 address within IPv6. */
export function isListed(blocks: BlockList, address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "");
  const family = familyOf(plain);
  return family !== undefined && blocks.check(plain, family);
}

/**
 * A listed proxy's identity headers are believed; it must take them from no one else. From any other address they are
 * refused, whatever else the request shows: whoever sends them expects them to mean something.
 */
export function proxyAuthenticator(blocks: BlockList | undefined, otherwise: Authenticate): Authenticate {
  return (credentials) => {
    if (!namesSomebody(credentials)) return otherwise(credentials);
    if (blocks === undefined || !isListed(blocks, credentials.remoteAddress)) return undefined;
    return identityFrom(credentials);
  };
}

/** Whether an identity header is among what a request shows. */
export function namesSomebody({ header }: Credentials): boolean {
  return header?.(principalHeader) !== undefined || header?.(rolesHeader) !== undefined;
}

function identityFrom({ header }: Credentials): Identity | undefined {
  const principal = parsePrincipal(header?.(principalHeader) ?? "");
  const tenant = header?.("x-tenant-id") ?? defaultTenant;
  const roles = (header?.(rolesHeader) ?? "").split(",").map((role) => role.trim());
  if (principal === undefined || roles.length > rolesMax) return undefined;
  return { principal: { ...principal, tenant, roles: roles.filter((role) => role !== "") }, kind: "caller" };
}
