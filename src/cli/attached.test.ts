import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Desk, wordsOf } from './side-by-side/kubectls.rig';

/** What `run` makes and attaches to, against a bridge whose time runs; see side-by-side/writes/attached.txt. */
const desk = new Desk();

beforeAll(() => desk.open(20));
afterAll(() => desk.close());

describe('run --attach', { timeout: 30_000 }, () => {
  it.each([
    ['run a1 --image=busybox --restart=Never --attach -- echo hi', '', { out: 'hi\n', code: 0 }],
    [
      "run a2 --image=busybox --restart=Never --attach --rm -q -- sh -c 'exit 3'",
      '',
      { out: '', err: 'pod default/a2 terminated (Error)\n', code: 3 },
    ],
    [
      'run a3 --image=busybox --restart=OnFailure -i --rm -- wc -l',
      'one\ntwo\n',
      { out: expect.stringMatching(/^2\npod "a3" deleted from default namespace\n$/) as string, code: 0 },
    ],
  ])('%s', async (line, stdin, printed) => {
    expect(await desk.ours({ args: wordsOf(line), ...(stdin === '' ? {} : { stdin }) })).toMatchObject(printed);
  });

  it('removes what --rm says', async () => {
    const { out } = await desk.ours({ args: ['get', 'pods', '-o', 'name'] });
    expect(out).toContain('pod/a1\n');
    expect(out).not.toContain('pod/a2\n');
  });
});
