import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { expiriesOf, foundAuthority, issueCertificate } from './certificate';
import { X509Error } from './keys';
import { readRequest, tryRequest } from './request';
import { JANE, MASTERS, NODE, SERVING } from './requests.rig';

const authority = foundAuthority('test');
const DAY_MS = 86_400_000;
const validity = { notBeforeMs: Date.UTC(2026, 0, 1), notAfterMs: Date.UTC(2026, 0, 1) + DAY_MS };

test.each<[name: string, pem: string, key: string, commonName: string, organization: string]>([
  ['RSA', JANE, 'RSA', 'jane', 'dev'],
  ['P-256', NODE, 'ECDSA', 'system:node:node-1', 'system:nodes'],
  ['P-384', SERVING, 'ECDSA', 'system:node:node-1', 'system:nodes'],
  ['Ed25519', MASTERS, 'Ed25519', 'root', 'system:masters'],
])('a request by openssl with a key of %s is read', (_name, pem, kind, commonName, organization) => {
  const request = readRequest(btoa(pem));
  expect([request.key.kind, request.subject]).toEqual([kind, { commonName, organization: [organization] }]);
});

test('the names beside the subject are read', () => {
  expect(readRequest(btoa(SERVING))).toMatchObject({
    dnsNames: ['node-1'],
    ipAddresses: [Uint8Array.of(10, 0, 0, 4)],
  });
  expect(readRequest(btoa(MASTERS))).toMatchObject({ emailAddresses: ['a@b.c'], uris: ['spiffe://x/y'] });
});

const wrapped = (base64: string): string =>
  `-----BEGIN CERTIFICATE REQUEST-----\n${base64}\n-----END CERTIFICATE REQUEST-----\n`;
/** The request with one letter of its base64 changed. */
const changed = (pem: string, from: string, to: string): string => {
  expect(pem).toContain(from);
  return pem.replace(from, to);
};

test.each<[text: string, why: string]>([
  ['', 'PEM block type must be CERTIFICATE REQUEST'],
  [JANE.replaceAll('CERTIFICATE REQUEST', 'CERTIFICATE'), 'PEM block type must be CERTIFICATE REQUEST'],
  [wrapped('MIIB'), 'asn1: syntax error: truncated tag or length'],
  [wrapped('MAoC'), 'asn1: syntax error: data truncated'],
  [JANE.replace('3I/e', '3I/'), 'PEM block type must be CERTIFICATE REQUEST'],
  [changed(JANE, '3I/e0z6P', '3I/e0z6Q'), 'crypto/rsa: verification error'],
  [changed(NODE, 'h2DT', 'h2DU'), 'x509: ECDSA verification failure'],
])('%.60s is refused: %s', (text, why) => {
  expect(tryRequest(btoa(text))).toEqual(new X509Error(why));
});

describe('a certificate', () => {
  const usages = ['digital signature', 'key encipherment', 'server auth', 'client auth'];

  test.each<[string, string]>([
    ['RSA', JANE],
    ['P-256', NODE],
    ['P-384', SERVING],
    ['Ed25519', MASTERS],
  ])('for a key of %s is one to OpenSSL, by the authority', (_name, pem) => {
    const made = issueCertificate(authority, readRequest(btoa(pem)), usages, validity, 77n);
    const certificate = new X509Certificate(made);
    const root = new X509Certificate(authority.certificate);
    expect(certificate.checkIssued(root)).toBe(true);
    expect(certificate.verify(root.publicKey)).toBe(true);
    expect(certificate.ca).toBe(false);
    expect([certificate.issuer, certificate.serialNumber]).toEqual(['CN=kubernetes', '4D']);
    expect(Date.parse(certificate.validTo)).toBe(validity.notAfterMs);
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
    expect(made).toBe(issueCertificate(authority, readRequest(btoa(pem)), usages, validity, 77n));
    expect(expiriesOf(made + authority.certificate)).toEqual([validity.notAfterMs, authority.notAfterMs]);
  });

  test('has the names of its request', () => {
    const made = issueCertificate(authority, readRequest(btoa(SERVING)), usages, validity, 2n ** 127n);
    const { subject, subjectAltName } = new X509Certificate(made);
    expect(subject).toBe('O=system:nodes\nCN=system:node:node-1');
    expect(subjectAltName).toBe('DNS:node-1, IP Address:10.0.0.4');
  });

  test('of an authority is signed by itself, and another for each name', () => {
    const root = new X509Certificate(authority.certificate);
    expect([root.ca, root.verify(root.publicKey), root.checkIssued(root)]).toEqual([true, true, true]);
    expect(foundAuthority('other').certificate).not.toBe(authority.certificate);
  });

  test.each([
    ['', 'must contain at least one CERTIFICATE PEM block'],
    [JANE, 'only CERTIFICATE PEM blocks are allowed, found "CERTIFICATE REQUEST"'],
    [
      JANE.replaceAll('CERTIFICATE REQUEST', 'CERTIFICATE').replace('-\n', '-\na: b\n\n'),
      'no PEM block headers are permitted',
    ],
    ['-----BEGIN CERTIFICATE-----\nMAoC\n-----END CERTIFICATE-----\n', 'x509: malformed certificate'],
  ])('%.50s is none: %s', (pem, why) => {
    expect(() => expiriesOf(pem)).toThrow(new X509Error(why));
  });
});
