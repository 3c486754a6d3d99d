import { expect, test as base, type Page } from '@playwright/test';
import { serve } from '../src/cli/launch/serve.mjs';
import {
  ask,
  CONFIG_MAPS,
  configMap,
  DIST,
  documentOf,
  fragmentOf,
  names,
  rememberWorkers,
  sandboxAt,
  serveChanged,
  tell,
} from './door';
import { richEditor } from './fixtures';

interface Opened {
  /** The page, open on a cluster that holds the ConfigMap `kept`. After the test it must hold it still. */
  sandbox: Page;
}

const test = base.extend<Opened, { site: string }>({
  site: [
    async ({}, use) => {
      const { server, url } = await serve(DIST, { port: 0 });
      await use(url);
      server.closeAllConnections();
      server.close();
    },
    { scope: 'worker' },
  ],
  sandbox: async ({ page, site }, use) => {
    const problems = listen(page);
    await rememberWorkers(page);
    await open(page, site);
    await tell(page, 'POST', CONFIG_MAPS, configMap('kept'));
    await use(page);
    expect(await names(page, CONFIG_MAPS)).toContain('kept');
    expect(problems).toEqual([]);
  },
});

/** What the console says that a person should never see, and dialogs that text from a cluster has opened. */
function listen(page: Page): string[] {
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('dialog', (dialog) => {
    problems.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return problems;
}

async function open(page: Page, url: string): Promise<void> {
  await page.goto(sandboxAt(url));
  await expect(page.getByRole('button', { name: /^(Pause|Play)$/ })).toBeEnabled({ timeout: 30_000 });
}

/** What the page says over everything else, which a screen reader hears at once. Monaco has an alert of its own. */
const notice = (page: Page): ReturnType<Page['locator']> => page.locator('[role=alert]:not(.monaco-alert)');

/** A page of the site's origin in which nothing of Podium runs. */
async function openBlank(page: Page, site: string): Promise<void> {
  await page.route(`${site}blank`, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<link rel="icon" href="data:,">' }),
  );
  await page.goto(`${site}blank`);
}

const command = (page: Page): ReturnType<Page['getByRole']> => page.getByRole('textbox', { name: /^Command line/ });

/** Types a command into the terminal and returns what it prints. */
async function run(page: Page, line: string): Promise<string> {
  const field = command(page);
  const output = page.getByRole('log', { name: 'Terminal output' });
  await field.fill('clear');
  await field.press('Enter');
  await expect(output).toHaveText('');
  await field.fill(line);
  await field.press('Enter');
  await expect(output).toContainText(line.slice(0, 40));
  await expect(field).toHaveAttribute('aria-label', 'Command line', { timeout: 30_000 });
  return (await output.textContent()) ?? '';
}

/** Puts files into the editor, as they are after a reload. */
async function withFiles(page: Page, files: Record<string, string>): Promise<void> {
  const list = Object.entries(files).map(([name, text]) => ({ name, text }));
  await page.addInitScript(
    (stored) => window.localStorage.setItem('podium/files', stored),
    JSON.stringify({ open: list[0]!.name, list }),
  );
  await page.reload();
  await open(page, page.url());
}

const bomb = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...'bcdefgh'
    .split('')
    .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(', ')}]`),
].join('\n');
const deep = `${'{a: '.repeat(1000)}1${'}'.repeat(1000)}`;
const pod = (spec: string, metadata = '{name: bad}'): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: ${metadata}\nspec: ${spec}\n`;
const containers = 'containers: [{name: c, image: nginx}]';

