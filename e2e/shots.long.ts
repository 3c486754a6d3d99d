import type { Page } from '@playwright/test';
import { mkdirSync, readFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import { fragmentOf, rememberWorkers, sandboxAt, tell } from './door';
import { Sandbox, expect, test } from './fixtures';

/**
 * The design's pictures, made by the product: each from a journal that a script beside it recorded with
 * `npm run shots -- --record`. `npm run shots -- --out FOLDER` says where they go.
 */
const FOLDER = process.env['PODIUM_SHOTS'] ?? 'test-results/shots';

interface Size {
  width: number;
  height: number;
  /** Device pixels per px; phones have more than one. */
  scale?: number;
}

interface Picture {
  size?: Size;
  journal: string;
  /** The moment looked at first, in virtual seconds; without one, where the journal ends. */
  atS?: number;
  /** What the editor holds: a manifest beside the journals. */
  file?: string;
  /** What is done until the picture is as wanted. */
  then?: (sandbox: Sandbox) => Promise<void>;
}

const EMBED_AT_MS = 21_000;
const DESKTOP: Size = { width: 1440, height: 900 };
const PHONE: Size = { width: 390, height: 844, scale: 2 };

const PICTURES: Record<string, Picture> = {
  'sandbox-desktop': {
    journal: 'working-day',
    file: 'train-disk.yaml',
    then: async (sandbox) => {
      await sandbox.inspect('pods/default/train-sgd');
      await sandbox.run('kubectl get pods');
    },
  },
  'scheduling-moment': {
    journal: 'scheduling-moment',
    file: 'train-disk.yaml',
    then: async (sandbox) => {
      await playUntil(sandbox, 'Best');
      await sandbox.inspect('pods/default/train-sgd', 'Why');
    },
  },
  'node-failure': {
    journal: 'node-failure',
    file: 'train-disk.yaml',
    then: async (sandbox) => {
      const name = await replacement(sandbox);
      await sandbox.inspect(`pods/default/${name}`, 'Why');
      for (const line of ['get nodes', 'get pods -l job-name=train-sgd', 'get volumeattachments'])
        await sandbox.run(`kubectl ${line}`);
    },
  },
  training: {
    journal: 'training',
    file: 'train-shared.yaml',
    then: async (sandbox) => {
      await sandbox.inspect(`pods/default/${await replacement(sandbox)}`, 'Logs');
      await sandbox.openTraining('Job train-sgd');
    },
  },
  palette: {
    journal: 'working-day',
    file: 'train-disk.yaml',
    then: async (sandbox) => {
      await sandbox.inspect('pods/default/train-sgd');
      await sandbox.page.keyboard.press('ControlOrMeta+k');
      await sandbox.page.keyboard.type('train');
    },
  },
  'motion-score': { size: { width: 1280, height: 752 }, journal: 'healing', atS: 19.9, then: presented('Best') },
  'motion-silence': { size: { width: 1280, height: 752 }, journal: 'healing', atS: 225, then: presented() },
  'motion-healed': { size: { width: 1280, height: 752 }, journal: 'healing', atS: 560, then: presented() },
  phone: { size: PHONE, journal: 'working-day', atS: 40, file: 'train-disk.yaml' },
  'scale-10': { journal: 'working-day' },
  'scale-200': { journal: 'scale-200' },
  'scale-2000': { journal: 'scale-2000' },
};

test.describe.configure({ timeout: 240_000 });

for (const scheme of ['light', 'dark'] as const) {
  const suffix = scheme === 'dark' ? '-dark' : '';
  for (const [name, picture] of Object.entries(PICTURES)) {
    const size = picture.size ?? DESKTOP;
    test.describe(`${name}, ${scheme}`, () => {
      test.use({
        colorScheme: scheme,
        viewport: { width: size.width, height: size.height },
        deviceScaleFactor: size.scale ?? 1,
      });
      test('is made', async ({ page, site }) => {
        await rememberWorkers(page);
        if (picture.file) await page.addInitScript(keepFiles, filesOf(picture.file));
        const sandbox = new Sandbox(page, site);
        await page.goto(sandboxAt(`${site}${fragmentOf(journal(picture.journal))}&at=${atMsOf(picture)}`));
        await expect(page.getByRole('button', { name: 'Play', exact: true }).first()).toBeEnabled({ timeout: 120_000 });
        if (size.width >= 768 && picture.file) await sandbox.richEditor();
        await picture.then?.(sandbox);
        await page.waitForTimeout(600);
        await shoot(page, name + suffix);
        expect(sandbox.problems).toEqual([]);
      });
    });
  }

  test.describe(`Home and embeds, ${scheme}`, () => {
    test.use({ colorScheme: scheme });

    for (const [name, size] of Object.entries({ home: DESKTOP, 'home-phone': PHONE })) {
      test.describe(name, () => {
        test.use({ viewport: { width: size.width, height: size.height }, deviceScaleFactor: size.scale ?? 1 });
        test('is made', async ({ page, site }) => {
          await page.goto(site);
          const kill = page.getByRole('button', { name: 'Kill a Pod' });
          await expect(kill).toBeEnabled();
          await kill.click();
          await expect(page.locator('.say')).toContainText(/asks for one more/);
          await shoot(page, name + suffix);
        });
      });
    }

    for (const [name, width, height] of [
      ['embed', 760, 490],
      ['embed-400', 400, 600],
    ] as const) {
      test.describe(name, () => {
        test.use({ viewport: { width, height }, deviceScaleFactor: name === 'embed' ? 1 : 2 });
        test('is made', async ({ page, site }) => {
          const yaml = deflateRawSync(manifest('embed-pod-tolerant.yaml')).toString('base64url');
          const fragment = `${fragmentOf(journal('embed'))}&at=${EMBED_AT_MS}&yaml=${yaml}`;
          await page.goto(`${site}embed.html?theme=${scheme}&title=Taints%20keep%20Pods%20out${fragment}`);
          await expect(page.getByText('Pending. 0 of 3 nodes fit.')).toBeAttached({ timeout: 30_000 });
          await expect(page.locator('.stage svg').first()).toBeVisible();
          await page.waitForTimeout(600);
          await shoot(page, name + suffix);
        });
      });
    }
  });
}

function atMsOf({ journal: name, atS }: Picture): number {
  const { branches } = JSON.parse(journal(name)) as { branches: { endMs: number }[] };
  return atS === undefined ? branches[0]!.endMs : Math.round(atS * 1000);
}

function journal(name: string): string {
  return readFileSync(new URL(`journals/${name}.json`, import.meta.url), 'utf8');
}

function manifest(name: string): string {
  return readFileSync(new URL(`journals/manifests/${name}`, import.meta.url), 'utf8');
}

function filesOf(open: string): [name: string, text: string][] {
  return [
    ['train-job.yaml', manifest(open)],
    ['infer.yaml', manifest('serving.yaml')],
  ];
}

/** Runs in the page, before it: the editor's files are these. */
function keepFiles(files: [name: string, text: string][]): void {
  const list = files.map(([name, text]) => ({ name, text }));
  localStorage.setItem('podium/files', JSON.stringify({ list, open: list[0]!.name }));
}

/** Plays from the moment looked at until the stage says something, and stops there at once: the page looks itself. */
async function playUntil({ page }: Sandbox, words: string): Promise<void> {
  await page.keyboard.press('Escape');
  await page.evaluate(
    (text) =>
      new Promise<void>((resolve) => {
        const press = (name: string): void =>
          document.querySelector<HTMLButtonElement>(`[aria-label="${name}"]`)?.click();
        const look = (): void => {
          if (!document.querySelector('main')?.textContent?.includes(text)) return void requestAnimationFrame(look);
          press('Pause');
          resolve();
        };
        requestAnimationFrame(look);
        press('Play');
      }),
    words,
  );
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible({ timeout: 60_000 });
}

/** As it is shown to a room, at a moment. */
function presented(words?: string): (sandbox: Sandbox) => Promise<void> {
  return async (sandbox) => {
    await sandbox.page.getByRole('button', { name: 'Present', exact: true }).click();
    if (words) await playUntil(sandbox, words);
  };
}

/** The youngest Pod of the Job train-sgd. */
async function replacement({ page }: Sandbox): Promise<string> {
  const list = await tell<{ items: { metadata: { name: string; creationTimestamp: string } }[] }>(
    page,
    'GET',
    '/api/v1/namespaces/default/pods?labelSelector=job-name%3Dtrain-sgd',
  );
  const ages = list.items.map(({ metadata }) => [metadata.creationTimestamp, metadata.name] as const).sort();
  return ages.at(-1)![1];
}

async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  await page.screenshot({ path: `${FOLDER}/${name}.png` });
}
