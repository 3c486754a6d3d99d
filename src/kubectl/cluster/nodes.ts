import { parseLabelSelector, SelectorError } from '../../api/label-selector';
import { patchSchemaOf } from '../apply/patch-schema';
import { twoWayStrategicPatch } from '../apply/three-way';
import { asError, CliError, usageError } from '../errors';
import { at, copyJson, isObject, setAt } from '../format/json';
import { structPrinterFor } from '../printers/output';
import type { Session } from '../session';
import { withDryRun } from '../session';
import type { Info } from './info';
import { select } from './select';
import { patchObject } from './writes';

/** The nodes that cordon, uncordon and drain work on. Throws for a wrong command line. */
export async function nodesOf(session: Session, usage: string): Promise<Info[]> {
  const { flags, args } = session;
  const selector = flags.text('selector');
  if (args.length === 0 && !flags.changed('selector')) throw usageError(session.commandPath, `USAGE: ${usage} [flags]`);
  if (args.length > 0 && selector !== '') {
    throw usageError(session.commandPath, 'error: cannot specify both a node name and a --selector option');
  }
  session.dryRun();
  checkPodSelector(flags.text('pod-selector'));
  const selection = await select(session, {
    namespace: session.namespace,
    nameType: 'nodes',
    args,
    ...(selector ? { types: ['nodes'], labelSelector: selector } : {}),
    singleType: true,
    flatten: true,
  });
  const { infos, error } = await selection.infos();
  if (error) throw error;
  const other = infos.find((info) => info.mapping.resource !== 'nodes');
  if (other) throw new CliError(`error: expected resource of type node, got "${other.mapping.resource}"`);
  return infos;
}

function checkPodSelector(selector: string): void {
  try {
    parseLabelSelector(selector);
  } catch (thrown) {
    if (!(thrown instanceof SelectorError)) throw thrown;
    throw new CliError('--pod-selector=<pod_selector> must be a valid label selector');
  }
}

/** Makes nodes unschedulable, or schedulable again, and says so. Models RunCordonOrUncordon. */
export async function setSchedulable(session: Session, infos: readonly Info[], cordon: boolean): Promise<void> {
  const word = cordon ? 'cordon' : 'uncordon';
  const dryRun = session.dryRun();
  for (const info of infos) {
    const node = info.object ?? {};
    const operation = withDryRun(
      (at(node, 'spec', 'unschedulable') === true) === cordon ? `already ${word}ed` : `${word}ed`,
      dryRun,
    );
    try {
      if (!operation.startsWith('already') && dryRun !== 'client') {
        const wanted = copyJson(node);
        if (cordon) setAt(wanted, true, 'spec', 'unschedulable');
        else if (isObject(wanted['spec'])) delete wanted['spec']['unschedulable'];
        const patch = twoWayStrategicPatch(node, wanted, patchSchemaOf('v1', 'Node') ?? { field: {} });
        await patchObject(session.rest, info, 'strategic', patch, { dryRun });
      }
      structPrinterFor(session.flags, session.io, operation).print(node, session.out);
    } catch (thrown) {
      session.printError(`error: unable to ${word} node "${info.name}": ${asError(thrown).message}\n`);
    }
  }
}
