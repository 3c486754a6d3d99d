import type { Page } from '@playwright/test';
import { rememberWorkers, tell } from './door';
import { expect, test, tolerant, type Sandbox } from './fixtures';

/** The sandbox by keyboard alone, by its tables alone, in few colours and in none. */

const PODS = '/api/v1/namespaces/default/pods';

test.beforeEach(({ context }) => rememberWorkers(context));

async function pods(page: Page, specs: Record<string, object>): Promise<void> {
  for (const [name, spec] of Object.entries(specs)) {
    const body = { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec };
    await tell(page, 'POST', PODS, body);
  }
}

const idle = { containers: [{ name: 'main', image: 'busybox', args: ['sleep', '9999'] }] };

async function find(page: Page, text: string): Promise<void> {
  await page.keyboard.press('ControlOrMeta+k');
  await expect(page.getByRole('combobox')).toBeFocused();
  await page.keyboard.type(text);
}

/** What has the focus on the stage. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => document.activeElement?.closest('[data-ref]')?.getAttribute('data-ref') ?? '');

test('by keyboard alone a node is powered off, seen, asked about and powered on again', async ({ sandbox }) => {
  const { page } = sandbox;
  await pods(page, { one: idle });
  await expect(sandbox.thing('pods/default/one')).toBeVisible();
  const onStage = (): Promise<boolean> => page.evaluate(() => document.activeElement?.closest('main') !== null);
  for (let presses = 0; presses < 8 && !(await onStage()); presses++) await page.keyboard.press('F6');
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => focused(page)).toBe('nodes//cpu-1');
  await page.keyboard.press('o');
  const row = sandbox.stage.getByRole('row', { name: /^cpu-1 / });
  await expect(row).toContainText('silent');
  await page.keyboard.press('w');
  await expect(sandbox.inspector).toContainText('Power: it is off.');
  await page.keyboard.press('o');
  await expect(row).not.toContainText('silent', { timeout: 60_000 });
  /* From the stage to the terminal and to time, by letters; back by F6. */
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  await expect(sandbox.terminal).toBeFocused();
  await page.keyboard.type('kubectl delete pod on');
  await page.keyboard.press('Tab');
  await expect(sandbox.terminal).toHaveValue('kubectl delete pod one ');
  await page.keyboard.press('Enter');
  await expect(sandbox.output).toContainText('pod "one" deleted', { timeout: 60_000 });
  /* A deletion is undone outside a text field. */
  for (let presses = 0; presses < 8 && !(await onStage()); presses++) await page.keyboard.press('F6');
  await page.keyboard.press('ControlOrMeta+z');
  await expect(sandbox.thing('pods/default/one')).toBeVisible();
});

test('single letters can be turned off by keyboard, and stay off', async ({ sandbox }) => {
  const { page } = sandbox;
  await find(page, 'single letter keys');
  await page.keyboard.press('Enter');
  await sandbox.stage.locator('.view').focus();
  await page.keyboard.press('ArrowDown');
  for (const key of ['t', 'o', 'g', 'p', '4', '?']) await page.keyboard.press(key);
  await expect(page.getByRole('heading', { name: 'The stage as tables' })).toHaveCount(0);
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(sandbox.stage.getByRole('row', { name: /^cpu-1 / })).not.toContainText('silent');
  await page.reload();
  await expect(page.getByRole('button', { name: 'Pause' })).toBeEnabled({ timeout: 30_000 });
  await find(page, 'single');
  await expect(page.getByRole('option').first()).toContainText('Turn single-letter keys on');
});

test('the palette answers a question, gives a line to the prompt, and knows what was done lately', async ({
  sandbox,
}) => {
  const { page } = sandbox;
  await pods(page, {
    'wants-gpu': { containers: [{ ...idle.containers[0], resources: { limits: { 'nvidia.com/gpu': '1' } } }] },
  });
  await expect(sandbox.thing('pods/default/wants-gpu')).toBeVisible();
  await find(page, 'why is wants');
  await expect(page.getByRole('option').first()).toHaveText(/Why is wants-gpu Pending\?\s*0 of 6 nodes fit/);
  await page.keyboard.press('Enter');
  await expect(sandbox.inspector.getByRole('tab', { name: 'Why?' })).toHaveAttribute('aria-selected', 'true');
  await find(page, 'k get nodes');
  await page.keyboard.press('Tab');
  await expect(sandbox.terminal).toBeFocused();
  await expect(sandbox.terminal).toHaveValue('kubectl get nodes');
  await page.keyboard.press('ControlOrMeta+k');
  await expect(page.getByRole('option').first()).toContainText('Why is wants-gpu Pending?');
  await expect(page.getByText('Recent', { exact: true })).toBeVisible();
});

