import type { Json } from '../../api/objects';
import { asError, ServerError } from '../errors';
import { listAt, textAt } from '../format/json';
import type { Session } from '../session';
import { describerWithoutEvents } from './describer';
import { longTime } from './description';
import { writeLimitRanges } from './limit-range';
import { writeQuotas } from './quota';

/** Models pkg/describe NamespaceDescriber. */
export const describeNamespace = describerWithoutEvents(async (description, namespace, session) => {
  const name = textAt(namespace, 'metadata', 'name');
  const quotas = await listOf(session, name, 'resourcequotas');
  const ranges = await listOf(session, name, 'limitranges');
  description.heading(namespace, false);
  description.labelsAndAnnotations(namespace);
  description.field('Status', textAt(namespace, 'status', 'phase'));
  const conditions = listAt(namespace, 'status', 'conditions');
  if (conditions.length > 0) {
    description.line(0, 'Conditions:');
    description.line(1, 'Type\tStatus\tLastTransitionTime\tReason\tMessage');
    description.line(1, '----\t------\t------------------\t------\t-------');
    for (const condition of conditions) {
      const time = longTime(textAt(condition, 'lastTransitionTime'));
      const [type, status, reason, message] = ['type', 'status', 'reason', 'message'].map((field) =>
        textAt(condition, field),
      );
      description.line(1, [type, status, time, reason, message].join('\t'));
    }
  }
  if (quotas) {
    description.write(0, '\n');
    writeQuotas(description, quotas);
  }
  if (ranges) {
    description.write(0, '\n');
    writeLimitRanges(description, ranges);
  }
});

/** What a namespace holds of a resource; undefined where the server does not know it. */
async function listOf(session: Session, namespace: string, resource: string): Promise<Json[] | undefined> {
  try {
    return listAt(
      await session.rest.json('GET', `/api/v1/namespaces/${encodeURIComponent(namespace)}/${resource}`),
      'items',
    );
  } catch (thrown) {
    const error = asError(thrown);
    if (error instanceof ServerError && error.reason === 'NotFound') return undefined;
    throw error;
  }
}
