import { describe, expect, test } from 'vitest';
import type { Json } from '../../../api/objects';
import { foundAuthority } from '../../../api/x509/certificate';
import { JANE, MASTERS, NODE } from '../../../api/x509/requests.rig';
import { Rig } from '../api-server.rig';

const REQUESTS = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const CERTIFICATE = btoa(foundAuthority('test').certificate);
const spec = { request: btoa(JANE), signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] };
const named = (rest: object): Json => ({ metadata: { name: 'r' }, spec, ...rest }) as Json;
const condition = (type: string, rest: object = {}): object => ({ type, status: 'True', reason: 'T', ...rest });
const conditions = (...types: string[]): object => ({ status: { conditions: types.map((type) => condition(type)) } });
const INVALID = '422 CertificateSigningRequest.certificates.k8s.io "r" is invalid: ';

/** A server with the request, decided as said. */
function withRequest(...types: string[]): Rig {
  const rig = new Rig();
  expect(rig.ask('POST', REQUESTS, named({})).code).toBe(201);
  if (types.length > 0) expect(rig.say('PUT', `${REQUESTS}/r/approval`, named(conditions(...types)))).toMatch(/^200/);
  return rig;
}

const LABEL = "regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?'";

describe('created', () => {
  test.each<[spec: object, ...why: string[]]>([
    [{ request: btoa('text') }, 'PEM block type must be CERTIFICATE REQUEST'],
    [{ request: btoa(NODE.replace('h2DT', 'h2DU')) }, 'spec.request: Invalid value: ', 'ECDSA verification failure'],
    [{ usages: [] }, 'spec.usages: Required value'],
    [{ usages: ['client auth', 'flying'] }, 'spec.usages[1]: Unsupported value: "flying": supported values: "any",'],
    [{ usages: ['client auth', 'client auth'] }, 'spec.usages[1]: Duplicate value: "client auth"'],
    [{ signerName: '' }, 'spec.signerName: Required value'],
    [
      { signerName: 'plain' },
      '"plain": must be a fully qualified domain and path of the form \'example.com/signer-name\'',
    ],
    [{ signerName: 'a.b/c/d' }, '"a.b/c/d": must be a fully qualified domain and path'],
    [{ signerName: 'a/b' }, '"a": should be a domain with at least two segments separated by dots'],
    [{ signerName: 'A.b/c' }, 'spec.signerName: Invalid value: "A.b": validating label "A": a lowercase', LABEL],
    [{ signerName: 'a.b/c_' }, 'spec.signerName: Invalid value: "c_": validating label "c_": a lowercase RFC 1123 sub'],
    [{ signerName: 'kubernetes.io/legacy-unknown' }, 'the legacy signerName is not allowed via this API version'],
    [{ expirationSeconds: 599 }, 'expirationSeconds: Invalid value: 599: may not specify a duration less than 600'],
  ])('with %j is refused', (rest, ...why) => {
    const answer = new Rig().say('POST', REQUESTS, named({ spec: { ...spec, ...rest } }));
    for (const words of [INVALID, ...why]) expect(answer).toContain(words);
  });

  test('by somebody who wants to be a master is refused', () => {
    const answer = new Rig().say('POST', REQUESTS, named({ spec: { ...spec, request: btoa(MASTERS) } }));
    const why = 'use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed';
    expect(answer).toBe(`403 certificatesigningrequests.certificates.k8s.io "r" is forbidden: ${why}`);
  });

  test('has its requestor from the server, and any name', () => {
    const rig = new Rig();
    const sent = {
      metadata: { name: 'system:node:N' },
      spec: { ...spec, username: 'me', uid: 'x' },
      ...conditions('Approved'),
    };
    const { body } = rig.ask('POST', REQUESTS, sent as unknown as Json);
    const { username, groups, uid } = (body as unknown as { spec: Record<string, unknown> }).spec;
    expect([username, groups, uid]).toEqual([
      'kubernetes-admin',
      ['system:masters', 'system:authenticated'],
      undefined,
    ]);
    expect(body).toHaveProperty('status', {});
  });
});

