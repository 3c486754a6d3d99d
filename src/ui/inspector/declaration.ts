import type { ApiClient } from '../../api/client';
import type { JsonMap } from '../../api/json';
import { readObject } from './live-object.svelte';
import { templatePath } from './origins';
import { controllerOf, mapAt, textAt } from './reading';
import { resourceOfKind, type Subject } from './subjects';

/** What an object is to be, and who says so. */
export interface Declaration {
  value: JsonMap;
  by: string;
}

/** What was declared of an object: by the last `kubectl apply`, or by the template of the controller that owns it. */
export async function declarationOf(
  client: ApiClient,
  subject: Subject,
  object: JsonMap,
  applied: JsonMap,
): Promise<Declaration | undefined> {
  if (Object.keys(applied).length > 0) return { value: applied, by: 'the last kubectl apply' };
  const reference = controllerOf(object);
  if (!reference) return undefined;
  const [kind, name] = [textAt(reference, 'kind'), textAt(reference, 'name')];
  const { namespace } = subject;
  const owner = await readObject(client, { resource: resourceOfKind(kind), namespace, name });
  const by = `the template of ${kind} ${name}`;
  if (kind === 'CronJob') return { value: { spec: mapAt(owner, 'spec', 'jobTemplate', 'spec') }, by };
  const template = mapAt(owner, ...templatePath(kind));
  if (Object.keys(template).length === 0) return undefined;
  if (subject.resource !== 'pods') return { value: { spec: { template } }, by };
  const { labels, annotations } = mapAt(template, 'metadata');
  const metadata = { ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) };
  return { value: { metadata, spec: mapAt(template, 'spec') }, by };
}
