import { P256, publicPoint, signEcdsa } from '../../base/crypto/ecdsa';
import { bytesOfNumber, joined, numberOf } from '../../base/crypto/numbers';
import { sha2 } from '../../base/crypto/sha2';
import {
  contextTag,
  der,
  derBits,
  DerError,
  derInteger,
  derOid,
  DerReader,
  derTime,
  TAG,
  timeOf,
} from '../../base/der';
import { readPem, writePem } from '../../base/pem';
import { X509Error } from './keys';
import { alternativeNamesDer, commonNameDer } from './names';
import type { CertificateRequest } from './request';

/** Certificates of X.509, version 3, with extensions in the order in which crypto/x509 writes them. */

/** Who signs certificates: a name, a key, and how long it may. */
export interface Authority {
  readonly nameDer: Uint8Array;
  readonly secret: bigint;
  readonly keyId: Uint8Array;
  readonly notAfterMs: number;
  /** Its own certificate, in PEM. */
  readonly certificate: string;
}

export interface Validity {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** A day on which every cluster's authority was there already, and its ten years. */
const FOUNDED_MS = Date.UTC(2025, 0, 1);
const LIFE_MS = 3650 * 24 * 3_600_000;
const CRITICAL = der(TAG.boolean, Uint8Array.of(0xff));
const SIGNED_WITH = der(TAG.sequence, derOid('1.2.840.10045.4.3.2'));
const KEY_ID_BYTES = 20;

const KEY_USAGES: Readonly<Record<string, number>> = {
  signing: 0,
  'digital signature': 0,
  'content commitment': 1,
  'key encipherment': 2,
  'data encipherment': 3,
  'key agreement': 4,
  'cert sign': 5,
  'crl sign': 6,
  'encipher only': 7,
  'decipher only': 8,
};
const EXTENDED = '1.3.6.1.5.5.7.3.';
const EXTENDED_USAGES: Readonly<Record<string, string>> = {
  any: '2.5.29.37.0',
  'server auth': `${EXTENDED}1`,
  'client auth': `${EXTENDED}2`,
  'code signing': `${EXTENDED}3`,
  'email protection': `${EXTENDED}4`,
  's/mime': `${EXTENDED}4`,
  'ipsec end system': `${EXTENDED}5`,
  'ipsec tunnel': `${EXTENDED}6`,
  'ipsec user': `${EXTENDED}7`,
  timestamping: `${EXTENDED}8`,
  'ocsp signing': `${EXTENDED}9`,
  'microsoft sgc': '1.3.6.1.4.1.311.10.3.3',
  'netscape sgc': '2.16.840.1.113730.4.1',
};

const extension = (oid: string, value: Uint8Array, critical = false): Uint8Array =>
  der(TAG.sequence, derOid(oid), ...(critical ? [CRITICAL] : []), der(TAG.octets, value));

/** The first bit of a list is its first byte's highest. */
function keyUsageBits(places: readonly number[]): Uint8Array {
  const last = Math.max(...places);
  const bytes = new Uint8Array(Math.floor(last / 8) + 1);
  for (const place of places) bytes[place >> 3] = bytes[place >> 3]! | (0x80 >> (place & 7));
  return derBits(bytes, 7 - (last & 7));
}

interface Content {
  readonly serial: bigint;
  readonly issuerDer: Uint8Array;
  readonly subjectDer: Uint8Array;
  readonly keyDer: Uint8Array;
  readonly validity: Validity;
  readonly extensions: readonly Uint8Array[];
}

function signed(content: Content, secret: bigint): string {
  const { serial, issuerDer, subjectDer, keyDer, validity, extensions } = content;
  const times = der(TAG.sequence, derTime(validity.notBeforeMs), derTime(validity.notAfterMs));
  const body = der(
    TAG.sequence,
    der(contextTag(0), derInteger(2n)),
    derInteger(serial),
    SIGNED_WITH,
    issuerDer,
    times,
    subjectDer,
    keyDer,
    der(contextTag(3), der(TAG.sequence, ...extensions)),
  );
  const [r, s] = signEcdsa(sha2(body, 256), secret, P256, 256);
  const signature = derBits(der(TAG.sequence, derInteger(r), derInteger(s)));
  return writePem('CERTIFICATE', der(TAG.sequence, body, SIGNED_WITH, signature));
}

/** An authority of its own for each name: its key is a function of it, and so is its certificate. */
export function foundAuthority(seed: string, commonName = 'kubernetes'): Authority {
  const hash = sha2(new TextEncoder().encode(seed), 256);
  const secret = (numberOf(hash) % (P256.order - 1n)) + 1n;
  const point = publicPoint(secret, P256).map((part) => bytesOfNumber(part, 32));
  const keyBytes = joined(Uint8Array.of(4), ...point);
  const algorithm = der(TAG.sequence, derOid('1.2.840.10045.2.1'), derOid('1.2.840.10045.3.1.7'));
  const keyId = sha2(keyBytes, 256).slice(0, KEY_ID_BYTES);
  const nameDer = commonNameDer(commonName);
  const validity = { notBeforeMs: FOUNDED_MS, notAfterMs: FOUNDED_MS + LIFE_MS };
  const extensions = [
    extension('2.5.29.15', keyUsageBits([0, 2, 5]), true),
    extension('2.5.29.19', der(TAG.sequence, CRITICAL), true),
    extension('2.5.29.14', der(TAG.octets, keyId)),
    extension('2.5.29.17', der(TAG.sequence, der(contextTag(2, false), new TextEncoder().encode(commonName)))),
  ];
  const keyDer = der(TAG.sequence, algorithm, derBits(keyBytes));
  const serial = numberOf(hash.subarray(0, 8)) >> 1n;
  const content = { serial, issuerDer: nameDer, subjectDer: nameDer, keyDer, validity, extensions };
  return { nameDer, secret, keyId, notAfterMs: validity.notAfterMs, certificate: signed(content, secret) };
}

/** The certificate that a request asks for, in PEM. `serial` has at most 128 bits. */
export function issueCertificate(
  authority: Authority,
  request: CertificateRequest,
  usages: readonly string[],
  validity: Validity,
  serial: bigint,
): string {
  const places = usages.flatMap((usage) => KEY_USAGES[usage] ?? []);
  const extended = usages.flatMap((usage) => EXTENDED_USAGES[usage] ?? []);
  const names = alternativeNamesDer(request);
  const extensions = [
    ...(places.length > 0 ? [extension('2.5.29.15', keyUsageBits(places), true)] : []),
    ...(extended.length > 0 ? [extension('2.5.29.37', der(TAG.sequence, ...extended.map(derOid)))] : []),
    extension('2.5.29.19', der(TAG.sequence), true),
    extension('2.5.29.35', der(TAG.sequence, der(contextTag(0, false), authority.keyId))),
    ...(names ? [extension('2.5.29.17', names)] : []),
  ];
  const { subjectDer, keyDer } = request;
  const content = { serial, issuerDer: authority.nameDer, subjectDer, keyDer, validity, extensions };
  return signed(content, authority.secret);
}

/** Until when certificates in PEM are valid, in milliseconds since the Unix epoch. Throws X509Error. */
export function expiriesOf(pem: string): number[] {
  const found: number[] = [];
  for (let block = readPem(pem); block; block = readPem(block.rest)) {
    if (block.type !== 'CERTIFICATE')
      throw new X509Error(`only CERTIFICATE PEM blocks are allowed, found ${JSON.stringify(block.type)}`);
    if (block.hasHeaders) throw new X509Error('no PEM block headers are permitted');
    found.push(expiryOf(block.bytes));
  }
  if (found.length === 0) throw new X509Error('must contain at least one CERTIFICATE PEM block');
  return found;
}

function expiryOf(bytes: Uint8Array): number {
  try {
    const parts = new DerReader(bytes).within(TAG.sequence).within(TAG.sequence);
    if (parts.sees(contextTag(0))) parts.next();
    parts.next(TAG.integer);
    parts.next(TAG.sequence);
    parts.next(TAG.sequence);
    const times = parts.within(TAG.sequence);
    times.next();
    return timeOf(times.next());
  } catch (error) {
    if (error instanceof DerError) throw new X509Error('x509: malformed certificate');
    throw error;
  }
}
