import ipaddr from 'ipaddr.js';

/** Bits of an IPv6 address that say whose it is: the others somebody draws as they like (RFC 6177). */
const IPV6_NETWORK_BYTES = 8;

/** What is counted as one address: an IPv4 address, or an IPv6 network of 64 bits. Anything else as it is. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${Buffer.from(parsed.toByteArray().slice(0, IPV6_NETWORK_BYTES)).toString('hex')}/64`;
}
