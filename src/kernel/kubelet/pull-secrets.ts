import type { KubeletCore } from './core';
import type { PodRecord } from './state';

/** Says which of the secrets for pulling are not there; the pull is tried all the same. Models getPullSecretsForPod. */
export function sayMissingPullSecrets(core: KubeletCore, record: PodRecord): void {
  const wanted = record.pod.spec.imagePullSecrets;
  if (!wanted?.length || !core.online) return;
  const missing = wanted
    .map(({ name = '' }) => name)
    .filter((name) => name !== '' && !core.parts.client.get('secrets', record.namespace, name));
  if (missing.length === 0) return;
  const message = `Unable to retrieve some image pull secrets (${missing.join(', ')}); attempting to pull the image may not succeed.`;
  core.podEvent(record, 'Warning', 'FailedToRetrieveImagePullSecret', message);
}
