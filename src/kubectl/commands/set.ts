import type { Command } from '../command';
import { setEnvCommand } from './set/env';
import { setImageCommand } from './set/image';
import { setResourcesCommand } from './set/resources';
import { setSelectorCommand } from './set/selector';
import { setServiceAccountCommand } from './set/service-account';
import { setSubjectCommand } from './set/subject';

export const setCommand: Command = {
  name: 'set',
  usage: 'set SUBCOMMAND',
  short: 'Set specific features on objects',
  long: 'Configure application resources.\n\n These commands help you make changes to existing application resources.',
  commands: [
    setEnvCommand,
    setImageCommand,
    setResourcesCommand,
    setSelectorCommand,
    setServiceAccountCommand,
    setSubjectCommand,
  ],
};
