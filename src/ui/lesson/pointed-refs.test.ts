import { expect, it } from 'vitest';
import { Ids, makeFrame } from '../../scene/frames.rig';
import { ClusterView } from '../connection/cluster-view.svelte';
import { pointedRefs } from './pointed-refs';

it('points at one thing, or at all Pods whose names begin so', () => {
  const view = new ClusterView();
  const { frame } = makeFrame({ pods: [{ name: 'web-1' }, { name: 'web-2' }, { name: 'other' }] }, new Ids());
  view.take(frame);
  const point = (resource: string, name: string): string[] =>
    pointedRefs({ kind: 'stage', resource, name }, 'default', view).map(
      (ref) => `${ref.resource} ${ref.namespace}/${ref.name}`,
    );
  expect(point('nodes', 'cpu-1')).toEqual(['nodes /cpu-1']);
  expect(point('pods', 'web-1')).toEqual(['pods default/web-1']);
  expect(point('pods', 'web-*')).toEqual(['pods default/web-1', 'pods default/web-2']);
  expect(point('services', 'web-*')).toEqual([]);
});
