import { contextTag, DerError, DerReader, oidOf, TAG } from '../../base/der';
import { readPem } from '../../base/pem';
import { checkSignature, readPublicKey, X509Error, type PublicKey } from './keys';
import { readAlternativeNames, readName, type AlternativeNames, type DistinguishedName } from './names';

/** A request for a certificate (PKCS #10). */
export interface CertificateRequest extends AlternativeNames {
  readonly subject: DistinguishedName;
  readonly subjectDer: Uint8Array;
  readonly key: PublicKey;
  readonly keyDer: Uint8Array;
}

const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';
const ALTERNATIVE_NAME = '2.5.29.17';
const NO_NAMES: AlternativeNames = { dnsNames: [], emailAddresses: [], ipAddresses: [], uris: [] };

/** Reads a request out of `spec.request`, and checks that its signature is its key's. Throws X509Error. */
export function readRequest(base64: string): CertificateRequest {
  const block = readPem(pemOf(base64));
  if (block?.type !== 'CERTIFICATE REQUEST') throw new X509Error('PEM block type must be CERTIFICATE REQUEST');
  try {
    return parse(block.bytes);
  } catch (error) {
    if (error instanceof DerError) throw new X509Error(error.message);
    throw error;
  }
}

/** The request, or what is wrong with it. */
export function tryRequest(base64: string): CertificateRequest | X509Error {
  try {
    return readRequest(base64);
  } catch (error) {
    if (error instanceof X509Error) return error;
    throw error;
  }
}

function pemOf(base64: string): string {
  try {
    return atob(base64);
  } catch {
    return '';
  }
}

function parse(bytes: Uint8Array): CertificateRequest {
  const outer = new DerReader(bytes);
  const whole = outer.within(TAG.sequence);
  if (!outer.done) throw new DerError('asn1: syntax error: trailing data');
  const signed = whole.next(TAG.sequence);
  const algorithm = oidOf(whole.within(TAG.sequence).next(TAG.oid));
  const signature = whole.next(TAG.bits).content.subarray(1);
  const parts = new DerReader(signed.content);
  parts.next(TAG.integer);
  const subject = parts.next(TAG.sequence);
  const { whole: keyDer } = parts.next(TAG.sequence);
  const key = readPublicKey(keyDer);
  const names = parts.sees(contextTag(0)) ? requestedNames(parts.within(contextTag(0))) : NO_NAMES;
  checkSignature(algorithm, signed.whole, signature, key);
  return { subject: readName(new DerReader(subject.content)), subjectDer: subject.whole, key, keyDer, ...names };
}

function requestedNames(attributes: DerReader): AlternativeNames {
  while (!attributes.done) {
    const attribute = attributes.within(TAG.sequence);
    if (oidOf(attribute.next(TAG.oid)) !== EXTENSION_REQUEST) continue;
    const extensions = attribute.within(TAG.set).within(TAG.sequence);
    while (!extensions.done) {
      const extension = extensions.within(TAG.sequence);
      const name = oidOf(extension.next(TAG.oid));
      if (extension.sees(TAG.boolean)) extension.next();
      if (name === ALTERNATIVE_NAME) return readAlternativeNames(extension.next(TAG.octets).content);
    }
  }
  return NO_NAMES;
}
