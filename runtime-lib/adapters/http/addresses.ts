/** Which network addresses belong to the public internet, and which to this machine and the networks round it. */
import { BlockList, isIP } from "node:net";

/** Special-purpose ranges of IPv4 (IANA registry, RFC 6890): this host, private, shared, link-local, test, multicast, reserved. */
const blockedIpv4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];

/** Of IPv6 only global unicast is public; within it, what leads to IPv4 by tunnel or is for documentation is not. */
const publicIpv6: readonly [string, number] = ["2000::", 3];
const blockedIpv6: readonly (readonly [string, number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

const blocked = new BlockList();
for (const [network, prefix] of blockedIpv4) blocked.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of blockedIpv6) blocked.addSubnet(network, prefix, "ipv6");
const global = new BlockList();
global.addSubnet(...publicIpv6, "ipv6");

/** False for an address that is not public, and for what is no address. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !blocked.check(address, "ipv4");
    case 6:
      return global.check(address, "ipv6") && !blocked.check(address, "ipv6");
    default:
      return false;
  }
}
