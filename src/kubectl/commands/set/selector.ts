import { labelSelectorOf } from '../../cluster/equality-selector';
import { SET_FLAGS, editObjects, selectForEdit } from '../../cluster/template-edit';
import type { Command } from '../../command';
import { CliError } from '../../errors';
import { text } from '../../flags/flags';
import { goValue } from '../../format/go-text';
import { setAt, textAt } from '../../format/json';
import type { Session } from '../../session';

export const setSelectorCommand: Command = {
  name: 'selector',
  completes: 'resources',
  usage: 'selector (-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version]',
  short: 'Set the selector on a resource',
  long: 'Replaces the selector of a Service.',
  examples: `  kubectl set selector service/model-server app=model-server,track=canary`,
  flags: [
    ...SET_FLAGS.filter((flag) => flag.name !== 'selector'),
    text('resource-version', 'Only if the object has this version.'),
  ],
  run: setSelector,
};

async function setSelector(session: Session): Promise<void> {
  const expression = session.args.at(-1);
  if (expression === undefined) throw new CliError('one selector is required');
  const { matchLabels = {}, matchExpressions } = labelSelectorOf(expression);
  const infos = await selectForEdit(session, session.args.slice(0, -1));
  const version = session.flags.text('resource-version');
  await editObjects(session, infos, {
    word: 'selector updated',
    failure: '',
    always: true,
    change: (object) => {
      if (textAt(object, 'kind') !== 'Service') throw new CliError('setting a selector is only supported for Services');
      if (matchExpressions !== undefined)
        throw new CliError(`match expression ${goValue(matchExpressions)} not supported on this object`);
      setAt(object, matchLabels, 'spec', 'selector');
      if (version !== '') setAt(object, version, 'metadata', 'resourceVersion');
    },
  });
}
