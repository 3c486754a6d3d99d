import type { Command } from '../command';
import { alphaCommand } from './alpha';
import { annotateCommand } from './annotate';
import { apiResourcesCommand } from './api-resources';
import { apiVersionsCommand } from './api-versions';
import { applyCommand } from './apply';
import { attachCommand } from './attach';
import { authCommand } from './auth';
import { autoscaleCommand } from './autoscale';
import { certificateCommand } from './certificate';
import { clusterInfoCommand } from './cluster-info';
import { completionCommand } from './completion';
import { configCommand } from './config';
import { cordonCommand } from './cordon';
import { cpCommand } from './cp';
import { createCommand } from './create';
import { debugCommand } from './debug';
import { deleteCommand } from './delete';
import { describeCommand } from './describe';
import { diffCommand } from './diff';
import { drainCommand } from './drain';
import { editCommand } from './edit';
import { eventsCommand } from './events';
import { execCommand } from './exec';
import { explainCommand } from './explain';
import { exposeCommand } from './expose';
import { getCommand } from './get';
import { kustomizeCommand } from './kustomize';
import { labelCommand } from './label';
import { logsCommand } from './logs';
import { optionsCommand } from './options';
import { patchCommand } from './patch';
import { pluginCommand } from './plugin';
import { portForwardCommand } from './port-forward';
import { proxyCommand } from './proxy';
import { replaceCommand } from './replace';
import { rolloutCommand } from './rollout';
import { runCommand } from './run';
import { scaleCommand } from './scale';
import { setCommand } from './set';
import { taintCommand } from './taint';
import { topCommand } from './top';
import { uncordonCommand } from './uncordon';
import { versionCommand } from './version';
import { waitCommand } from './wait';

/** Every command, by name. */
export const COMMANDS: readonly Command[] = [
  alphaCommand,
  annotateCommand,
  apiResourcesCommand,
  apiVersionsCommand,
  applyCommand,
  attachCommand,
  authCommand,
  autoscaleCommand,
  certificateCommand,
  clusterInfoCommand,
  completionCommand,
  configCommand,
  cordonCommand,
  cpCommand,
  createCommand,
  debugCommand,
  deleteCommand,
  describeCommand,
  diffCommand,
  drainCommand,
  editCommand,
  eventsCommand,
  execCommand,
  explainCommand,
  exposeCommand,
  getCommand,
  kustomizeCommand,
  labelCommand,
  logsCommand,
  optionsCommand,
  patchCommand,
  pluginCommand,
  portForwardCommand,
  proxyCommand,
  replaceCommand,
  rolloutCommand,
  runCommand,
  scaleCommand,
  setCommand,
  taintCommand,
  topCommand,
  uncordonCommand,
  versionCommand,
  waitCommand,
];
