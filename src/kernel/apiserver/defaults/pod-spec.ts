import type { Container, PodSpec, Probe, Volume } from '../../../api/objects';
import { each, fill, within } from './fill';

/** Models pkg/apis/core/v1 SetDefaults_PodSpec and what lies below it. */

type Env = NonNullable<Container['env']>[number];
type Port = NonNullable<Container['ports']>[number];
type Lifecycle = NonNullable<Container['lifecycle']>;
type Handler = NonNullable<Lifecycle['postStart']>;
type HttpGet = NonNullable<Probe['httpGet']>;
type Projected = NonNullable<Volume['projected']>;
type DownwardItem = NonNullable<NonNullable<Volume['downwardAPI']>['items']>[number];
type Containers = PodSpec['containers'];

const FILE_MODE = 0o644;
const TOKEN_SECONDS = 3600;

/** The defaults of a Pod's spec; also of one in a template. */
export function defaultPodSpec(spec: PodSpec): PodSpec {
  let next = fill(spec, POD_SPEC);
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
  if (image.includes('@')) return 'IfNotPresent';
  const tag = image.slice(image.lastIndexOf('/') + 1).split(':')[1];
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function defaultEnv(env: Env): Env {
  return within(env, 'valueFrom', (source) => within(source, 'fieldRef', (ref) => fill(ref, { apiVersion: 'v1' })));
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
  return within(next, 'ephemeral', (source) =>
    within(source, 'volumeClaimTemplate', (template) =>
      within(template, 'spec', (spec) => fill(spec, { volumeMode: 'Filesystem' })),
    ),
  );
}

function defaultDownwardItem(item: DownwardItem): DownwardItem {
  return within(item, 'fieldRef', (ref) => fill(ref, { apiVersion: 'v1' }));
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
