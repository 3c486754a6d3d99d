import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import type { CertificateSigningRequest } from '../../api/objects';
import { JANE, NODE, SERVING } from '../../api/x509/requests.rig';
import type { ControllerRig } from '../machinery/controller.rig';
import { withSigningCondition, type SigningConditionType } from './certificate-rules';
import { newRig } from './controllers.rig';

const HOUR_MS = 3_600_000;
const CLIENT = 'kubernetes.io/kube-apiserver-client';
const KUBELET = 'kubernetes.io/kube-apiserver-client-kubelet';
const SERVER = 'kubernetes.io/kubelet-serving';

function ask(rig: ControllerRig, pem: string, signerName: string, usages: string[], more: object = {}): void {
  const spec = { request: btoa(pem), signerName, usages, ...more };
  rig.create('certificatesigningrequests', {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name: 'r' },
    spec,
  });
  rig.run(200);
}

function decide(rig: ControllerRig, type: SigningConditionType): void {
  const decided = withSigningCondition(stored(rig)!, { type, reason: 'Test', message: '' });
  rig.client.updateStatus('certificatesigningrequests', decided);
  rig.run(200);
}

const stored = (rig: ControllerRig): CertificateSigningRequest | undefined =>
  rig.client.get('certificatesigningrequests', '', 'r');
const conditions = (rig: ControllerRig): string[] =>
  stored(rig)?.status.conditions?.map(({ type, reason, message }) => `${type} ${reason}: ${message}`) ?? [];
const certificate = (rig: ControllerRig): X509Certificate | undefined => {
  const { certificate: pem } = stored(rig)?.status ?? {};
  return pem ? new X509Certificate(atob(pem)) : undefined;
};

test('what was approved is signed by the authority that Pods trust', () => {
  const rig = newRig();
  ask(rig, JANE, CLIENT, ['client auth', 'digital signature']);
  expect([conditions(rig), certificate(rig)]).toEqual([[], undefined]);
  const approvedMs = Math.floor(rig.clock.epochNowMs / 1000) * 1000;
  decide(rig, 'Approved');
  const signed = certificate(rig)!;
  const trusted = rig.get('configmaps', 'kube-root-ca.crt')!.data!['ca.crt']!;
  expect(signed.verify(new X509Certificate(trusted).publicKey)).toBe(true);
  expect([signed.subject, signed.issuer]).toEqual(['O=dev\nCN=jane', 'CN=kubernetes']);
  expect(Date.parse(signed.validFrom)).toBe(approvedMs - 5 * 60_000);
  expect(Date.parse(signed.validTo)).toBe(approvedMs + 365 * 24 * HOUR_MS - 5 * 60_000);
});

test('the same seed signs the same, another one with another key', () => {
  const signed = [1, 1, 2].map((seed) => {
    const rig = newRig(seed);
    ask(rig, JANE, CLIENT, ['client auth']);
    decide(rig, 'Approved');
    return stored(rig)?.status.certificate;
  });
  expect(signed[0]).toBe(signed[1]);
  expect(signed[2]).not.toBe(signed[0]);
});

test.each<[asked: number, validSeconds: number]>([
  [3600, 3600],
  [600, 600],
  [8 * 3600, 8 * 3600 - 300],
  [400 * 24 * 3600, 365 * 24 * 3600 - 300],
])('%i seconds asked are valid for %i', (expirationSeconds, seconds) => {
  const rig = newRig();
  ask(rig, JANE, CLIENT, ['client auth'], { expirationSeconds });
  decide(rig, 'Approved');
  const { validFrom, validTo } = certificate(rig)!;
  expect((Date.parse(validTo) - Date.parse(validFrom)) / 1000).toBe(seconds + 300);
});

const KUBELET_USAGES = ['digital signature', 'client auth'];

test.each<[name: string, pem: string, signer: string, usages: string[], outcome: string]>([
  ['a kubelet', NODE, KUBELET, KUBELET_USAGES, 'Auto approving kubelet client certificate after SubjectAccessReview.'],
  ['a kubelet with RSA', NODE, KUBELET, [...KUBELET_USAGES, 'key encipherment'], 'AutoApproved'],
  ['with other usages', NODE, KUBELET, ['client auth'], 'nothing'],
  ['of somebody else', JANE, KUBELET, KUBELET_USAGES, 'nothing'],
  ['with a name beside its own', SERVING, KUBELET, KUBELET_USAGES, 'nothing'],
  ['a kubelet that serves', SERVING, SERVER, ['digital signature', 'server auth'], 'nothing'],
])('%s is approved by itself: %#', (_name, pem, signer, usages, outcome) => {
  const rig = newRig();
  ask(rig, pem, signer, usages);
  if (outcome === 'nothing') expect(conditions(rig)).toEqual([]);
  else expect(conditions(rig).join()).toContain(outcome);
  expect(certificate(rig) !== undefined).toBe(outcome !== 'nothing');
});

test.each<[pem: string, signer: string, usages: string[], message: string]>([
  [JANE, CLIENT, ['server auth'], 'invalid usage for client certificate: server auth'],
  [JANE, CLIENT, ['digital signature'], 'missing required usage for client certificate: client auth'],
  [JANE, KUBELET, KUBELET_USAGES, 'subject organization is not system:nodes'],
  [SERVING, KUBELET, KUBELET_USAGES, 'DNS subjectAltNames are not allowed'],
  [NODE, SERVER, ['server auth'], 'DNS or IP subjectAltName is required'],
  [SERVING, SERVER, ['server auth'], 'usages did not match [digital signature key encipherment server auth]'],
])('%# what a signer does not sign fails', (pem, signer, usages, message) => {
  const rig = newRig();
  ask(rig, pem, signer, usages);
  decide(rig, 'Approved');
  expect(conditions(rig)).toContain(`Failed SignerValidationFailure: ${message}`);
  expect(certificate(rig)).toBeUndefined();
});

test.each<[name: string, signer: string, decision: SigningConditionType | undefined]>([
  ['what was denied', CLIENT, 'Denied'],
  ['what others sign', 'example.com/mine', 'Approved'],
  ['what nobody decided', CLIENT, undefined],
])('%s stays unsigned', (_name, signer, decision) => {
  const rig = newRig();
  ask(rig, JANE, signer, ['client auth']);
  if (decision) decide(rig, decision);
  rig.run(10_000);
  expect([certificate(rig), conditions(rig).length]).toEqual([undefined, decision ? 1 : 0]);
});

test.each<[name: string, decisions: SigningConditionType[], signer: string, hours: number]>([
  ['issued', ['Approved'], CLIENT, 2],
  ['denied', ['Denied'], CLIENT, 2],
  ['failed', ['Approved', 'Failed'], 'example.com/mine', 2],
  ['pending', [], CLIENT, 25],
  ['approved for somebody who does not sign', ['Approved'], 'example.com/mine', Infinity],
])('what is %s is there until it is looked over after its time', (_name, decisions, signer, hours) => {
  const rig = newRig();
  ask(rig, JANE, signer, ['client auth']);
  for (const decision of decisions) decide(rig, decision);
  const leftMs = (hours === Infinity ? 48 : hours) * HOUR_MS - rig.clock.nowMs;
  rig.run(leftMs - 1000);
  expect(stored(rig)).toBeDefined();
  rig.run(2000);
  expect(stored(rig) !== undefined).toBe(hours === Infinity);
});
