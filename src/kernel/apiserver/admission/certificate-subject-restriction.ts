import { forbidden } from '../../../api/status';
import { X509Error } from '../../../api/x509/keys';
import { tryRequest } from '../../../api/x509/request';
import { specOf, text } from '../validation/untyped';
import type { AdmissionPlugin } from './admission';

const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client';
const MASTERS = 'system:masters';

/** Nobody may ask to be one of those whom nothing is forbidden. Models plugin/pkg/admission/certificates/subjectrestriction. */
export const certificateSubjectRestriction: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  resources: ['certificatesigningrequests'],
  validate({ operation, object, resource }) {
    const spec = specOf(object);
    if (operation !== 'create' || spec['signerName'] !== CLIENT_SIGNER) return;
    const asked = tryRequest(text(spec['request']));
    if (asked instanceof X509Error || !asked.subject.organization.includes(MASTERS)) return;
    const why = `use of ${CLIENT_SIGNER} signer with ${MASTERS} group is not allowed`;
    throw forbidden(resource.row.group, resource.row.resource, object.metadata.name, why);
  },
};