describe('changed', () => {
  const FORBIDDEN = 'status.conditions: Forbidden: updates may not';
  test.each<[about: string, from: string[], path: string, body: object, answer: string]>([
    ['its spec stays', [], '', { spec: { ...spec, usages: ['any'] } }, '200 CertificateSigningRequest'],
    ['by itself it is not decided', [], '', conditions('Approved'), '200 CertificateSigningRequest'],
    ['once', ['Approved'], '/approval', conditions('Approved'), '200 CertificateSigningRequest'],
    ['other conditions are welcome', [], '/approval', conditions('Mine', 'Approved'), '200 CertificateSigningRequest'],
    ['not back', ['Approved'], '/approval', conditions(), `${FORBIDDEN} remove a condition of type "Approved"`],
    [
      'not both ways',
      [],
      '/approval',
      conditions('Approved', 'Denied'),
      'status.conditions: Invalid value: "Denied": Approved and Denied conditions are mutually exclusive',
    ],
    ['not twice', [], '/approval', conditions('Failed', 'Failed'), 'conditions[1].type: Duplicate value: "Failed"'],
    ['with a type', [], '/approval', conditions(''), 'status.conditions[0].type: Required value'],
    [
      'not half',
      [],
      '/approval',
      { status: { conditions: [condition('Denied', { status: 'False' })] } },
      'status.conditions[0].status: Unsupported value: "False": supported values: "True"',
    ],
    [
      'with a status',
      [],
      '/approval',
      { status: { conditions: [condition('Mine', { status: 'Perhaps' })] } },
      'status.conditions[0].status: Unsupported value: "Perhaps": supported values: "False", "True", "Unknown"',
    ],
    ['not by its status', [], '/status', conditions('Denied'), `${FORBIDDEN} add a condition of type "Denied"`],
    [
      'not in other words',
      ['Approved'],
      '/status',
      { status: { conditions: [condition('Approved', { reason: 'Other' })] } },
      `${FORBIDDEN} modify a condition of type "Approved"\n@@ -2,7 +2,7 @@\n`,
    ],
    ['failing', [], '/status', conditions('Failed'), '200 CertificateSigningRequest'],
    [
      'no certificate by approval',
      [],
      '/approval',
      { status: { certificate: CERTIFICATE } },
      '200 CertificateSigningRequest',
    ],
    ['a certificate', [], '/status', { status: { certificate: CERTIFICATE } }, '200 CertificateSigningRequest'],
    [
      'a certificate that is none',
      [],
      '/status',
      { status: { certificate: btoa('no') } },
      'status.certificate: Invalid value: "<certificate data>": must contain at least one CERTIFICATE PEM block',
    ],
  ])('%s', (_about, from, path, body, answer) => {
    expect(withRequest(...from).say('PUT', `${REQUESTS}/r${path}`, named(body))).toContain(answer);
  });

  test('each door takes what is its own', () => {
    const rig = withRequest();
    const stored = (): object => rig.ask('GET', `${REQUESTS}/r`).body as object;
    rig.ask('PUT', `${REQUESTS}/r`, named({ spec: { ...spec, usages: ['any'] }, ...conditions('Approved') }));
    rig.ask('PUT', `${REQUESTS}/r/approval`, named({ status: { certificate: CERTIFICATE } }));
    expect(stored()).toMatchObject({ spec: { usages: ['client auth'] }, status: {} });
    expect(stored()).not.toHaveProperty('status.certificate');
    rig.ask('PUT', `${REQUESTS}/r/approval`, named(conditions('Approved')));
    const [approved] = (stored() as { status: { conditions: object[] } }).status.conditions;
    expect(approved).toEqual({
      type: 'Approved',
      status: 'True',
      reason: 'T',
      lastUpdateTime: rig.clock.time,
      lastTransitionTime: rig.clock.time,
    });
    const issued = { status: { conditions: [approved], certificate: CERTIFICATE } };
    expect(rig.say('PUT', `${REQUESTS}/r/status`, named(issued))).toBe('200 CertificateSigningRequest');
    const other = { status: { ...issued.status, certificate: btoa(foundAuthority('other').certificate) } };
    expect(rig.say('PUT', `${REQUESTS}/r/status`, named(other))).toContain(
      'status.certificate: Forbidden: updates may not modify existing certificate content',
    );
  });
});
