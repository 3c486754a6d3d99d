import type { JsonMap } from '../../api/json';
import { resourceOfKind, type Subject } from './subjects';
import { at, conditionOf, controllerOf, listAt, mapAt, numberAt, textAt } from './reading';

/** A piece of a fact: words, a literal in mono, or a link to another object. */
export interface FactPart {
  text: string;
  mono?: boolean;
  subject?: Subject;
}

export interface Fact {
  label: string;
  parts: FactPart[];
}

const words = (text: string): FactPart[] => (text === '' ? [] : [{ text }]);
const literal = (text: string): FactPart[] => (text === '' ? [] : [{ text, mono: true }]);
const link = (resource: string, namespace: string, name: string): FactPart[] =>
  name === '' ? [] : [{ text: name, mono: true, subject: { resource, namespace, name } }];

type FactsOf = (object: JsonMap, namespace: string) => [label: string, parts: FactPart[]][];

const BY_RESOURCE: Record<string, FactsOf> = {
  pods: podFacts,
  nodes: nodeFacts,
  jobs: (object) => [
    [
      'Completions',
      words(`${numberAt(object, 'status', 'succeeded')} of ${numberAt(object, 'spec', 'completions') || 1}`),
    ],
    ['Active', words(textAt(object, 'status', 'active') || '0')],
    [
      'Failed',
      words(`${numberAt(object, 'status', 'failed')}, gives up after ${textAt(object, 'spec', 'backoffLimit')}`),
    ],
    ...templateFacts(object),
    ['Finished', words(textAt(object, 'status', 'completionTime').slice(11, 19))],
  ],
  deployments: (object) => [
    ['Replicas', words(`want ${numberAt(object, 'spec', 'replicas')}, have ${numberAt(object, 'status', 'replicas')}`)],
    ['Ready', words(String(numberAt(object, 'status', 'readyReplicas')))],
    ['Up to date', words(String(numberAt(object, 'status', 'updatedReplicas')))],
    ['Strategy', words(textAt(object, 'spec', 'strategy', 'type'))],
    ['Selector', literal(labelsText(mapAt(object, 'spec', 'selector', 'matchLabels')))],
    ...templateFacts(object),
  ],
  replicasets: (object) => [
    ['Replicas', words(`want ${numberAt(object, 'spec', 'replicas')}, have ${numberAt(object, 'status', 'replicas')}`)],
    ['Ready', words(String(numberAt(object, 'status', 'readyReplicas')))],
    ...templateFacts(object),
  ],
  services: (object) => [
    ['Cluster IP', literal(textAt(object, 'spec', 'clusterIP'))],
    ['Type', words(textAt(object, 'spec', 'type'))],
    [
      'Ports',
      literal(
        listAt(object, 'spec', 'ports')
          .map((port) => `${textAt(port, 'port')} → ${textAt(port, 'targetPort')}`)
          .join(', '),
      ),
    ],
    ['Selector', literal(labelsText(mapAt(object, 'spec', 'selector')))],
  ],
  persistentvolumeclaims: (object) => [
    ['Phase', words(textAt(object, 'status', 'phase'))],
    ['Volume', link('persistentvolumes', '', textAt(object, 'spec', 'volumeName'))],
    ['Class', link('storageclasses', '', textAt(object, 'spec', 'storageClassName'))],
    ['Access', words(listText(at(object, 'spec', 'accessModes')))],
    ['Asked for', words(textAt(object, 'spec', 'resources', 'requests', 'storage'))],
    ['Has', words(textAt(object, 'status', 'capacity', 'storage'))],
  ],
  persistentvolumes: (object) => [
    ['Phase', words(textAt(object, 'status', 'phase'))],
    [
      'Claim',
      link(
        'persistentvolumeclaims',
        textAt(object, 'spec', 'claimRef', 'namespace'),
        textAt(object, 'spec', 'claimRef', 'name'),
      ),
    ],
    ['Class', link('storageclasses', '', textAt(object, 'spec', 'storageClassName'))],
    ['Access', words(listText(at(object, 'spec', 'accessModes')))],
    ['Size', words(textAt(object, 'spec', 'capacity', 'storage'))],
    ['When released', words(textAt(object, 'spec', 'persistentVolumeReclaimPolicy'))],
  ],
  storageclasses: (object) => [
    ['Provisioner', literal(textAt(object, 'provisioner'))],
    ['Binding', words(textAt(object, 'volumeBindingMode'))],
    ['When released', words(textAt(object, 'reclaimPolicy'))],
  ],
  volumeattachments: (object) => [
    ['Node', link('nodes', '', textAt(object, 'spec', 'nodeName'))],
    ['Volume', link('persistentvolumes', '', textAt(object, 'spec', 'source', 'persistentVolumeName'))],
    ['Attached', words(textAt(object, 'status', 'attached'))],
  ],
};

/** What is worth knowing of an object at a glance, in the order of reading. Facts that are not there are left out. */
export function factsOf(subject: Subject, object: JsonMap): Fact[] {
  const facts = BY_RESOURCE[subject.resource]?.(object, subject.namespace) ?? [];
  const labels: Fact = { label: 'Labels', parts: literal(labelsText(mapAt(object, 'metadata', 'labels'))) };
  const all = facts.map(([label, parts]) => ({ label, parts }));
  return (subject.resource === 'nodes' || subject.resource === 'pods' ? all : [...all, labels]).filter(
    ({ parts }) => parts.length > 0,
  );
}

