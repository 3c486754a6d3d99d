import type { Info } from '../../cluster/info';
import type { Revision } from '../../cluster/rollout';
import { groupKind, hasRevisions, isDeployment, revisionsOf, selectWorkloads } from '../../cluster/rollout';
import type { Command } from '../../command';
import { Description } from '../../describers/description';
import { writePodTemplate } from '../../describers/pod-parts';
import { CliError } from '../../errors';
import { int64 } from '../../flags/flags';
import { FILENAME_FLAGS, SELECTOR_FLAG } from '../../flags/standard';
import type { JsonObject } from '../../format/json';
import { at, copyJson, setAt, textAt } from '../../format/json';
import { PRINT_FLAGS, structPrinterFor } from '../../printers/output';
import type { Session } from '../../session';

const CHANGE_CAUSE = 'kubernetes.io/change-cause';

export const rolloutHistoryCommand: Command = {
  name: 'history',
  completes: 'resources',
  usage: 'history (TYPE NAME | TYPE/NAME) [flags]',
  short: 'View rollout history',
  long: 'Lists the revisions of a workload, or shows the Pod template of one.',
  examples: `  kubectl rollout history deployment/model-server --revision=2`,
  flags: [
    int64('revision', 'Show the Pod template of this revision.'),
    SELECTOR_FLAG,
    ...FILENAME_FLAGS,
    ...PRINT_FLAGS,
  ],
  run: history,
};

async function history(session: Session): Promise<void> {
  const { flags } = session;
  const revision = flags.number('revision');
  if (revision < 0) throw new CliError(`revision must be a positive integer: ${revision}`);
  const selection = await selectWorkloads(session);
  const asObjects = flags.changed('output') ? structPrinterFor(flags, session.io, '') : undefined;
  await selection.visit(async (info) => {
    if (!isDeployment(info) && !hasRevisions(info))
      throw new CliError(`no history viewer has been implemented for "${groupKind(info)}"`);
    const { revisions } = await revisionsOf(session, info);
    const sorted = byNumber(revisions);
    if (asObjects) {
      const wanted = revision > 0 ? [revisionNumbered(sorted, revision)] : sorted;
      for (const one of wanted) asObjects.print(one.object, session.out);
      return;
    }
    const text = historyText(info, sorted, revision);
    const operation = `${revision > 0 ? `with revision #${revision}` : ''}\n${text}`;
    structPrinterFor(flags, session.io, operation).print(info.object ?? {}, session.out);
  });
}

/** Later holders of the same number win. */
function byNumber(revisions: readonly Revision[]): Revision[] {
  const byNumber = new Map(revisions.map((one) => [one.number, one]));
  return [...byNumber.values()].sort((left, right) => left.number - right.number);
}

function revisionNumbered(revisions: readonly Revision[], number: number): Revision {
  const found = revisions.find((one) => one.number === number);
  if (!found) throw new CliError('unable to find the specified revision');
  return found;
}

function historyText(info: Info, revisions: readonly Revision[], number: number): string {
  if (revisions.length === 0) return 'No rollout history found.';
  if (number > 0) return templateText(info, revisionNumbered(revisions, number));
  const description = new Description();
  description.line(0, 'REVISION\tCHANGE-CAUSE');
  for (const one of revisions) {
    description.line(0, `${one.number}\t${causeOf(one.holder) || '<none>'}`);
  }
  return description.toString();
}

const causeOf = (object: JsonObject): string => textAt(object, 'metadata', 'annotations', CHANGE_CAUSE);

function templateText(info: Info, revision: Revision): string {
  const holder: JsonObject = copyJson({ spec: { template: at(revision.object, 'spec', 'template') ?? {} } });
  const cause = isDeployment(info) ? causeOf(revision.holder) : '';
  if (cause !== '') setAt(holder, cause, 'spec', 'template', 'metadata', 'annotations', CHANGE_CAUSE);
  const description = new Description(true);
  writePodTemplate(description, at(holder, 'spec', 'template'));
  return description.toString();
}
