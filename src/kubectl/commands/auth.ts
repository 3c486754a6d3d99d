import type { Command } from '../command';
import { authCanICommand } from './auth/can-i';
import { authReconcileCommand } from './auth/reconcile';
import { authWhoamiCommand } from './auth/whoami';

export const authCommand: Command = {
  name: 'auth',
  usage: 'auth',
  short: 'Inspect authorization',
  commands: [authCanICommand, authReconcileCommand, authWhoamiCommand],
};
