/** Cedar's `ipaddr` extension: IPv4 and IPv6 addresses, and ranges of them in CIDR notation. */
import { extensionFailure, typeFailure } from "./failure.ts";
import { cedarString } from "./operators.ts";
import type { CedarIp, CedarTerm } from "./term.ts";

/** `ip("10.0.0.0/8")`. Fails where the text is neither an address nor a range. */
export function cedarIp(term: CedarTerm): CedarIp {
  const text = cedarString(term);
  const ip = read(text);
  if (ip === undefined) throw extensionFailure("ipaddr", `invalid IP address: ${text}`);
  return ip;
}

/** The longest spelling of an address with its prefix. */
const lengthMax = 43;

function read(text: string): CedarIp | undefined {
  if (text.length > lengthMax) return undefined;
  const slash = text.indexOf("/");
  const host = slash < 0 ? text : text.slice(0, slash);
  const version = host.includes(":") ? 6 : 4;
  const address = version === 6 ? address6(host) : address4(host);
  const prefix = slash < 0 ? bitsOf(version) : prefixOf(text.slice(slash + 1), bitsOf(version));
  return address === undefined || prefix === undefined ? undefined : { kind: "ipaddr", version, address, prefix };
}

function bitsOf(version: 4 | 6): number {
  return version === 4 ? 32 : 128;
}

function prefixOf(text: string, max: number): number | undefined {
  if (!/^(0|[1-9][0-9]{0,2})$/.test(text)) return undefined;
  return Number(text) <= max ? Number(text) : undefined;
}

function address4(text: string): bigint | undefined {
  const octets = text.split(".");
  if (octets.length !== 4 || !octets.every((octet) => /^(0|[1-9][0-9]{0,2})$/.test(octet) && Number(octet) <= 255))
    return undefined;
  return octets.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
}

/** Eight groups; `::` stands for one or more that are zero, once. */
function address6(text: string): bigint | undefined {
  const halves = text.split("::");
  const [head = [], tail] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const count = head.length + (tail?.length ?? 0);
  if (halves.length > 2 || (tail === undefined ? count !== 8 : count > 7)) return undefined;
  const groups = [...head, ...new Array<string>(8 - count).fill("0"), ...(tail ?? [])];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return groups.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

export function cedarIsIpv4(term: CedarTerm): boolean {
  return ip(term).version === 4;
}

export function cedarIsIpv6(term: CedarTerm): boolean {
  return ip(term).version === 6;
}

const loopback4: CedarIp = { kind: "ipaddr", version: 4, address: 127n << 24n, prefix: 8 };
const loopback6: CedarIp = { kind: "ipaddr", version: 6, address: 1n, prefix: 128 };
const multicast4: CedarIp = { kind: "ipaddr", version: 4, address: 224n << 24n, prefix: 4 };
const multicast6: CedarIp = { kind: "ipaddr", version: 6, address: 0xffn << 120n, prefix: 8 };

export function cedarIsLoopback(term: CedarTerm): boolean {
  const range = ip(term);
  return isWithin(range, range.version === 4 ? loopback4 : loopback6);
}

export function cedarIsMulticast(term: CedarTerm): boolean {
  const range = ip(term);
  return isWithin(range, range.version === 4 ? multicast4 : multicast6);
}

export function cedarIsInRange(left: CedarTerm, right: CedarTerm): boolean {
  const [range, other] = [ip(left), ip(right)];
  return isWithin(range, other);
}

function isWithin(range: CedarIp, other: CedarIp): boolean {
  if (range.version !== other.version || range.prefix < other.prefix) return false;
  const rest = BigInt(bitsOf(other.version) - other.prefix);
  return range.address >> rest === other.address >> rest;
}

function ip(term: CedarTerm): CedarIp {
  if (typeof term === "object" && term.kind === "ipaddr") return term;
  throw typeFailure(["ipaddr"], term);
}
