import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Desk, REAL, alike, source, wordsOf } from './side-by-side/kubectls.rig';
import type { Printed } from './side-by-side/kubectls.rig';

/**
 * Where a real kubectl is on the machine, as PODIUM_KUBECTL or on the PATH, it and ours run the same commands against the
 * same bridge and must print the same. Only what writes nothing is asked, so that both find the same cluster.
 */
const COMMANDS = source('commands.txt')
  .split('\n')
  .filter((line) => line !== '');

const desk = new Desk();

describe.skipIf(REAL === undefined)(`beside the real kubectl (${REAL ?? 'there is none: set PODIUM_KUBECTL'})`, () => {
  beforeAll(() => desk.open());
  afterAll(() => desk.close());

  it('is asked at least a hundred commands', () => {
    expect(COMMANDS.length).toBeGreaterThanOrEqual(100);
  });

  it.each(COMMANDS)('%s', async (line) => {
    const args = wordsOf(line);
    const [theirs, own] = await Promise.all([desk.real({ args }), desk.ours({ args })]);
    const shown = ({ out, err, code }: Printed): Printed => ({ out: alike(out), err: alike(err), code });
    expect(shown(own)).toEqual(shown(theirs));
  });
});
