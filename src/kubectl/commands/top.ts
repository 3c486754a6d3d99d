import type { Command } from '../command';
import { topNodeCommand } from './top/node';
import { topPodCommand } from './top/pod';

export const topCommand: Command = {
  name: 'top',
  usage: 'top',
  short: 'Display resource (CPU/memory) usage',
  long: 'Display resource (CPU/memory) usage of nodes or pods. It needs the Metrics API.',
  commands: [topNodeCommand, topPodCommand],
};
