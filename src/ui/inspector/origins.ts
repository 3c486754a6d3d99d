import type { ApiClient } from '../../api/client';
import type { JsonMap } from '../../api/json';
import type { FieldPath } from '../editor/yaml-spans';
import { readObject } from './live-object.svelte';
import { controllerOf, textAt } from './reading';
import { resourceOfKind, type Subject } from './subjects';

/** An object whose manifest says what a Pod is to be, and the path at which it does; empty for the Pod's own. */
export interface Origin {
  kind: string;
  namespace: string;
  name: string;
  path: FieldPath;
}

/** Where a kind that makes others keeps what they are to be. */
export function templatePath(kind: string): FieldPath {
  return kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec', 'template'] : ['spec', 'template'];
}

/** Pod, Job, CronJob; Pod, ReplicaSet, Deployment: no chain of controllers is longer. */
const MOST_OWNERS = 3;

/** The Pod itself, then what made it, then what made that. */
export async function originsOf(client: ApiClient, pod: Subject, object: JsonMap): Promise<Origin[]> {
  const { namespace } = pod;
  const origins: Origin[] = [{ kind: 'Pod', namespace, name: pod.name, path: [] }];
  let owned: JsonMap | undefined = object;
  while (owned && origins.length <= MOST_OWNERS) {
    const owner = controllerOf(owned);
    if (!owner) break;
    const [kind, name] = [textAt(owner, 'kind'), textAt(owner, 'name')];
    origins.push({ kind, namespace, name, path: templatePath(kind) });
    owned = await readObject(client, { resource: resourceOfKind(kind), namespace, name });
  }
  return origins;
}
