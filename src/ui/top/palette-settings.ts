import type { Fault } from '../../api/faults';
import type { WorldView } from '../../api/world-change';
import type { Page } from '../page/page.svelte';
import { LESSONS } from '../lesson/chapters';
import { Progress } from '../lesson/progress';
import { CLUSTERS } from '../share/clusters';
import { SPEEDS, type Transport } from '../time/transport.svelte';
import type { PaletteRow } from './palette-rows';

/** What can be set and done whatever the cluster holds. */
export function settingRows(page: Page, transport: Transport): PaletteRow[] {
  const { presenter, singleKeys } = page;
  const setting = (
    text: string,
    key: string,
    what: Extract<PaletteRow['action'], { do: 'setting' }>['what'],
    icon: PaletteRow['icon'],
  ): PaletteRow => ({ group: 'Settings', icon, text, note: '', key, action: { do: 'setting', what } });
  const time = (
    text: string,
    key: string,
    what: Extract<PaletteRow['action'], { do: 'time' }>['what'],
    icon: PaletteRow['icon'],
  ): PaletteRow => ({ group: 'Time', icon, text, note: '', key, action: { do: 'time', what } });
  return [
    time(transport.playing ? 'Pause' : 'Play', 'Space', 'play', transport.playing ? 'pause' : 'play'),
    time('Undo the last action', 'Ctrl Z', 'undo', 'undo'),
    time('Step to the next write', '.', 'step', 'step'),
    time('Run until something changes', 'N', 'change', 'step'),
    time('Start a branch here', 'B', 'fork', 'branch'),
    ...branchRows(transport),
    time('Look at the start', 'Home', 'start', 'stepBack'),
    time('Back to now', 'End', 'live', 'step'),
    ...SPEEDS.map((factor, index): PaletteRow => ({
      group: 'Time',
      icon: 'clock',
      text: `Speed ×${factor}`,
      note: transport.speed === factor ? 'as it is' : '',
      key: String(index + 1),
      action: { do: 'speed', factor },
    })),
    ...clusterRows(page),
    ...lessonRows(page),
    setting('Change between light and dark', '', 'theme', 'theme'),
    setting('Show all keys', '?', 'help', 'help'),
    setting(`Turn single-letter keys ${singleKeys.on ? 'off' : 'on'}`, '', 'single keys', 'terminal'),
    setting(
      `${page.terminal.announced ? 'Do not read' : 'Read'} the terminal's output out as it comes`,
      '',
      'read out',
      'terminal',
    ),
    ...(presenter.possible
      ? [setting(presenter.on ? 'End presenting' : 'Present to a room', 'P', 'present', 'present')]
      : []),
    setting('Give all panes their own sizes back', '', 'sizes', 'list'),
    setting('Leave for the home page', '', 'home', 'flag'),
  ];
}

/** The other clusters to start from, and what can happen to all of a cluster. */
function clusterRows({ documents }: Page): PaletteRow[] {
  const row = (text: string, note: string, icon: PaletteRow['icon'], action: PaletteRow['action']): PaletteRow => ({
    group: 'Actions',
    icon,
    text,
    note,
    key: '',
    action,
  });
  const others = CLUSTERS.filter(({ preset }) => preset !== documents.preset);
  return [
    ...others.map(({ preset, title }) => row(`Open the cluster ${preset}`, title, 'node', { do: 'cluster', preset })),
    ...(documents.preset === undefined ? [] : [row('Start the cluster over', '', 'undo', { do: 'start over' })]),
    ...WORLD_FAULTS.map(([text, fault]) => faultRow(text, fault)),
  ];
}

function lessonRows({ storage, taught }: Page): PaletteRow[] {
  const progress = new Progress(storage).all();
  const row = (text: string, note: string, icon: PaletteRow['icon'], action: PaletteRow['action']): PaletteRow => ({
    group: 'Lessons',
    icon,
    text,
    note,
    key: '',
    action,
  });
  return [
    ...LESSONS.filter(({ coming }) => !coming).map(({ slug, number, title, minutes }) =>
      row(`Lesson ${number}: ${title}`, progress[slug]?.done ? 'done' : `${minutes} min`, 'flag', {
        do: 'lesson',
        slug,
      }),
    ),
    row('Open a lesson…', 'a zip', 'upload', { do: 'open lesson' }),
    ...(taught ? [] : [row('Make a lesson', 'from what you play', 'flag', { do: 'make lesson' })]),
  ];
}

const WORLD_FAULTS: [string, Fault][] = [
  ['Stop the image registry', { type: 'RegistryDown' }],
  ['Start the image registry', { type: 'RegistryUp' }],
  ['Make the network slow', { type: 'NetworkDelay', ms: 100, loss: 0 }],
  ['Make the network lose packets', { type: 'NetworkDelay', ms: 300, loss: 0.2 }],
  ['Mend the network', { type: 'NetworkDelay', ms: 0, loss: 0 }],
];

const faultRow = (text: string, fault: Fault): PaletteRow => ({
  group: 'Actions',
  icon: 'cut',
  text,
  note: '',
  key: '',
  action: { do: 'fault', fault },
});

/** Stops the name servers, or starts them again; where they are the provider's, nobody can. */
export function nameServerRows({ nameServerUp }: Pick<WorldView, 'nameServerUp'>): PaletteRow[] {
  if (nameServerUp === undefined) return [];
  return nameServerUp
    ? [faultRow('Stop DNS', { type: 'ComponentDown', component: 'coredns' })]
    : [faultRow('Start DNS', { type: 'ComponentUp', component: 'coredns' })];
}

/** The other branches: to go to, and to compare with. */
function branchRows({ frame }: Transport): PaletteRow[] {
  const row = (text: string, icon: PaletteRow['icon'], action: PaletteRow['action']): PaletteRow => ({
    group: 'Time',
    icon,
    text,
    note: '',
    key: '',
    action,
  });
  return (frame?.branches ?? [])
    .filter(({ id }) => id !== frame?.branch)
    .flatMap(({ id, name }) => [
      row(`Go to branch ${name}`, 'branch', { do: 'branch', id }),
      row(`Compare with ${name}`, 'compare', { do: 'compare', id }),
    ]);
}
