import { expect, test } from 'vitest';
import type { Page } from '../page/page.svelte';
import { ShowingHands } from './page-hands';

/** A page whose clock has always come as far as is waited for; notes the speeds that it is set to. */
function fakePage(): { page: Page; speeds: number[] } {
  const speeds: number[] = [];
  let atMs = 0;
  const page = {
    client: { request: () => Promise.resolve({ code: 200, headers: {}, body: {} }) },
    view: {
      get frame() {
        return { atMs: (atMs += 10_000) };
      },
    },
    control: { time: ({ speed }: { speed: number }) => Promise.resolve(void speeds.push(speed)) },
    terminal: { runShown: () => Promise.resolve({ code: 0, stderr: '' }) },
  };
  return { page: page as unknown as Page, speeds };
}

test('what is shown goes on faster while nothing is done for long, and as before once something is', async () => {
  const { page, speeds } = fakePage();
  const hands = new ShowingHands(page, 4);
  const wait = (seconds: number) =>
    hands.client.request({ method: 'POST', path: '/podium/v1/time', body: { advanceMs: seconds * 1_000 } });
  for (let passed = 0; passed < 3; passed++) await wait(10);
  expect(speeds).toEqual([4, 4, 20]);
  await hands.kubectl(['get', 'pods']);
  await wait(1);
  expect(speeds.at(-1)).toBe(4);
  for (let passed = 0; passed < 3; passed++) await wait(10);
  await hands.client.request({ method: 'POST', path: '/podium/v1/faults', body: {} });
  await wait(1);
  expect(speeds.slice(-2)).toEqual([20, 4]);
  for (let passed = 0; passed < 3; passed++) await wait(10);
  await hands.pass(10_000);
  expect(speeds.slice(-2)).toEqual([20, 4]);
});

test('whoever has seen enough ends it at the next step', async () => {
  const { page } = fakePage();
  const hands = new ShowingHands(page, 4);
  hands.stop();
  await expect(hands.kubectl(['get', 'pods'])).rejects.toThrow('stopped');
});
