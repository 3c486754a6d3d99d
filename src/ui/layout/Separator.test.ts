import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FallbackStorage } from '../files/page-storage';
import { Layout, SIZES } from './layout.svelte';
import Separator from './Separator.svelte';

function matching(...queries: RegExp[]): void {
  vi.stubGlobal('matchMedia', (query: string) => ({
    matches: queries.some((one) => one.test(query)),
    addEventListener: () => {},
  }));
}

const memory = (): FallbackStorage => {
  const map = new Map<string, string>();
  return new FallbackStorage(() => ({
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, text) => void map.set(key, text),
    removeItem: (key) => void map.delete(key),
  }));
};

beforeEach(() => matching());
afterEach(cleanup);

describe('a separator', () => {
  it('moves with arrow keys within its bounds, and double-click resets it', async () => {
    const layout = new Layout(memory());
    render(Separator, { layout, size: 'ask', axis: 'x', sign: 1, label: 'Width' });
    const separator = screen.getByRole('separator');
    await fireEvent.keyDown(separator, { key: 'ArrowRight' });
    expect(layout.size('ask')).toBe(SIZES.ask.initial + 16);
    expect(separator.getAttribute('aria-valuenow')).toBe(String(SIZES.ask.initial + 16));
    await fireEvent.keyDown(separator, { key: 'End' });
    await fireEvent.keyDown(separator, { key: 'ArrowRight' });
    expect(layout.size('ask')).toBe(SIZES.ask.most);
    await fireEvent.dblClick(separator);
    expect(layout.size('ask')).toBe(SIZES.ask.initial);
  });

  it('grows the pane after it when it moves towards the one before', async () => {
    const layout = new Layout(memory());
    render(Separator, { layout, size: 'terminal', axis: 'y', sign: -1, label: 'Height' });
    await fireEvent.keyDown(screen.getByRole('separator'), { key: 'ArrowUp' });
    expect(layout.size('terminal')).toBe(SIZES.terminal.initial + 16);
  });
});

describe('Layout', () => {
  it('keeps sizes from one visit to the next', () => {
    const storage = memory();
    new Layout(storage).resize('why', 400);
    expect(new Layout(storage).size('why')).toBe(400);
    new Layout(storage).resize('why', undefined);
    expect(new Layout(storage).size('why')).toBe(SIZES.why.initial);
  });

  it.each<[string, RegExp[], string]>([
    ['1440 × 900', [], 'desktop'],
    ['1100 wide', [/79\.99em/], 'laptop'],
    ['800 wide', [/79\.99em/, /^\(max-width: 63\.99em/], 'tablet'],
    ['390 wide', [/79\.99em/, /^\(max-width: 63\.99em/, /47\.99em/], 'phone'],
    ['844 × 390', [/79\.99em/, /63\.99em/], 'landscape'],
  ])('at %s', (_size, queries, arrangement) => {
    matching(...queries);
    expect(new Layout(memory()).arrangement).toBe(arrangement);
  });

  it('shows one pane at a time on phones, and unfolds the sheet for it', () => {
    matching(/47\.99em/);
    const layout = new Layout(memory());
    layout.sheet = 'peek';
    layout.show('terminal');
    expect([layout.shows('editor'), layout.shows('terminal'), layout.shows('why')]).toEqual([false, true, false]);
    expect(layout.sheet).toBe('half');
  });
});
