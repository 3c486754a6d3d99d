import type { CertificateSigningRequest } from '../../api/objects';
import type { CertificateRequest } from '../../api/x509/request';

/** Models pkg/apis/certificates helpers.go and pkg/controller/certificates/signer: what each signer signs. */

export const KUBELET_CLIENT = 'kubernetes.io/kube-apiserver-client-kubelet';

/** What is wrong with a request; undefined where nothing is. */
type Rule = (request: CertificateRequest, usages: readonly string[]) => string | undefined;

const NODES = 'system:nodes';
const NODE_PREFIX = 'system:node:';
const NOT_A_NODE = 'subject common name does not begin with system:node:';

const isOfNodes = ({ subject }: CertificateRequest): boolean =>
  subject.organization.length === 1 && subject.organization[0] === NODES;

/** Kubelets with keys that encipher nothing need not say so. */
function usagesFault(usages: readonly string[], required: readonly string[]): string | undefined {
  const asked = [...new Set(usages)].filter((usage) => usage !== 'key encipherment').sort();
  const fits = asked.join() === required.filter((usage) => usage !== 'key encipherment').join();
  return fits ? undefined : `usages did not match [${required.join(' ')}]`;
}

const kubeletServing: Rule = (request, usages) => {
  if (!isOfNodes(request)) return 'subject organization is not system:nodes';
  if (request.dnsNames.length === 0 && request.ipAddresses.length === 0) return 'DNS or IP subjectAltName is required';
  if (request.emailAddresses.length > 0) return 'Email subjectAltNames are not allowed';
  if (request.uris.length > 0) return 'URI subjectAltNames are not allowed';
  const fault = usagesFault(usages, ['digital signature', 'key encipherment', 'server auth']);
  return fault ?? (request.subject.commonName.startsWith(NODE_PREFIX) ? undefined : NOT_A_NODE);
};

export const kubeletClientFault: Rule = (request, usages) => {
  if (!isOfNodes(request)) return 'subject organization is not system:nodes';
  if (request.dnsNames.length > 0) return 'DNS subjectAltNames are not allowed';
  if (request.emailAddresses.length > 0) return 'Email subjectAltNames are not allowed';
  if (request.ipAddresses.length > 0) return 'IP subjectAltNames are not allowed';
  if (request.uris.length > 0) return 'URI subjectAltNames are not allowed';
  if (!request.subject.commonName.startsWith(NODE_PREFIX)) return NOT_A_NODE;
  return usagesFault(usages, ['client auth', 'digital signature', 'key encipherment']);
};

const apiServerClient: Rule = (_request, usages) => {
  const known = ['client auth', 'digital signature', 'key encipherment'];
  const other = usages.find((usage) => !known.includes(usage));
  if (other !== undefined) return `invalid usage for client certificate: ${other}`;
  return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth';
};

/** The signers of kube-controller-manager. */
export const SIGNERS: Readonly<Record<string, Rule>> = {
  'kubernetes.io/kubelet-serving': kubeletServing,
  [KUBELET_CLIENT]: kubeletClientFault,
  'kubernetes.io/kube-apiserver-client': apiServerClient,
  'kubernetes.io/legacy-unknown': () => undefined,
};

export type SigningConditionType = 'Approved' | 'Denied' | 'Failed';
type Condition = NonNullable<CertificateSigningRequest['status']['conditions']>[number];

export function signingCondition(
  { status }: CertificateSigningRequest,
  type: SigningConditionType,
): Condition | undefined {
  return status.conditions?.find((condition) => condition.type === type);
}

/** The request with one condition more. */
export function withSigningCondition(
  request: CertificateSigningRequest,
  condition: { readonly type: SigningConditionType; readonly reason: string; readonly message: string },
): CertificateSigningRequest {
  const conditions = [...(request.status.conditions ?? []), { ...condition, status: 'True' }];
  return { ...request, status: { ...request.status, conditions } };
}
