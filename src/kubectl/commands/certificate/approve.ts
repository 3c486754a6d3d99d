import { CERTIFICATE_FLAGS, judgeRequests } from '../../cluster/certificate-requests';
import type { Command } from '../../command';

export const certificateApproveCommand: Command = {
  name: 'approve',
  usage: 'approve (-f FILENAME | NAME)',
  short: 'Approve a certificate signing request',
  examples: `  # Let a request be signed
  kubectl certificate approve csr-gpu-node`,
  flags: CERTIFICATE_FLAGS,
  run: (session) =>
    judgeRequests(session, {
      condition: 'Approved',
      opposite: 'Denied',
      reason: 'KubectlApprove',
      message: 'This CSR was approved by kubectl certificate approve.',
      word: 'approved',
    }),
};
