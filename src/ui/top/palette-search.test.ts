import { describe, expect, it } from 'vitest';
import { NODE_FLAGS } from '../../protocol/frame';
import { FramePicture } from '../../scene/frame-picture';
import type { Picture } from '../../scene/picture';
import { Ids, makeFrame, type Sketch } from '../../scene/frames.rig';
import { candidatesOf, type Candidate, type PaletteRow } from './palette-rows';
import { findRows, rowId } from './palette-search';
import { nameServerRows } from './palette-settings';

function pictured(sketch: Sketch): Picture {
  const { frame, details } = makeFrame(sketch, new Ids());
  return new FramePicture(frame, details);
}

const THEME: PaletteRow = {
  group: 'Settings',
  icon: 'theme',
  text: 'Change between light and dark',
  note: '',
  key: '',
  action: { do: 'setting', what: 'theme' },
};

const picture = pictured({
  nodes: [{ name: 'gpu-a100-1', flags: NODE_FLAGS.off }, { name: 'cpu-1' }],
  pods: [
    { name: 'train-sgd-x7k2p', node: 'gpu-a100-1', owner: 'train-sgd' },
    { name: 'train-wide-9hq4m', phase: 'Pending', owner: 'train-wide' },
  ],
  controlPlane: { down: ['kube-scheduler'] },
});
const candidates: Candidate[] = candidatesOf({
  picture,
  offStage: [
    { subject: { resource: 'jobs', namespace: 'default', name: 'train-sgd' }, kind: 'Job', note: '1 of 1 active' },
  ],
  files: ['infer.yaml'],
  always: [THEME],
});
const found = (text: string, recent: string[] = [], selected = ''): string[] =>
  findRows(candidates, text, recent, selected).map((row) => row.text);

it.each([
  [true, ['Stop DNS']],
  [false, ['Start DNS']],
  [undefined, []],
])('offers what can be done about name servers that are up: %s', (nameServerUp, texts) => {
  const rows = nameServerRows(nameServerUp === undefined ? {} : { nameServerUp });
  expect(rows.map(({ text }) => text)).toEqual(texts);
});

describe('the palette', () => {
  it('finds a Pod by a piece of its name, with the question, the actions and the lines about it', () => {
    expect(found('x7k2p')).toEqual([
      'Why does train-sgd-x7k2p run on gpu-a100-1?',
      'train-sgd-x7k2p',
      'Kill the container of train-sgd-x7k2p',
      'Run train-sgd-x7k2p out of memory',
      'Delete Pod train-sgd-x7k2p',
      'kubectl describe pod train-sgd-x7k2p',
      'kubectl logs -f train-sgd-x7k2p',
    ]);
  });

  it.each([
    ['why is train-wide Pending', 'Why is train-wide-9hq4m Pending?'],
    ['why is train-wide pending?', 'Why is train-wide-9hq4m Pending?'],
    ['why off', 'Why is gpu-a100-1 off?'],
    ['power on', 'Power on gpu-a100-1'],
    ['power off cpu-1', 'Power off cpu-1'],
    ['drain cpu', 'Drain cpu-1'],
    ['start scheduler', 'Start kube-scheduler'],
    ['job', 'train-sgd'],
    ['dark', 'Change between light and dark'],
    ['infer.y', 'Open infer.yaml'],
    ['2:14', 'Go to 2:14'],
    ['k get nodes', 'kubectl get nodes'],
  ])('%s', (text, first) => {
    expect(found(text)[0]).toBe(first);
  });

  it('finds nothing where nothing is, and no row twice', () => {
    expect(found('zzzz')).toEqual([]);
    const texts = found('k describe pod train-sgd-x7k2p');
    expect(texts.filter((one) => one === 'kubectl describe pod train-sgd-x7k2p')).toHaveLength(1);
  });

  it('asks about what waits before what runs', () => {
    expect(found('why')[0]).toBe('Why is train-wide-9hq4m Pending?');
    expect(found('')[0]).toBe('Why is train-wide-9hq4m Pending?');
  });

  it('shows first what was taken lately, and forgets what is gone', () => {
    const recent = [
      JSON.stringify({ do: 'select', subject: { resource: 'pods', namespace: 'default', name: 'gone' } }),
      JSON.stringify({ do: 'kubectl', line: 'kubectl get events' }),
      rowId(THEME),
    ];
    const rows = findRows(candidates, '', recent);
    expect(rows.filter((row) => row.group === 'Recent').map((row) => row.text)).toEqual([
      'kubectl get events',
      'Change between light and dark',
    ]);
    expect(found('kubectl', recent)).toContain('kubectl get events');
    expect(found('e', recent, '')[0]).not.toBe('gone');
  });

  it('prefers what is selected', () => {
    expect(found('', [], 'cpu-1')).toContain('Power off cpu-1');
    expect(found('network', [], 'cpu-1')[0]).toBe('Cut the network of cpu-1');
  });

  it('knows a name by letters in their order', () => {
    expect(found('ga1')).toContain('gpu-a100-1');
    expect(found('gkz')).toEqual([]);
  });

  it('makes rows for a few of ten thousand Pods only', () => {
    const pods = Array.from({ length: 10_000 }, (_, at) => ({ name: `web-${at}`, node: 'cpu-1', owner: 'web' }));
    const many = pictured({ nodes: [{ name: 'cpu-1' }], pods });
    let made = 0;
    const counted = candidatesOf({ picture: many, offStage: [], files: [], always: [] }).map(
      (candidate): Candidate => ({ ...candidate, rows: () => ((made += 1), candidate.rows()) }),
    );
    expect(findRows(counted, 'why web-9999').map((row) => row.text)).toEqual(['Why does web-9999 run on cpu-1?']);
    expect(findRows(counted, 'web')).not.toEqual([]);
    expect(findRows(counted, '')).not.toEqual([]);
    expect(made).toBeLessThan(300);
  });
});
