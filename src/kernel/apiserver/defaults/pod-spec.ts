import type { Container, PodSpec, Probe, Volume } from '../../../api/objects';
import { withoutDisabled } from './disabled-fields';
import { each, fill, within } from './fill';
import { imageTag } from './image-name';

/** Models pkg/apis/core/v1 SetDefaults_PodSpec and what lies below it. */

type Env = NonNullable<Container['env']>[number];
type Port = NonNullable<Container['ports']>[number];
type Lifecycle = NonNullable<Container['lifecycle']>;
type Handler = NonNullable<Lifecycle['postStart']>;
type HttpGet = NonNullable<Probe['httpGet']>;
type Projected = NonNullable<Volume['projected']>;
type DownwardItem = NonNullable<NonNullable<Volume['downwardAPI']>['items']>[number];
type FieldRef = NonNullable<DownwardItem['fieldRef']>;
type AmountRef = NonNullable<DownwardItem['resourceFieldRef']>;
type Containers = PodSpec['containers'];

const FILE_MODE = 0o644;
const TOKEN_SECONDS = 3600;

/** The defaults of a Pod's spec; also of one in a template. */
export function defaultPodSpec(spec: PodSpec): PodSpec {
  let next = withAccount(withoutDisabled(fill(spec, POD_SPEC)));
  next = within(next, 'containers', defaultContainers);
  next = within(
    next,
    'initContainers',
    (containers) => defaultContainers(containers as Containers) as typeof containers,
  );
  next = within(
    next,
    'ephemeralContainers',
    (containers) => defaultContainers(containers as Containers) as typeof containers,
  );
  return within(next, 'volumes', (volumes) => each(volumes, defaultVolume));
}

/** The old field and the new one name the same account; the new one counts. Models Convert_v1_PodSpec_To_core_PodSpec. */
function withAccount(spec: PodSpec): PodSpec {
  const name = spec.serviceAccountName || spec.serviceAccount;
  if (!name || (spec.serviceAccountName === name && spec.serviceAccount === name)) return spec;
  return { ...spec, serviceAccountName: name, serviceAccount: name };
}

const POD_SPEC: Partial<PodSpec> = Object.freeze({
  dnsPolicy: 'ClusterFirst',
  restartPolicy: 'Always',
  securityContext: Object.freeze({}),
  terminationGracePeriodSeconds: 30,
  schedulerName: 'default-scheduler',
});

const CONTAINER: Partial<Container> = Object.freeze({
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  resources: Object.freeze({}),
});

const PROBE: Partial<Probe> = Object.freeze({
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
});

function defaultContainers(containers: Containers): Containers {
  return each(containers, defaultContainer);
}

function defaultContainer(container: Container): Container {
  let next = fill(container, CONTAINER);
  if (next.imagePullPolicy === undefined) next = { ...next, imagePullPolicy: pullPolicyOf(next.image ?? '') };
  next = within(next, 'ports', (ports) => each(ports, (port: Port) => fill(port, { protocol: 'TCP' })));
  next = within(next, 'env', (env) => each(env, defaultEnv));
  next = within(next, 'livenessProbe', defaultProbe);
  next = within(next, 'readinessProbe', defaultProbe);
  next = within(next, 'startupProbe', defaultProbe);
  return within(next, 'lifecycle', (lifecycle: Lifecycle) =>
    within(within(lifecycle, 'postStart', defaultHandler), 'preStop', defaultHandler),
  );
}

/** Models SetDefaults_Container: an image without a tag, or with the tag `latest`, is always pulled. */
function pullPolicyOf(image: string): 'Always' | 'IfNotPresent' {
  return imageTag(image) === 'latest' ? 'Always' : 'IfNotPresent';
}

function defaultEnv(env: Env): Env {
  return within(env, 'valueFrom', defaultFieldRefs);
}

/** Of a field the version, of an amount what it is divided by: 0 stands for 1. */
function defaultFieldRefs<T extends Pick<DownwardItem, 'fieldRef' | 'resourceFieldRef'>>(source: T): T {
  const next = within(source, 'fieldRef', (ref) => fill<FieldRef>(ref, { apiVersion: 'v1' }) as T['fieldRef']);
  return within(next, 'resourceFieldRef', (ref) => fill<AmountRef>(ref, { divisor: '0' }) as T['resourceFieldRef']);
}

function defaultProbe(probe: Probe): Probe {
  const next = within(fill(probe, PROBE), 'httpGet', defaultHttpGet);
  return within(next, 'grpc', (grpc) => fill(grpc, { service: '' }));
}

function defaultHandler(handler: Handler): Handler {
  return within(handler, 'httpGet', defaultHttpGet);
}

function defaultHttpGet(get: HttpGet): HttpGet {
  return fill(get.path === '' ? { ...get, path: '/' } : get, { path: '/', scheme: 'HTTP' });
}

function defaultVolume(volume: Volume): Volume {
  if (Object.keys(volume).length <= 1) return { ...volume, emptyDir: {} };
  let next = within(volume, 'secret', (source) => fill(source, { defaultMode: FILE_MODE }));
  next = within(next, 'configMap', (source) => fill(source, { defaultMode: FILE_MODE }));
  next = within(next, 'downwardAPI', (source) =>
    within(fill(source, { defaultMode: FILE_MODE }), 'items', (items) => each(items, defaultDownwardItem)),
  );
  next = within(next, 'projected', defaultProjected);
  next = within(next, 'hostPath', (source) => fill(source, { type: '' }));
  next = within(next, 'image', (source) =>
    source.pullPolicy ? source : { ...source, pullPolicy: pullPolicyOf(source.reference ?? '') },
  );
  next = defaultNetworkVolume(next);
  return within(next, 'ephemeral', (source) =>
    within(source, 'volumeClaimTemplate', (template) =>
      within(template, 'spec', (spec) => fill(spec, { volumeMode: 'Filesystem' })),
    ),
  );
}

/** Volumes that once had plugins of their own; of Pods and of PersistentVolumes. */
export function defaultNetworkVolume<T extends object>(source: T): T {
  let next = source as Record<string, object | undefined>;
  for (const [key, defaults] of Object.entries(NETWORK_VOLUMES)) {
    const before = next[key];
    if (!before) continue;
    const filled = fill(before, defaults);
    if (filled !== before) next = { ...next, [key]: filled };
  }
  return next as T;
}

const NETWORK_VOLUMES: Readonly<Record<string, object>> = {
  azureDisk: { cachingMode: 'ReadWrite', kind: 'Shared', fsType: 'ext4', readOnly: false },
  iscsi: { iscsiInterface: 'default' },
  rbd: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' },
  scaleIO: { storageMode: 'ThinProvisioned', fsType: 'xfs' },
};

function defaultDownwardItem(item: DownwardItem): DownwardItem {
  return defaultFieldRefs(item);
}

function defaultProjected(projected: Projected): Projected {
  return within(fill(projected, { defaultMode: FILE_MODE }), 'sources', (sources) =>
    each(sources, (source) => {
      const next = within(source, 'serviceAccountToken', (token) => fill(token, { expirationSeconds: TOKEN_SECONDS }));
      return within(next, 'downwardAPI', (downward) =>
        within(downward, 'items', (items) => each(items, defaultDownwardItem)),
      );
    }),
  );
}
