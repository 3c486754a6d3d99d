import type { Command } from '../command';
import { CliError } from '../errors';
import { text } from '../flags/flags';

const NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

export const kustomizeCommand: Command = {
  name: 'kustomize',
  usage: 'kustomize DIR',
  short: 'Build a kustomization target from a directory or URL',
  flags: [text('output', 'File to write to.', { short: 'o' })],
  run: async ({ args, io }) => {
    const [folder = '.'] = args;
    if (args.length > 1) throw new CliError('specify one path to kustomization.yaml');
    const prefix = folder === '.' ? '' : `${folder.replace(/\/+$/, '')}/`;
    if (!NAMES.some((name) => io.readFile(prefix + name) !== undefined)) {
      throw new CliError(
        `unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${folder}'`,
      );
    }
    throw new CliError('kustomizations are not built here: apply the files themselves');
  },
};
