import { joined } from '../../base/crypto/numbers';
import { contextTag, der, derOid, DerReader, oidOf, TAG } from '../../base/der';

/** Who a certificate is about: a distinguished name, and other names beside it. */

export interface DistinguishedName {
  readonly commonName: string;
  readonly organization: readonly string[];
}

export interface AlternativeNames {
  readonly dnsNames: readonly string[];
  readonly emailAddresses: readonly string[];
  /** As many bytes each as an address has. */
  readonly ipAddresses: readonly Uint8Array[];
  readonly uris: readonly string[];
}

const COMMON_NAME = '2.5.4.3';
const ORGANIZATION = '2.5.4.10';
const DNS = contextTag(2, false);
const EMAIL = contextTag(1, false);
const IP = contextTag(7, false);
const URI = contextTag(6, false);

const utf8 = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Throws DerError. */
export function readName(name: DerReader): DistinguishedName {
  let commonName = '';
  const organization: string[] = [];
  while (!name.done) {
    const together = name.within(TAG.set);
    while (!together.done) {
      const attribute = together.within(TAG.sequence);
      const type = oidOf(attribute.next(TAG.oid));
      const value = utf8(attribute.next().content);
      if (type === COMMON_NAME) commonName = value;
      else if (type === ORGANIZATION) organization.push(value);
    }
  }
  return { commonName, organization };
}

/** A name that is a common name. */
export function commonNameDer(name: string): Uint8Array {
  const value = der(TAG.printable, new TextEncoder().encode(name));
  return der(TAG.sequence, der(TAG.set, der(TAG.sequence, derOid(COMMON_NAME), value)));
}

/** Throws DerError. */
export function readAlternativeNames(bytes: Uint8Array): AlternativeNames {
  const all = new DerReader(bytes).within(TAG.sequence);
  const names = { dnsNames: [], emailAddresses: [], ipAddresses: [], uris: [] } as {
    dnsNames: string[];
    emailAddresses: string[];
    ipAddresses: Uint8Array[];
    uris: string[];
  };
  while (!all.done) {
    const { tag, content } = all.next();
    if (tag === DNS) names.dnsNames.push(utf8(content));
    else if (tag === EMAIL) names.emailAddresses.push(utf8(content));
    else if (tag === IP) names.ipAddresses.push(content);
    else if (tag === URI) names.uris.push(utf8(content));
  }
  return names;
}

/** In the order of crypto/x509; undefined where there is none. */
export function alternativeNamesDer(names: AlternativeNames): Uint8Array | undefined {
  const texts = (tag: number, list: readonly string[]): Uint8Array[] =>
    list.map((text) => der(tag, new TextEncoder().encode(text)));
  const all = [
    ...texts(DNS, names.dnsNames),
    ...texts(EMAIL, names.emailAddresses),
    ...names.ipAddresses.map((address) => der(IP, address)),
    ...texts(URI, names.uris),
  ];
  return all.length === 0 ? undefined : der(TAG.sequence, joined(...all));
}
