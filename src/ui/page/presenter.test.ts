import { expect, it } from 'vitest';
import type { Layout } from '../layout/layout.svelte';
import { Presenter } from './presenter.svelte';

it('shows the stage alone: the training view is a line, and as it was when it ends', () => {
  const layout = { stacked: false, curveFolded: false } as unknown as Layout;
  const presenter = new Presenter(layout);
  presenter.toggle();
  expect([presenter.showing, layout.curveFolded]).toEqual([true, true]);
  layout.curveFolded = false;
  presenter.toggle();
  expect([presenter.showing, layout.curveFolded]).toEqual([false, false]);
  layout.curveFolded = true;
  presenter.toggle();
  presenter.toggle();
  expect(layout.curveFolded).toBe(true);
});

it('does nothing where there is no room for it', () => {
  const layout = { stacked: true, curveFolded: false } as unknown as Layout;
  const presenter = new Presenter(layout);
  presenter.toggle();
  expect([presenter.on, presenter.showing, layout.curveFolded]).toEqual([false, false, false]);
});