/** A manifest, and the words with which it is refused. */
const MANIFESTS: Record<string, [text: string, words: RegExp]> = {
  'broken YAML': [
    'kind: Pod\n  name: x: y\n',
    /error: error parsing .*: error converting YAML to JSON: yaml: line 2: mapping values are not allowed in this context/,
  ],
  'a wrong type': [
    pod(`{containers: 3}`),
    /cannot be handled as a Pod: json: cannot unmarshal number into Go struct field PodSpec\.spec\.containers of type \[\]v1\.Container/,
  ],
  'an unknown field': [pod(`{${containers}, colour: red}`), /strict decoding error: unknown field "spec\.colour"/],
  'an unknown kind': [
    'apiVersion: example.com/v1\nkind: Wizard\nmetadata: {name: x}\n',
    /no matches for kind "Wizard" in version "example\.com\/v1"/,
  ],
  'no kind': ['apiVersion: v1\nmetadata: {name: x}\n', /error validating data: kind not set/],
  'a missing name': [pod(`{${containers}}`, '{}'), /resource name may not be empty/],
  'an impossible quantity': [
    pod('{containers: [{name: c, image: nginx, resources: {limits: {memory: lots}}}]}'),
    /quantities must match the regular expression/,
  ],
  'less than it asks for': [
    pod('{containers: [{name: c, image: nginx, resources: {limits: {cpu: 1}, requests: {cpu: 2}}}]}'),
    /must be less than or equal to cpu limit/,
  ],
  'nesting a thousand deep': [
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: deep}\ndeep: ${deep}\n`,
    /unknown field "deep"|yaml: exceeded max depth/,
  ],
  'anchors that explode': [
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}\n${bomb}\n`,
    /yaml: document contains excessive aliasing/,
  ],
  'HTML in a name': [
    pod(`{${containers}}`, '{name: "<img src=x onerror=alert(1)>"}'),
    /a lowercase RFC 1123 subdomain must consist of/,
  ],
  'HTML in a label': [
    pod(`{${containers}}`, '{name: x, labels: {a: "<b>bold</b>"}}'),
    /a valid label must be an empty string or consist of alphanumeric characters/,
  ],
  '__proto__ as a label': [
    pod(`{${containers}}`, '{name: x, labels: {__proto__: x}}'),
    /name part must consist of alphanumeric characters/,
  ],
  'a name that is a number': [
    pod(`{${containers}}`, '{name: 12}'),
    /cannot unmarshal number into Go struct field ObjectMeta\.metadata\.name of type string/,
  ],
};

test('manifests that are wrong are refused in the words of Kubernetes', async ({ sandbox: page }) => {
  test.setTimeout(120_000);
  const cases = Object.entries(MANIFESTS);
  await withFiles(page, Object.fromEntries(cases.map(([, [text]], index) => [`case-${index}.yaml`, text])));
  for (const [index, [what, [, words]]] of cases.entries()) {
    const said = await run(page, `kubectl apply -f case-${index}.yaml`);
    expect.soft(said.replaceAll('\n', ' '), what).toMatch(words);
    expect.soft(said, what).not.toMatch(/ (created|configured)/);
  }
  expect(await names(page, '/api/v1/namespaces/default/pods')).toEqual([]);
});

test('the editor says what is wrong while one types, and Apply gives the reason', async ({ sandbox: page }) => {
  await withFiles(page, { 'bad.yaml': MANIFESTS['an unknown field']![0], 'broken.yaml': MANIFESTS['broken YAML']![0] });
  await expect(page.getByText('unknown field "spec.colour"', { exact: false }).first()).toBeVisible();
  await page.getByRole('button', { name: /^Apply/ }).click();
  await expect(page.getByText('Rejected.')).toBeVisible();
  await expect(page.getByText(/strict decoding error: unknown field "spec\.colour"/).first()).toBeVisible();
  await page.getByRole('tab', { name: 'broken.yaml' }).click();
  await expect(
    page.getByText('mapping values are not allowed in this context', { exact: false }).first(),
  ).toBeVisible();
});

