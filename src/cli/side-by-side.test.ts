import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Desk, REAL, alike, source, wordsOf } from './side-by-side/kubectls.rig';
import type { Printed } from './side-by-side/kubectls.rig';

/**
 * Where a real kubectl is on the machine, as PODIUM_KUBECTL or on the PATH, it and ours run the same commands against the
 * same bridge and must print the same. Only what writes nothing is asked, so that both find the same cluster. What the real
 * one said where it refused, and what it offered to a shell, is kept, so that it is compared also where there is none.
 */
const linesOf = (name: string): string[] =>
  source(name)
    .split('\n')
    .filter((line) => line !== '');

const COMMANDS = [...linesOf('commands.txt'), ...linesOf('completions.txt').map((line) => `__complete ${line}`)];
const RECORD = new URL('./side-by-side/reads.recorded', import.meta.url);

/** What the controllers make up, which another release of the kernel may draw otherwise. */
const DRAWN = /-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g;

const desk = new Desk();

/** What a line printed, without what is this machine's or, of words for a shell, what they mean. */
function shown(line: string, { out, err, code }: Printed): string {
  const words = line.startsWith('__complete ') ? out.replace(/\t.*/g, '') : out;
  const plain = (text: string): string =>
    alike(text.replaceAll(desk.server, 'SERVER').replaceAll(desk.folder, 'FOLDER')).replace(DRAWN, '-DRAWN');
  return `${plain(words)}${plain(err).replace(/^(?=.)/gm, '! ')}exit ${code}`;
}

/** Objects are the cluster's own and change with it. */
const isKept = (line: string, { out }: Printed): boolean => out === '' || line.startsWith('__complete ');

function readRecord(): Map<string, string> {
  const text = existsSync(RECORD) ? readFileSync(RECORD, 'utf8') : '';
  const parts = text.split(/^\$ /m).slice(1);
  return new Map(
    parts.map((part) => {
      const end = part.indexOf('\n');
      return [part.slice(0, end), part.slice(end + 1).trimEnd()];
    }),
  );
}

beforeAll(() => desk.open());
afterAll(() => desk.close());

describe.skipIf(!existsSync(RECORD))('what the real kubectl printed', () => {
  it.each([...readRecord()])('%s', async (line, expected) => {
    expect(shown(line, await desk.ours({ args: wordsOf(line) })).trimEnd()).toBe(expected);
  });
});

describe.skipIf(REAL === undefined)(`beside the real kubectl (${REAL ?? 'there is none: set PODIUM_KUBECTL'})`, () => {
  const said: string[] = [];
  let equal = 0;

  it('is asked hundreds of commands', () => {
    expect(COMMANDS.length).toBeGreaterThanOrEqual(750);
    expect(new Set(COMMANDS).size).toBe(COMMANDS.length);
  });

  it.each(COMMANDS)('%s', async (line) => {
    const args = wordsOf(line);
    const [theirs, own] = await Promise.all([desk.real({ args }), desk.ours({ args })]);
    if (isKept(line, theirs)) said.push(`$ ${line}\n${shown(line, theirs).trimEnd()}\n`);
    expect(shown(line, own)).toEqual(shown(line, theirs));
    equal++;
  });

  afterAll(() => {
    if (equal === COMMANDS.length) writeFileSync(RECORD, said.join(''));
  });
});
