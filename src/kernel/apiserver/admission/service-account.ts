import { nextName } from '../../../base/random';
import { withFields } from '../../../base/state';
import type { Container, Pod, PodSpec, ServiceAccount, Volume } from '../../../api/objects';
import { forbidden } from '../../../api/status';
import { each } from '../defaults/fill';
import type { AdmissionPlugin } from './admission';

const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const MIRROR = 'kubernetes.io/config.mirror';
/** An hour and seven seconds: the kubelet renews the token in time. */
const TOKEN_SECONDS = 3607;

/** Models plugin/pkg/admission/serviceaccount: every Pod has an account and a token of it. */
export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  resources: ['pods'],
  admit({ operation, namespace, name, object }, core) {
    const pod = object as Pod;
    if (operation !== 'create' || pod.metadata.annotations?.[MIRROR]) return object;
    const accountName = pod.spec.serviceAccountName || pod.spec.serviceAccount || 'default';
    const account = core.store.get('serviceaccounts', `${namespace}/${accountName}`) as ServiceAccount | undefined;
    if (!account) {
      const why = `error looking up service account ${namespace}/${accountName}: serviceaccount "${accountName}" not found`;
      throw forbidden('', 'pods', name, why);
    }
    const spec = withAccount(pod.spec, account);
    if ((spec.automountServiceAccountToken ?? account.automountServiceAccountToken) === false) return { ...pod, spec };
    return { ...pod, spec: withToken(spec, () => `kube-api-access-${nextName(core.state.random, 5)}`) };
  },
};

function withAccount(spec: PodSpec, account: ServiceAccount): PodSpec {
  const { name } = account.metadata;
  const named = withFields(spec, { serviceAccountName: name, serviceAccount: name });
  const secrets = account.imagePullSecrets;
  return secrets?.length && !spec.imagePullSecrets?.length ? { ...named, imagePullSecrets: secrets } : named;
}

/** Mounts the token wherever nothing is mounted at its path. */
function withToken(spec: PodSpec, newName: () => string): PodSpec {
  const isFree = (container: Container): boolean =>
    !container.volumeMounts?.some((mount) => mount.mountPath === MOUNT_PATH);
  const init = (spec.initContainers ?? []) as Container[];
  if (![...(spec.containers ?? []), ...init].some(isFree)) return spec;
  const name = newName();
  const mount = Object.freeze({ name, readOnly: true, mountPath: MOUNT_PATH });
  const mounted = (container: Container): Container =>
    isFree(container) ? { ...container, volumeMounts: (container.volumeMounts ?? []).concat(mount) } : container;
  return withFields(spec, {
    containers: each(spec.containers ?? [], mounted),
    ...(spec.initContainers ? { initContainers: each(init, mounted) as NonNullable<PodSpec['initContainers']> } : {}),
    volumes: (spec.volumes ?? []).concat(tokenVolume(name)),
  });
}

const TOKEN_SOURCE: NonNullable<Volume['projected']> = Object.freeze({
  defaultMode: 0o644,
  sources: [
    { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    {
      downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] },
    },
  ],
});

function tokenVolume(name: string): Volume {
  return { name, projected: TOKEN_SOURCE };
}