test('keys that mean something in JavaScript are only keys', async ({ sandbox: page }) => {
  await withFiles(page, {
    'proto.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: proto}\ndata: {__proto__: polluted, constructor: c, toString: t}\n',
  });
  expect(await run(page, 'kubectl apply -f proto.yaml')).toContain('configmap/proto created');
  expect(await run(page, 'kubectl get configmap proto -o yaml')).toMatch(
    /__proto__: polluted[^]*constructor: c[^]*toString: t/,
  );
  expect(await run(page, 'kubectl apply -f proto.yaml')).toContain('configmap/proto unchanged');
  expect(await page.evaluate(() => Object.keys(Object.prototype))).toEqual([]);
});

test('HTML where it is allowed is shown as text', async ({ sandbox: page }) => {
  const evil = '<img src=x onerror=alert(1)>';
  await withFiles(page, {
    'html.yaml': `apiVersion: v1\nkind: Pod\nmetadata: {name: html, annotations: {note: "${evil}"}}\nspec: {containers: [{name: c, image: nginx, env: [{name: A, value: "${evil}"}]}]}\n`,
  });
  expect(await run(page, 'kubectl apply -f html.yaml')).toContain('pod/html created');
  expect(await run(page, 'kubectl describe pod html')).toContain(evil);
  await run(page, 'kubectl get pods');
  await page.getByRole('log', { name: 'Terminal output' }).getByRole('button', { name: 'html' }).first().click();
  const inspector = page.getByRole('complementary', { name: 'Why' });
  for (const tab of await inspector.getByRole('tab').all()) {
    await tab.click();
    await expect(tab).toHaveAttribute('aria-selected', 'true');
  }
  expect(await page.locator('img').count()).toBe(0);
});

test('a manifest of five megabytes is refused, and the page goes on', async ({ sandbox: page }) => {
  test.setTimeout(120_000);
  const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: huge}\ndata:\n${Array.from({ length: 50_000 }, (_, index) => `  key-${index}: ${'x'.repeat(88)}`).join('\n')}\n`;
  expect(text.length).toBeGreaterThan(5_000_000);
  const body = { ...configMap('huge'), data: { text } };
  expect(await ask(page, 'POST', CONFIG_MAPS, body)).toMatchObject({
    code: 413,
    body: { message: 'Request entity too large: limit is 3145728' },
  });
  await (await richEditor(page)).click();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('ControlOrMeta+v');
  await expect(notice(page)).toContainText(/more than 2 MB/, { timeout: 60_000 });
  expect(await run(page, 'cat train-job.yaml')).toContain('kind: Job');
});

test.describe('links', () => {
  const LINKS: Record<string, [fragment: string, words: RegExp]> = {
    'a corrupt link': ['#cluster=AAAA-not-deflated', /This link is damaged/],
    'half a link': [fragmentOf(documentOf('ml')).slice(0, -20), /This link is damaged/],
    'a foreign link': [fragmentOf('{"hello": "world"}'), /This is not a Podium document/],
    'a link to no JSON': [fragmentOf('hello'), /This is not a Podium document: it is not JSON/],
    'a link of a newer version': [fragmentOf(documentOf('ml', { format: 2 })), /newer Podium \(format 2/],
    'a link to an unknown preset': [fragmentOf(documentOf('moon')), /unknown preset "moon"/],
    'a link with damaged inputs': [
      fragmentOf(
        documentOf('ml', {
          branches: [
            {
              id: 'main',
              name: 'main',
              parent: null,
              sharedInputs: 0,
              fromMs: 0,
              endMs: 0,
              inputs: [{ atMs: 1, kind: 'magic' }],
            },
          ],
        }),
      ),
      /damaged: input 0 of branch main is not readable/,
    ],
    'a link that explodes': [fragmentOf('a'.repeat(60_000_000)), /more than 50 MB/],
  };

  for (const [what, [fragment, words]] of Object.entries(LINKS)) {
    const tag = what === 'a corrupt link' || what === 'a link that explodes' ? [] : '@long';
    test(`${what} gets a sentence, and one's own cluster is open`, { tag }, async ({ sandbox: page, site }) => {
      await page.goto('about:blank');
      await open(page, site + fragment);
      await expect(notice(page)).toContainText(words);
      await expect(page.getByText('Shared cluster')).toHaveCount(0);
      await notice(page).getByRole('button', { name: 'Close' }).click();
      await expect(notice(page)).toHaveCount(0);
    });
  }
});

