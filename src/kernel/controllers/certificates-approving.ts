import { readRequest } from '../../api/x509/request';
import { Controller, type ControllerParts } from '../machinery/controller';
import { KUBELET_CLIENT, kubeletClientFault, signingCondition, withSigningCondition } from './certificate-rules';

/**
 * Approves what kubelets ask for to speak to the API server. Models pkg/controller/certificates/approver sarapprove.go, where
 * whoever asks may do so: the authoriser of this cluster forbids nothing.
 */
export class CertificateApprovingController extends Controller {
  constructor(parts: ControllerParts) {
    super('certificatesigningrequest-approving-controller', parts, {});
    parts.informers.on('certificatesigningrequests', (event) => {
      if (event.type !== 'DELETED') this.enqueue(event.key, event);
    });
  }

  protected override reconcile(name: string): void {
    const request = this.parts.informers.byKey('certificatesigningrequests', name);
    if (!request || request.status.certificate || request.spec.signerName !== KUBELET_CLIENT) return;
    if (signingCondition(request, 'Approved') || signingCondition(request, 'Denied')) return;
    const asked = readRequest(request.spec.request);
    if (kubeletClientFault(asked, request.spec.usages ?? []) !== undefined) return;
    const own = request.spec.username === asked.subject.commonName ? 'self ' : '';
    const message = `Auto approving ${own}kubelet client certificate after SubjectAccessReview.`;
    const approved = withSigningCondition(request, { type: 'Approved', reason: 'AutoApproved', message });
    this.parts.client.updateStatus('certificatesigningrequests', approved);
  }
}