function podFacts(object: JsonMap, namespace: string): [string, FactPart[]][] {
  const statuses = listAt(object, 'status', 'containerStatuses');
  const restarts = statuses.reduce((sum, status) => sum + numberAt(status, 'restartCount'), 0);
  return [
    ['Node', link('nodes', '', textAt(object, 'spec', 'nodeName'))],
    ['Pod IP', literal(textAt(object, 'status', 'podIP'))],
    ['Owner', ownerParts(object, namespace)],
    [
      'Image',
      literal(
        listAt(object, 'spec', 'containers')
          .map((container) => textAt(container, 'image'))
          .join(', '),
      ),
    ],
    ['Asks for', words(requestsText(object))],
    ['Volumes', volumeParts(object, namespace)],
    ['Restarts', words(String(restarts))],
    ['Last exit', words(statuses.map(lastExit).filter(Boolean).join(', '))],
    [
      'Tolerates',
      literal(
        listAt(object, 'spec', 'tolerations')
          .filter((one) => !textAt(one, 'key').startsWith('node.kubernetes.io/'))
          .map(tolerationText)
          .join(', '),
      ),
    ],
    ['QoS', words(textAt(object, 'status', 'qosClass'))],
  ];
}

function nodeFacts(object: JsonMap): [string, FactPart[]][] {
  const ready = conditionOf(object, 'Ready');
  const taints = listAt(object, 'spec', 'taints');
  const allocatable = mapAt(object, 'status', 'allocatable');
  const devices = Object.keys(allocatable).filter((name) => name.includes('/'));
  const troubles = listAt(object, 'status', 'conditions').filter(
    (one) => one['type'] !== 'Ready' && one['status'] === 'True',
  );
  return [
    ['Ready', words(ready ? `${textAt(ready, 'status')}, ${textAt(ready, 'reason')}` : '')],
    ['Pressure', words(troubles.map((one) => textAt(one, 'type')).join(', '))],
    ['Cordoned', words(at(object, 'spec', 'unschedulable') === true ? 'yes, no new Pods' : '')],
    [
      'Taints',
      literal(
        taints
          .map(
            (taint) =>
              `${textAt(taint, 'key')}${textAt(taint, 'value') ? `=${textAt(taint, 'value')}` : ''}:${textAt(taint, 'effect')}`,
          )
          .join(', '),
      ),
    ],
    ['Allocatable', words(`${textAt(allocatable, 'cpu')} CPU, ${textAt(allocatable, 'memory')}`)],
    ['Devices', words(devices.map((name) => `${textAt(allocatable, name)} × ${name}`).join(', '))],
    ['Zone', words(textAt(object, 'metadata', 'labels', 'topology.kubernetes.io/zone'))],
    ['Type', words(textAt(object, 'metadata', 'labels', 'node.kubernetes.io/instance-type'))],
    ['Address', literal(textAt(listAt(object, 'status', 'addresses')[0], 'address'))],
  ];
}

function templateFacts(object: JsonMap): [string, FactPart[]][] {
  const containers = listAt(object, 'spec', 'template', 'spec', 'containers');
  return [
    ['Image', literal(containers.map((container) => textAt(container, 'image')).join(', '))],
    ['Restart policy', words(textAt(object, 'spec', 'template', 'spec', 'restartPolicy'))],
  ];
}

function ownerParts(object: JsonMap, namespace: string): FactPart[] {
  const owner = controllerOf(object);
  if (!owner) return [];
  const kind = textAt(owner, 'kind');
  return [{ text: `${kind} ` }, ...link(resourceOfKind(kind), namespace, textAt(owner, 'name'))];
}

function volumeParts(object: JsonMap, namespace: string): FactPart[] {
  return listAt(object, 'spec', 'volumes').flatMap((volume, index) => {
    const claim = textAt(volume, 'persistentVolumeClaim', 'claimName');
    if (claim === '') return [];
    const mount = listAt(object, 'spec', 'containers')
      .flatMap((container) => listAt(container, 'volumeMounts'))
      .find((one) => one['name'] === volume['name']);
    const path = textAt(mount, 'mountPath');
    const before: FactPart[] = index > 0 ? [{ text: ', ' }] : [];
    return [
      ...before,
      ...link('persistentvolumeclaims', namespace, claim),
      ...(path ? [{ text: ' at ' }, { text: path, mono: true }] : []),
    ];
  });
}

/** `4 CPU, 16Gi, 1 × nvidia.com/gpu`: the sum that the scheduler counts, per container. */
function requestsText(object: JsonMap): string {
  return listAt(object, 'spec', 'containers')
    .map((container) => {
      const requests = mapAt(container, 'resources', 'requests');
      return Object.entries(requests)
        .map(([name, amount]) =>
          name === 'cpu'
            ? `${String(amount)} CPU`
            : name.includes('/')
              ? `${String(amount)} × ${name}`
              : String(amount),
        )
        .join(', ');
    })
    .filter(Boolean)
    .join('; ');
}

function lastExit(status: JsonMap): string {
  const ended = mapAt(status, 'lastState', 'terminated');
  const now = mapAt(status, 'state', 'terminated');
  const shown = 'exitCode' in now ? now : ended;
  return 'exitCode' in shown ? `${textAt(shown, 'exitCode')} (${textAt(shown, 'reason')})` : '';
}

function tolerationText(toleration: JsonMap): string {
  const key = textAt(toleration, 'key') || 'every taint';
  const value = textAt(toleration, 'value');
  const effect = textAt(toleration, 'effect');
  return `${key}${value ? `=${value}` : ''}${effect ? ` ${effect}` : ''}`;
}

function labelsText(labels: JsonMap): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(', ');
}

function listText(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : '';
}
