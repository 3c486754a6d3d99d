import { describe, expect, test } from 'vitest';
import type { Json } from '../../../api/objects';
import { Rig } from '../api-server.rig';

const PODS = '/api/v1/namespaces/guarded/pods';
const MERGE = 'application/merge-patch+json';

function guarded(level: string, version?: string): Rig {
  const rig = new Rig();
  const pinned = version === undefined ? {} : { 'pod-security.kubernetes.io/enforce-version': version };
  const labels = { 'pod-security.kubernetes.io/enforce': level, ...pinned };
  rig.ask('POST', '/api/v1/namespaces', { metadata: { name: 'guarded', labels } });
  rig.ask('POST', '/api/v1/namespaces/guarded/serviceaccounts', { metadata: { name: 'default' } });
  return rig;
}

const podOf = (spec: object, context: object = {}, more: object = {}): Json =>
  ({
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'main', image: 'x', securityContext: context, ...more }], ...spec },
  }) as Json;

const SAFE = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};
const HOST_PATH = { volumes: [{ name: 'root', hostPath: { path: '/' } }] };

describe('PodSecurity', () => {
  test.each<[name: string, level: string, pod: Json, detail: string]>([
    [
      'privileged',
      'baseline',
      podOf({}, { privileged: true }),
      'privileged (container "main" must not set securityContext.privileged=true)',
    ],
    [
      'host',
      'baseline',
      podOf({ hostNetwork: true, hostPID: true, ...HOST_PATH }, {}, { ports: [{ containerPort: 80 }] }),
      'host namespaces (hostNetwork=true, hostPID=true), hostPath volumes (volume "root"), ' +
        'hostPort (container "main" uses hostPort 80)',
    ],
    [
      'added',
      'baseline',
      podOf({}, { capabilities: { add: ['NET_ADMIN', 'CHOWN'] } }),
      'non-default capabilities (container "main" must not include "NET_ADMIN" in securityContext.capabilities.add)',
    ],
    [
      'plain',
      'restricted',
      podOf({}),
      'allowPrivilegeEscalation != false (container "main" must set securityContext.allowPrivilegeEscalation=false), ' +
        'unrestricted capabilities (container "main" must set securityContext.capabilities.drop=["ALL"]), ' +
        'runAsNonRoot != true (pod or container "main" must set securityContext.runAsNonRoot=true), ' +
        'seccompProfile (pod or container "main" must set securityContext.seccompProfile.type to "RuntimeDefault" or ' +
        '"Localhost")',
    ],
    [
      'disks',
      'restricted',
      podOf({ ...HOST_PATH, securityContext: { runAsUser: 0 } }, SAFE),
      'restricted volume types (volume "root" uses restricted volume type "hostPath"), ' +
        'runAsUser=0 (pod must not set runAsUser=0)',
    ],
    [
      'selinux',
      'baseline',
      podOf({ securityContext: { seLinuxOptions: { user: 'u' } } }, { seccompProfile: { type: 'Unconfined' } }),
      'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: user may not be set), seccompProfile ' +
        '(container "main" must not set securityContext.seccompProfile.type to "Unconfined")',
    ],
    [
      'probes',
      'baseline',
      podOf(
        {},
        {},
        {
          livenessProbe: { tcpSocket: { port: 80, host: 'b' } },
          lifecycle: { preStop: { httpGet: { port: 80, host: 'a' } } },
        },
      ),
      'probe or lifecycle host (container "main" uses probe or lifecycle hosts "a", "b")',
    ],
    [
      'apparmor',
      'baseline',
      podOf({ securityContext: { appArmorProfile: { type: 'Unconfined' } } }),
      'forbidden AppArmor profile (pod must not set AppArmor profile type to "Unconfined")',
    ],
    [
      'unmasked',
      'restricted',
      podOf({ hostUsers: false }, { ...SAFE, procMount: 'Unmasked' }),
      'procMount (container "main" must not set securityContext.procMount to "Unmasked")',
    ],
    [
      'sysctl',
      'baseline',
      podOf({ securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } }),
      'forbidden sysctls (kernel.msgmax)',
    ],
  ])('refuses what the level of the namespace does not allow: %s', (_, level, pod, detail) => {
    const said = `403 pods "p" is forbidden: violates PodSecurity "${level}:latest": ${detail}`;
    expect(guarded(level).say('POST', PODS, pod)).toBe(said);
  });

  const sysctl = (name: string): Json => podOf({ securityContext: { sysctls: [{ name, value: '1' }] } });
  const annotated: Json = {
    ...(podOf({}) as object),
    metadata: { name: 'p', annotations: { 'container.seccomp.security.alpha.kubernetes.io/main': 'unconfined' } },
  };
  const procMount = { procMount: 'Unmasked' };
  const engine = { seLinuxOptions: { type: 'container_engine_t' } };
  const probed = { livenessProbe: { httpGet: { port: 80, host: 'h' } } };
  const { seccompProfile: _, capabilities: __, ...old } = SAFE;
  const windows = { os: { name: 'windows' } };
  const privileges = { runAsNonRoot: true };

  /** What a Pod may not be up to a minor version, and may be from then on, or the other way about. */
  test.each<[what: string, level: string, pod: Json, minor: number, allowedThen: boolean]>([
    ['a sysctl', 'baseline', sysctl('net.ipv4.ip_local_reserved_ports'), 27, true],
    ['a sysctl', 'baseline', sysctl('net.ipv4.tcp_fin_timeout'), 29, true],
    ['a sysctl', 'baseline', sysctl('net.ipv4.tcp_rmem'), 32, true],
    ['a type of SELinux', 'baseline', podOf({}, engine), 31, true],
    ['an annotation of seccomp', 'baseline', annotated, 19, true],
    ['a field of seccomp', 'baseline', podOf({}, { seccompProfile: { type: 'Unconfined' } }), 19, false],
    ['a host of a probe', 'baseline', podOf({}, {}, probed), 34, false],
    ['no masks in a user namespace', 'baseline', podOf({ hostUsers: false }, procMount), 35, true],
    ['root in a user namespace', 'restricted', podOf({ hostUsers: false }, { ...SAFE, runAsNonRoot: false }), 35, true],
    ['user 0', 'restricted', podOf({}, { ...SAFE, runAsUser: 0 }), 23, false],
    ['capabilities kept', 'restricted', podOf({}, { ...SAFE, capabilities: {} }), 22, false],
    ['no profile of seccomp', 'restricted', podOf({}, old), 19, false],
    ['escalation', 'restricted', podOf({}, privileges), 8, false],
    ['what is of Linux only', 'restricted', podOf(windows, privileges), 25, true],
  ])('knows %s at %s, which is other from a version on: %#', (_what, level, pod, minor, allowedThen) => {
    const codes = [minor - 1, minor].map((version) => guarded(level, `v1.${version}`).ask('POST', PODS, pod).code);
    expect(codes).toEqual(allowedThen ? [403, 201] : [201, 403]);
  });

  test('says as of which version a Pod is refused', () => {
    expect(guarded('restricted', 'v1.18').say('POST', PODS, podOf({ hostPID: true }, { privileged: true }))).toBe(
      '403 pods "p" is forbidden: violates PodSecurity "restricted:v1.18": host namespaces (hostPID=true), privileged ' +
        '(container "main" must not set securityContext.privileged=true), allowPrivilegeEscalation != false (container ' +
        '"main" must set securityContext.allowPrivilegeEscalation=false), runAsNonRoot != true (pod or container "main" ' +
        'must set securityContext.runAsNonRoot=true)',
    );
    expect(guarded('baseline', 'v1.5').say('POST', PODS, annotated)).toContain(
      'seccompProfile (forbidden annotation container.seccomp.security.alpha.kubernetes.io/main="unconfined")',
    );
  });

  test('lets what is safe by', () => {
    const nowhere = { livenessProbe: { httpGet: { port: 80, host: '' } } };
    expect(guarded('baseline').ask('POST', PODS, podOf({}, {}, nowhere)).code).toBe(201);
    expect(guarded('restricted').ask('POST', PODS, podOf({}, SAFE)).code).toBe(201);
    expect(guarded('baseline').ask('POST', PODS, podOf({})).code).toBe(201);
    expect(guarded('privileged').ask('POST', PODS, podOf(HOST_PATH)).code).toBe(201);
  });

  test('warns of workloads, and when a namespace becomes stricter', () => {
    const rig = guarded('baseline');
    const spec = { hostPID: true, containers: [{ name: 'main', image: 'x' }] };
    const template = { metadata: { labels: { app: 'a' } }, spec };
    const deployment = { metadata: { name: 'd' }, spec: { selector: { matchLabels: { app: 'a' } }, template } };
    expect(rig.ask('POST', '/apis/apps/v1/namespaces/guarded/deployments', deployment as Json).warnings).toEqual([
      'would violate PodSecurity "baseline:latest": host namespaces (hostPID=true)',
    ]);
    const { runAsNonRoot: _, ...rooted } = SAFE;
    rig.ask('POST', PODS, podOf({}, rooted));
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    expect(rig.ask('PATCH', '/api/v1/namespaces/guarded', { metadata: { labels } }, MERGE).warnings).toEqual([
      'existing pods in namespace "guarded" violate the new PodSecurity enforce level "restricted:latest"',
      'p: runAsNonRoot != true',
    ]);
  });

  test('knows three levels', () => {
    const labels = { 'pod-security.kubernetes.io/warn': 'some' };
    expect(new Rig().say('POST', '/api/v1/namespaces', { metadata: { name: 'n', labels } })).toContain(
      'metadata.labels[pod-security.kubernetes.io/warn]: Invalid value: "some": must be one of privileged, baseline, restricted',
    );
  });
});
