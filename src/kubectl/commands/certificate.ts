import type { Command } from '../command';
import { certificateApproveCommand } from './certificate/approve';
import { certificateDenyCommand } from './certificate/deny';

export const certificateCommand: Command = {
  name: 'certificate',
  usage: 'certificate SUBCOMMAND',
  short: 'Modify certificate resources',
  helpOnly: true,
  commands: [certificateApproveCommand, certificateDenyCommand],
};
