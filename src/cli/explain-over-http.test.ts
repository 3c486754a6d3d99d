import { afterAll, beforeAll, expect, test } from 'vitest';
import { Desk } from './side-by-side/kubectls.rig';

/** What explains a custom resource is what the server publishes of it, as it is sent over HTTP. */

const desk = new Desk();
beforeAll(() => desk.open());
afterAll(() => desk.close());

test('a custom resource is explained from what the server publishes', async () => {
  const { out, err, code } = await desk.ours({ args: ['explain', 'widgets.spec'] });
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/^GROUP: {6}example\.com\nKIND: {7}Widget\nVERSION: {4}v1\n\nFIELD: spec <Object>\n/);
  expect(out).toMatch(/\nFIELDS:\n {2}\w+\t<\w+>/);
});
