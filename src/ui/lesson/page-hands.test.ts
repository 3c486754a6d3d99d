import { expect, test } from 'vitest';
import type { ApiClient, ApiRequest, ApiResponse } from '../../api/client';
import type { Page } from '../page/page.svelte';
import { PreparingHands, ShowingHands } from './page-hands';

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

test.each([
  { what: 'is being stored for long is not waited for with time', rounds: 2_000, saving: true, advances: 0 },
  { what: 'waits for time gets it', rounds: 2_000, saving: false, advances: 1 },
])('what $what', async ({ rounds, saving, advances }) => {
  let [looks, advanced] = [0, 0];
  let answer = (): void => {};
  const request = async ({ path, body }: ApiRequest): Promise<ApiResponse> => {
    if (path !== '/podium/v1/time') await new Promise<void>((resolve) => (answer = resolve));
    else if (body) {
      advanced += 1;
      answer();
    } else if (++looks === rounds) answer();
    return { code: 200, headers: {}, body: { saving } };
  };
  const terminal = {
    run: async (_args: string[], _writer: unknown, { client }: { client: ApiClient }) => {
      await client.request({ method: 'POST', path: '/api/v1/namespaces' });
      return { code: 0, stderr: '' };
    },
  };
  const hands = new PreparingHands({ client: { request }, terminal } as unknown as Page);
  expect(await hands.kubectl(['create', 'namespace', 'team'])).toEqual({ code: 0, stderr: '' });
  expect(advanced).toBe(advances);
});
