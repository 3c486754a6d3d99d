import type { Command } from '../command';
import { annotateCommand } from './annotate';
import { applyCommand } from './apply';
import { cordonCommand } from './cordon';
import { createCommand } from './create';
import { deleteCommand } from './delete';
import { describeCommand } from './describe';
import { drainCommand } from './drain';
import { eventsCommand } from './events';
import { getCommand } from './get';
import { labelCommand } from './label';
import { logsCommand } from './logs';
import { replaceCommand } from './replace';
import { scaleCommand } from './scale';
import { taintCommand } from './taint';
import { uncordonCommand } from './uncordon';

/** Every command, by name. */
export const COMMANDS: readonly Command[] = [
  annotateCommand,
  applyCommand,
  cordonCommand,
  createCommand,
  deleteCommand,
  describeCommand,
  drainCommand,
  eventsCommand,
  getCommand,
  labelCommand,
  logsCommand,
  replaceCommand,
  scaleCommand,
  taintCommand,
  uncordonCommand,
];
