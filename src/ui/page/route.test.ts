// @vitest-environment node
import { expect, it } from 'vitest';
import { packFragment } from '../share/link';
import { routeOf } from './route';

it.each(['', '#', '#/', '#/elsewhere', '#sandbox'])('leads home from %j', (fragment) => {
  expect(routeOf(fragment)).toBe('home');
});

it('leads to the sandbox from its own address, and from that of any cluster', async () => {
  expect(routeOf('#/sandbox')).toBe('sandbox');
  expect(routeOf('#open=shared-1')).toBe('sandbox');
  expect(routeOf(await packFragment('{}'))).toBe('sandbox');
});
