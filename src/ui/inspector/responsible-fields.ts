import type { JsonMap } from '../../api/json';
import type { FieldPath } from '../editor/yaml-spans';
import { at, listAt, mapAt, textAt } from './reading';

/** A field as it may be written, the likeliest way first: a request may stand as a limit only. */
export type Spellings = readonly FieldPath[];

type FieldsOf = (pod: JsonMap, reason: string) => Spellings[];

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const INSUFFICIENT = /^Insufficient (.+)$/;

/** What each plugin reads of a Pod when it refuses a node; the reason says which of several. */
const BY_PLUGIN: Record<string, FieldsOf> = {
  NodeResourcesFit: (pod, reason) => requestsOf(pod, INSUFFICIENT.exec(reason)?.[1] ?? ''),
  TaintToleration: () => [[['spec', 'tolerations']]],
  NodeName: () => [[['spec', 'nodeName']]],
  NodeAffinity: (pod) => [
    ...Object.keys(mapAt(pod, 'spec', 'nodeSelector')).map((key) => [['spec', 'nodeSelector', key]]),
    ...held(pod, ['spec', 'affinity', 'nodeAffinity', REQUIRED]),
  ],
  NodePorts: (pod) =>
    containersOf(pod).flatMap(({ path, container }) =>
      listAt(container, 'ports').flatMap((port, index) =>
        at(port, 'hostPort') !== undefined ? [[[...path, 'ports', index, 'hostPort']]] : [],
      ),
    ),
  InterPodAffinity: (pod, reason) => {
    const which = /anti-affinity/.test(reason) ? 'podAntiAffinity' : 'podAffinity';
    return held(pod, ['spec', 'affinity', which, REQUIRED]);
  },
  PodTopologySpread: (pod) =>
    listAt(pod, 'spec', 'topologySpreadConstraints').flatMap((constraint, index) =>
      constraint['whenUnsatisfiable'] === 'ScheduleAnyway' ? [] : [[['spec', 'topologySpreadConstraints', index]]],
    ),
  SchedulingGates: () => [[['spec', 'schedulingGates']]],
  VolumeBinding: claims,
  VolumeRestrictions: claims,
  VolumeZone: claims,
  NodeVolumeLimits: claims,
};

/** The fields of a Pod's manifest on which a plugin's reason rests; none where it is not the Pod's doing. */
export function fieldsBehind(pod: JsonMap, plugin: string, reason: string): Spellings[] {
  return BY_PLUGIN[plugin]?.(pod, reason) ?? [];
}

function containersOf(pod: JsonMap): { path: FieldPath; container: JsonMap }[] {
  return ['containers', 'initContainers'].flatMap((field) =>
    listAt(pod, 'spec', field).map((container, index) => ({ path: ['spec', field, index], container })),
  );
}

function requestsOf(pod: JsonMap, resource: string): Spellings[] {
  const spellings = (path: FieldPath): Spellings => [
    [...path, 'resources', 'requests', resource],
    [...path, 'resources', 'limits', resource],
  ];
  const asks = (from: JsonMap): boolean => at(from, 'resources', 'requests', resource) !== undefined;
  const whole = asks(mapAt(pod, 'spec')) ? [spellings(['spec'])] : [];
  return [...whole, ...containersOf(pod).flatMap(({ path, container }) => (asks(container) ? [spellings(path)] : []))];
}

function claims(pod: JsonMap): Spellings[] {
  return listAt(pod, 'spec', 'volumes').flatMap((volume, index) => {
    const claim = textAt(volume, 'persistentVolumeClaim', 'claimName');
    if (claim !== '') return [[['spec', 'volumes', index, 'persistentVolumeClaim', 'claimName']]];
    return at(volume, 'ephemeral') !== undefined ? [[['spec', 'volumes', index, 'ephemeral']]] : [];
  });
}

const held = (pod: JsonMap, path: FieldPath): Spellings[] => (at(pod, ...path) === undefined ? [] : [[path]]);