test.describe('storage', () => {
  test('a journal of a newer version is kept, and said to be newer', async ({ sandbox: page, site }) => {
    await openBlank(page, site);
    await page.evaluate(setFormat, 2);
    await rememberWorkers(page);
    await open(page, site);
    await expect(notice(page)).toContainText(/What is saved was made by a newer Podium \(format 2\). It is kept/);
    await expect(page.getByText('Not saved')).toBeVisible();
    expect((await ask(page, 'POST', CONFIG_MAPS, configMap('meanwhile'))).code).toBe(201);
    await openBlank(page, site);
    await page.evaluate(setFormat, 1);
    await open(page, site);
    expect(await names(page, CONFIG_MAPS)).not.toContain('meanwhile');
  });

  test('a database of a newer version is left alone', async ({ page, site }) => {
    await rememberWorkers(page);
    await openBlank(page, site);
    await page.evaluate(
      () =>
        new Promise<void>((resolve, reject) => {
          const request = indexedDB.open('podium', 99);
          request.onsuccess = () => (request.result.close(), resolve());
          request.onerror = () => reject(request.error);
        }),
    );
    await open(page, site);
    await expect(notice(page)).toContainText(/made by a newer Podium/);
    await expect(page.getByText('Not saved')).toBeVisible();
    expect((await ask(page, 'POST', CONFIG_MAPS, configMap('here'))).code).toBe(201);
  });

  test('where it is refused everything runs from memory, and says so', async ({ page }) => {
    const { url, close } = await serveChanged({
      'simulator.worker': `Object.defineProperty(self, 'indexedDB', { value: { open() { throw new DOMException('access is denied', 'SecurityError'); } } });`,
    });
    const problems = listen(page);
    await rememberWorkers(page);
    await open(page, url);
    await expect(page.getByText('Not saved')).toBeVisible();
    await expect(notice(page)).toContainText('access is denied');
    expect((await ask(page, 'POST', CONFIG_MAPS, configMap('here'))).code).toBe(201);
    expect(await names(page, CONFIG_MAPS)).toContain('here');
    expect(problems).toEqual([]);
    close();
  });

  test('where it is full the cluster goes on from memory, says so, and what was saved stays', async ({ page }) => {
    const { url, close } = await serveChanged({
      'simulator.worker': `{
        const { put } = IDBObjectStore.prototype;
        let full = false;
        new BroadcastChannel('podium-test').onmessage = (event) => (full = event.data === 'full');
        IDBObjectStore.prototype.put = function (...args) { if (full) throw new DOMException('full', 'QuotaExceededError'); return put.apply(this, args); };
      }`,
    });
    const problems = listen(page);
    await rememberWorkers(page);
    await open(page, url);
    await tell(page, 'POST', CONFIG_MAPS, configMap('kept'));
    await page.evaluate(() => new BroadcastChannel('podium-test').postMessage('full'));
    expect((await ask(page, 'POST', CONFIG_MAPS, configMap('too-much'))).code).toBe(201);
    await expect(page.getByText('Not saved')).toBeVisible();
    expect(await names(page, CONFIG_MAPS)).toEqual(expect.arrayContaining(['kept', 'too-much']));
    await page.reload();
    await open(page, url);
    expect(await names(page, CONFIG_MAPS)).toContain('kept');
    expect(await names(page, CONFIG_MAPS)).not.toContain('too-much');
    await expect(page.getByText('Not saved')).toHaveCount(0);
    expect(problems).toEqual([]);
    close();
  });
});