test('by the tables alone a Pod is found, asked about and broken', async ({ sandbox }) => {
  const { page } = sandbox;
  await tell(page, 'POST', '/api/v1/namespaces/default/persistentvolumeclaims', tolerant().split(/^---$/m)[0]);
  await tell(page, 'POST', '/apis/batch/v1/namespaces/default/jobs', tolerant().split(/^---$/m)[1]);
  await sandbox.stage.locator('.view').focus();
  await page.keyboard.press('t');
  const back = page.getByRole('button', { name: 'Back to the stage' });
  await expect(back).toBeFocused();
  const tables = sandbox.stage.getByRole('table');
  for (const caption of ['Nodes', 'Pods', 'Volumes', 'Services', 'Messages'])
    await expect(sandbox.stage.getByRole('table', { name: caption })).toBeVisible();
  await expect(tables.getByRole('row', { name: /^gpu-t4-1 / })).toContainText('dedicated=vision:NoSchedule');
  /* The scheduler's verdict is read as a sentence. */
  const live = page.locator('.visually-hidden[aria-live=polite]');
  await expect
    .poll(() => live.textContent(), { timeout: 30_000 })
    .toMatch(/2 of 6 nodes fit; gpu-a100-\d is best with \d+/);
  const pod = tables.getByRole('button', { name: /^train-sgd-/ }).first();
  await pod.press('Enter');
  await expect(sandbox.inspector).toContainText('train-sgd');
  await expect(tables.getByRole('row', { name: /^train-sgd-/ }).first()).toContainText('Running on gpu-a100-', {
    timeout: 45_000,
  });
  await sandbox.inspector.getByRole('button', { name: 'Kill container' }).press('Enter');
  await expect(tables.getByRole('row', { name: /^train-sgd-/ }).first()).toContainText(/Failed|restarts 1/, {
    timeout: 45_000,
  });
  await back.press('t');
  await expect(back).toHaveCount(0);
  await expect(sandbox.stage.locator('.view')).toBeFocused();
});

test('the live region says at most one sentence a second', async ({ sandbox }) => {
  const { page } = sandbox;
  await page.evaluate(() => {
    const kept = window as unknown as { saidAt: number[] };
    kept.saidAt = [];
    const region = document.querySelector('.visually-hidden[aria-live=polite]')!;
    new MutationObserver(() => kept.saidAt.push(performance.now())).observe(region, {
      characterData: true,
      childList: true,
      subtree: true,
    });
  });
  await pods(page, Object.fromEntries(Array.from({ length: 6 }, (_, at) => [`pod-${at}`, idle])));
  await page.waitForTimeout(15_000);
  const times = await page.evaluate(() => (window as unknown as { saidAt: number[] }).saidAt);
  expect(times.length).toBeGreaterThan(4);
  for (const [index, time] of times.entries()) if (index > 0) expect(time - times[index - 1]!).toBeGreaterThan(900);
});

/** Marks of the first Pod whose key begins so: the outlines of what is drawn. */
async function drawn(sandbox: Sandbox, ref: string): Promise<string> {
  return sandbox.thing(ref).evaluate((element) =>
    [...element.querySelectorAll('path, circle, rect, text')]
      .filter((one) => getComputedStyle(one).display !== 'none')
      .map((one) => {
        const style = getComputedStyle(one);
        const shape = one.tagName === 'path' ? (one.getAttribute('d') ?? '').replace(/[\d.-]+/g, '#') : one.tagName;
        return [shape, style.strokeDasharray === 'none' ? '' : 'dashed', style.fill === 'none' ? 'hollow' : ''].join(
          ' ',
        );
      })
      .join('|'),
  );
}

test('phases differ in form, not only in colour; a tainted node says so in shape and in words', async ({ sandbox }) => {
  const { page } = sandbox;
  const probe = { httpGet: { path: '/', port: 81 }, periodSeconds: 1 };
  await pods(page, {
    running: idle,
    sick: { containers: [{ name: 'main', image: 'nginx', readinessProbe: probe }] },
    done: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox', args: ['true'] }] },
    failed: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox', args: ['sh', '-c', 'exit 1'] }] },
    typo: { containers: [{ name: 'main', image: 'ngnix' }] },
    pending: { nodeSelector: { disk: 'none' }, containers: idle.containers },
  });
  await sandbox.speed('×4');
  const named = ['running', 'sick', 'done', 'failed', 'typo'];
  const row = (name: string, state: RegExp): Promise<void> =>
    expect(sandbox.stage.getByRole('row', { name: new RegExp(`^${name} `) })).toContainText(state, { timeout: 60_000 });
  await row('running', /Running/);
  await row('sick', /probe has failed 3 times in a row/);
  await row('done', /Completed/);
  await row('failed', /Failed/);
  await row('typo', /ImagePullBackOff/);
  await row('pending', /wants disk=none/);
  const looks = await Promise.all(named.map((name) => drawn(sandbox, `pods/default/${name}`)));
  expect(new Set(looks).size).toBe(named.length);
  await page.emulateMedia({ forcedColors: 'active' });
  await expect(sandbox.stage.locator('.scene')).toBeVisible();
  const colours = await sandbox.stage
    .locator('.pod .body')
    .evaluateAll((bodies) => [...new Set(bodies.map((body) => getComputedStyle(body).stroke))]);
  /* One colour for every outline: what differs is form. */
  expect(colours).toHaveLength(1);
});

test.describe('with reduced motion', () => {
  test.use({ contextOptions: { reducedMotion: 'reduce' } });

  test('a restart and a failing probe are told without motion', async ({ sandbox }) => {
    const { page } = sandbox;
    await pods(page, {
      crash: { containers: [{ name: 'main', image: 'busybox', args: ['sh', '-c', 'sleep 2; exit 1'] }] },
    });
    await expect(sandbox.stage.getByRole('row', { name: /^crash / })).toContainText('restarts 1', { timeout: 45_000 });
    await expect(sandbox.stage.locator('.drained:visible')).toHaveCount(0);
    await expect(sandbox.stage.locator('.dot')).toHaveCount(0);
  });
});
