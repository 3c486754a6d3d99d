import type { Command } from '../command';
import { CliError } from '../errors';
import { bool, text } from '../flags/flags';

export const kustomizeCommand: Command = {
  name: 'kustomize',
  usage: 'kustomize DIR',
  short: 'Build a kustomization target from a directory or URL',
  long: "Puts together what a folder's kustomization.yaml describes, and prints the objects. Without a folder, the current one.",
  examples: `  # The production variant of a model server
  kubectl kustomize overlays/production

  # The same, applied
  kubectl apply -k overlays/production`,
  flags: [
    text('output', 'File to write to.', { short: 'o' }),
    text('load-restrictor', 'LoadRestrictionsRootOnly: files are read below the folder only.', {
      default: 'LoadRestrictionsRootOnly',
      values: ['LoadRestrictionsRootOnly', 'LoadRestrictionsNone'],
    }),
    bool('enable-helm', 'Inflate Helm charts; not possible here.'),
  ],
  run: async ({ args, flags, io }) => {
    if (args.length > 1) throw new CliError('specify one path to kustomization.yaml');
    const restrictor = flags.text('load-restrictor');
    if (!['LoadRestrictionsRootOnly', 'LoadRestrictionsNone', ''].includes(restrictor)) {
      throw new CliError(
        `illegal flag value --load-restrictor ${restrictor}; legal values: [LoadRestrictionsRootOnly LoadRestrictionsNone]`,
      );
    }
    const { buildKustomization, kustomizationYaml } = await import('../kustomize/build');
    const yaml = kustomizationYaml(await buildKustomization(io, args[0] ?? '.'));
    const file = flags.text('output');
    if (file === '') return io.stdout(yaml);
    if (!io.writeFile) throw new CliError(`open ${file}: read-only file system`);
    io.writeFile(file, yaml);
  },
};
