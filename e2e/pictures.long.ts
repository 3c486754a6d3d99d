import { mkdirSync } from 'node:fs';
import { expect, test, tolerant } from './fixtures';

/** Where the README's pictures are; written only when asked for, by PODIUM_PICTURES=1. */
const FOLDER = process.env['PODIUM_PICTURES'] ? 'public/pictures' : 'test-results/pictures';

test.describe.configure({ timeout: 180_000 });

for (const scheme of ['light', 'dark'] as const) {
  test(`the sandbox while it trains, ${scheme}`, async ({ sandbox }) => {
    const { page } = sandbox;
    await page.emulateMedia({ colorScheme: scheme });
    await sandbox.richEditor();
    await sandbox.paste(tolerant());
    await sandbox.apply();
    await sandbox.until('kubectl get pods', /Running/, 120_000);
    await sandbox.inspect('pods/default/train-sgd-');
    await sandbox.run('clear');
    await sandbox.run('kubectl get pods -o wide');
    await expect(sandbox.stage).toContainText('train-sgd');
    await page.waitForTimeout(20_000);
    mkdirSync(FOLDER, { recursive: true });
    await page.screenshot({ path: `${FOLDER}/sandbox${scheme === 'dark' ? '-dark' : ''}.png` });
  });
}
