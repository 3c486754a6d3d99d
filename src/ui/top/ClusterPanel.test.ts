import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ApiRequest } from '../../api/client';
import { Control } from '../connection/control';
import { SimulationRig } from '../../host/simulation.rig';
import ClusterPanel from './ClusterPanel.svelte';

/* The panel on a cluster that runs in this process. */
const page = vi.hoisted(() => ({}) as Record<string, unknown>);
vi.mock('../page/page.svelte', () => ({ usePage: () => page }));

let rig: SimulationRig;
let opened: string[];

beforeEach(async () => {
  rig = new SimulationRig();
  await rig.open();
  opened = [];
  const control = new Control({ request: (request: ApiRequest) => rig.simulation.request(request) } as never);
  Object.assign(page, {
    control,
    documents: { preset: 'ml', classCode: '' },
    view: {
      frame: { epoch: 1, branch: 'main', branches: [{ id: 'main', inputs: 0 }], saved: 'saved' },
      nodes: new Map(),
    },
    act: (action: (control: Control) => Promise<unknown>) => action(control),
    openPreset: (preset: string) => opened.push(preset),
  });
});
afterEach(() => {
  cleanup();
  rig.stop();
});

const world = () => rig.simulation.session.cluster.world();

it('lets a pool grow and sets its bounds, the lower one never above the upper', async () => {
  const { unmount } = render(ClusterPanel);
  const pool = await screen.findByRole('group', { name: 'Pool gpu-a100' });
  expect(pool.textContent).toContain('2 nodes');
  await fireEvent.click(pool.querySelector('input[type=checkbox]')!);
  const bounds = () => world().pools.find((one) => one.pool === 'gpu-a100')?.bounds;
  await waitFor(() => expect(bounds()).toEqual({ min: 2, max: 5, startSeconds: 90 }));
  unmount();
  render(ClusterPanel);
  const least = await screen.findByRole<HTMLInputElement>('spinbutton', { name: 'from' });
  await fireEvent.change(least, { target: { value: '7' } });
  await waitFor(() => expect(bounds()).toEqual({ min: 7, max: 7, startSeconds: 90 }));
});

it('disturbs the network and mends it, and stops the registry and DNS', async () => {
  render(ClusterPanel);
  const network = await screen.findByRole<HTMLSelectElement>('combobox', { name: 'Network' });
  expect(network.value).toBe('0');
  await fireEvent.change(network, { target: { value: '2' } });
  await waitFor(() => expect(world().network).toEqual({ ms: 300, loss: 0.2 }));
  await fireEvent.change(network, { target: { value: '0' } });
  await waitFor(() => expect(world().network).toEqual({ ms: 0, loss: 0 }));
  await fireEvent.click(screen.getByRole('button', { name: 'Stop the image registry' }));
  await waitFor(() => expect(world().registryUp).toBe(false));
  await fireEvent.click(screen.getByRole('button', { name: 'Stop the cluster’s DNS' }));
  await waitFor(() => expect(world().nameServerUp).toBe(false));
});

it('says which cluster is open, and opens another', async () => {
  render(ClusterPanel);
  const chosen = screen.getByRole<HTMLInputElement>('radio', { name: /^Machine learning/ });
  expect(chosen.checked).toBe(true);
  await fireEvent.click(screen.getByRole('radio', { name: /^Self-managed/ }));
  expect(opened).toEqual(['self-managed']);
});

it('says which class has the clusters in common, and how to leave it', async () => {
  Object.assign(page, { documents: { preset: 'ml', classCode: 'otter' } });
  render(ClusterPanel);
  expect(screen.getByText('otter')).toBeTruthy();
  expect(screen.getByRole('link', { name: 'Leave the class' }).getAttribute('href')).toBe('#/sandbox');
});
