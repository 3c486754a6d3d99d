import { CERTIFICATE_FLAGS, judgeRequests } from '../../cluster/certificate-requests';
import type { Command } from '../../command';

export const certificateDenyCommand: Command = {
  name: 'deny',
  usage: 'deny (-f FILENAME | NAME)',
  short: 'Deny a certificate signing request',
  examples: `  # Refuse a request
  kubectl certificate deny csr-gpu-node`,
  flags: CERTIFICATE_FLAGS,
  run: (session) =>
    judgeRequests(session, {
      condition: 'Denied',
      opposite: 'Approved',
      reason: 'KubectlDeny',
      message: 'This CSR was denied by kubectl certificate deny.',
      word: 'denied',
    }),
};
