import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { browserStorage } from '../files/page-storage';
import { Layers } from '../layout/layers.svelte';
import Disclosure from './Disclosure.svelte';

const page = vi.hoisted(() => ({ layers: undefined as unknown }));
vi.mock('../page/page.svelte', () => ({ usePage: () => page }));

const open = (compact: boolean) =>
  render(Disclosure, {
    icon: 'layers',
    title: 'Layers',
    label: 'Layers of the stage',
    compact,
    load: () => import('./LayersPanel.svelte'),
  });

beforeEach(() => {
  localStorage.clear();
  page.layers = new Layers(browserStorage());
});
afterEach(cleanup);

it('says each layer in words, turns it on and off, and keeps that for the next visit', async () => {
  open(false);
  const button = screen.getByRole('button', { name: 'Layers' });
  await fireEvent.click(button);
  const boxes = await screen.findAllByRole<HTMLInputElement>('checkbox');
  expect(boxes.map((box) => box.checked)).toEqual([true, false, false, true, false]);
  await fireEvent.click(screen.getByRole('checkbox', { name: /^Leases Each renewal/ }));
  await fireEvent.click(screen.getByRole('checkbox', { name: /^Messages/ }));
  expect(new Layers(browserStorage()).shown).toEqual({
    messages: false,
    resources: false,
    network: false,
    storage: true,
    leases: true,
  });
});

it('closes with Escape, which brings the focus back to its button', async () => {
  open(true);
  const button = screen.getByRole('button', { name: 'Layers' });
  await fireEvent.click(button);
  const [box] = await screen.findAllByRole('checkbox');
  box!.focus();
  await fireEvent.keyDown(box!, { key: 'Escape' });
  expect(screen.queryByRole('checkbox')).toBeNull();
  expect(document.activeElement).toBe(button);
});

it('begins anew where what is stored is not its own', () => {
  localStorage.setItem('podium/layers', '{"messages":3,');
  expect(new Layers(browserStorage()).shown.messages).toBe(true);
});
