import type { StageLayout } from './layout';
import type { Picture } from './picture';
import { refKey, type Ref } from './ref';

export type Direction = 'up' | 'down' | 'left' | 'right';

/** The arrow keys. */
export const ARROWS: Record<string, Direction> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
};

const component = (name: string): Ref => ({ resource: 'components', namespace: '', name });
const ETCD = component('etcd');
const TRUNK = component('kube-apiserver');
const CONTROLLERS = component('kube-controller-manager');
const SCHEDULER = component('kube-scheduler');

const split = (resource: string, key: string): Ref => {
  const slash = key.indexOf('/');
  return { resource, namespace: slash < 0 ? '' : key.slice(0, slash), name: key.slice(slash + 1) };
};

/** The thing on which a claim's drum stands for: the claim, or the volume where nothing claims it. */
export function volumeRef(key: string, volume: string): Ref {
  return key.includes('/')
    ? split('persistentvolumeclaims', key)
    : { resource: 'persistentvolumes', namespace: '', name: volume || key };
}

interface Shelves {
  control: Ref[];
  waiting: Ref[];
  trunk: Ref[];
  nodes: Ref[];
  podsOn: (node: number) => Ref[];
  lower: Ref[];
}

function shelvesOf(picture: Picture, layout: StageLayout): Shelves {
  return {
    control: [ETCD, CONTROLLERS, SCHEDULER],
    waiting: picture.unplaced.map((pod) => split('pods', pod.key)),
    trunk: [TRUNK],
    nodes: layout.nodes.map((box) => ({ resource: 'nodes', namespace: '', name: box.node.name })),
    podsOn: (node) => picture.podsOn(layout.nodes[node]?.node.name ?? '').map((one) => split('pods', one.key)),
    lower: [
      ...layout.volumes.map((box) => volumeRef(box.volume.key, box.volume.volume)),
      ...layout.services.map((box) => split('services', box.service.key)),
    ],
  };
}

/**
 * Where an arrow key leads: up to the trunk and the control plane, down to nodes, their Pods and what outlives them,
 * left and right to siblings. From nothing, to the first node.
 */
export function neighbour(from: Ref | undefined, direction: Direction, picture: Picture, layout: StageLayout): Ref {
  const shelves = shelvesOf(picture, layout);
  const start = shelves.nodes[0] ?? TRUNK;
  if (!from) return start;
  const shelf = shelfOf(from, shelves, picture, layout);
  if (!shelf) return start;
  if (direction === 'left' || direction === 'right') {
    const at = indexIn(shelf.refs, from) + (direction === 'left' ? -1 : 1);
    return shelf.refs[(at + shelf.refs.length) % shelf.refs.length] ?? from;
  }
  return (direction === 'up' ? above(from, shelf, shelves) : below(from, shelf, shelves)) ?? from;
}

interface Shelf {
  name: Exclude<keyof Shelves, 'podsOn'> | 'pods';
  refs: Ref[];
  /** For Pods: which node they are on. */
  node: number;
}

function indexIn(refs: readonly Ref[], ref: Ref): number {
  const key = refKey(ref);
  return refs.findIndex((one) => refKey(one) === key);
}

function shelfOf(ref: Ref, shelves: Shelves, picture: Picture, layout: StageLayout): Shelf | undefined {
  for (const name of ['control', 'waiting', 'trunk', 'nodes', 'lower'] as const) {
    if (indexIn(shelves[name], ref) >= 0) return { name, refs: shelves[name], node: -1 };
  }
  const pod = ref.resource === 'pods' ? picture.podWith(`${ref.namespace}/${ref.name}`) : undefined;
  const node = pod ? layout.nodes.findIndex((box) => box.node.name === pod.node) : -1;
  return node < 0 ? undefined : { name: 'pods', refs: shelves.podsOn(node), node };
}

function above(from: Ref, shelf: Shelf, shelves: Shelves): Ref | undefined {
  switch (shelf.name) {
    case 'control':
      return undefined;
    case 'waiting':
      return SCHEDULER;
    case 'trunk':
      return shelves.waiting.length > 0 ? SCHEDULER : CONTROLLERS;
    case 'nodes':
      return TRUNK;
    case 'pods':
      return shelves.nodes[shelf.node];
    case 'lower':
      return shelves.nodes[Math.min(indexIn(shelf.refs, from), shelves.nodes.length - 1)] ?? TRUNK;
  }
}

function below(from: Ref, shelf: Shelf, shelves: Shelves): Ref | undefined {
  switch (shelf.name) {
    case 'control':
      return refKey(from) === refKey(SCHEDULER) && shelves.waiting.length > 0 ? shelves.waiting[0] : TRUNK;
    case 'waiting':
      return TRUNK;
    case 'trunk':
      return shelves.nodes[0] ?? shelves.lower[0];
    case 'nodes':
      return shelves.podsOn(indexIn(shelf.refs, from))[0] ?? shelves.lower[0];
    case 'pods':
      return shelves.lower[0];
    case 'lower':
      return undefined;
  }
}