/** Runs in a page of the site: the stored document says that it has another format. */
function setFormat(format: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('podium');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction('heads', 'readwrite');
      const store = transaction.objectStore('heads');
      const reading = store.get('sandbox');
      reading.onsuccess = () => store.put({ ...reading.result, format }, 'sandbox');
      transaction.oncomplete = () => (opening.result.close(), resolve());
      transaction.onabort = () => reject(transaction.error);
    };
  });
}

test.describe('without WebGL', () => {
  const JOBS = '/apis/batch/v1/namespaces/default/jobs';
  const environment = { DATASET: 'line-1000', BATCH_SIZE: '8', STEPS: '4000' };
  const container = {
    name: 'trainer',
    image: 'podium/sgd-regressor:1.4',
    env: Object.entries(environment).map(([name, value]) => ({ name, value })),
    resources: { limits: { 'nvidia.com/gpu': '1' } },
  };
  const tolerations = [{ key: 'nvidia.com/gpu', operator: 'Exists' }];
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'train' },
    spec: { template: { spec: { restartPolicy: 'Never', tolerations, containers: [container] } } },
  };

  async function finished(page: Page): Promise<string[]> {
    await expect
      .poll(
        async () =>
          (await tell<{ status?: { succeeded?: number } }>(page, 'GET', `${JOBS}/train`)).status?.succeeded ?? 0,
        { timeout: 60_000, intervals: [500] },
      )
      .toBe(1);
    const { inputs } = await tell<{ inputs: { kind: string; result?: { backend: string } }[] }>(
      page,
      'GET',
      '/podium/v1/journal',
    );
    return inputs.flatMap((input) => (input.kind === 'training' ? [input.result!.backend] : []));
  }

  test('training computes on WASM, and the page says why', { tag: '@long' }, async ({ page }) => {
    test.setTimeout(120_000);
    const { url, close } = await serveChanged({
      'training.worker': `OffscreenCanvas.prototype.getContext = () => null;`,
    });
    const problems = listen(page);
    await rememberWorkers(page);
    await open(page, url);
    await tell(page, 'POST', JOBS, job);
    await expect(page.getByText('WebGL is not available here; computing on WASM.')).toBeVisible({ timeout: 60_000 });
    await tell(page, 'POST', '/podium/v1/time', { speed: 20 });
    expect(new Set(await finished(page))).toEqual(new Set(['wasm']));
    expect(problems).toEqual([]);
    close();
  });

  test(
    'a context that is lost in the middle costs nothing: training goes on on WASM, and the page says so',
    { tag: '@long' },
    async ({ page }) => {
      test.setTimeout(120_000);
      const { url, close } = await serveChanged({
        'training.worker': `{
        const { getContext } = OffscreenCanvas.prototype;
        const made = [];
        OffscreenCanvas.prototype.getContext = function (...args) { const context = getContext.apply(this, args); if (context) made.push(context); return context; };
        new BroadcastChannel('podium-test').onmessage = () => made.forEach((context) => context.getExtension('WEBGL_lose_context')?.loseContext());
      }`,
      });
      await rememberWorkers(page);
      await open(page, url);
      await tell(page, 'POST', JOBS, job);
      const backends = async (): Promise<string[]> =>
        (
          await tell<{ inputs: { kind: string; result?: { backend: string } }[] }>(page, 'GET', '/podium/v1/journal')
        ).inputs.flatMap((input) => (input.kind === 'training' ? [input.result!.backend] : []));
      await expect.poll(backends, { timeout: 60_000, intervals: [200] }).toContain('webgl');
      await page.evaluate(() => new BroadcastChannel('podium-test').postMessage('lose'));
      await expect(page.getByText('WebGL lost its context; computing on WASM.')).toBeVisible({ timeout: 30_000 });
      await tell(page, 'POST', '/podium/v1/time', { speed: 20 });
      const all = await finished(page);
      expect(all[0]).toBe('webgl');
      expect(all.at(-1)).toBe('wasm');
      close();
    },
  );
});
