import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { lessonArchive, readLessonArchive } from '../../lesson/archive/lesson-archive';
import { buildLesson } from '../../lesson/build/build';
import { propose } from '../../lesson/build/propose';
import { markGoal, markStart } from '../../lesson/build/recorder';
import { control } from '../../lesson/script/hands';
import { lessonOf } from './build';
import { libraryIn } from './folder';
import { LocalCluster } from './local-cluster';
import { proveLesson } from './proof';

/** Authors play, mark, tick everything that is proposed, and export: what comes out must pass the check of every lesson. */

const library = await libraryIn(fileURLToPath(new URL('../../../lessons', import.meta.url)));
const LIMIT_MS = 120_000;

const workload = (kind: string, name: string, image: string, more: object = {}): string =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image }], ...more } },
    },
  });
const WEB = workload('Deployment', 'web', 'nginx:1.27');
const TOLERANT = workload('Deployment', 'trainer', 'redis', {
  tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists' }],
  nodeSelector: { 'cloud.google.com/gke-nodepool': 'gpu' },
});
const JOB = JSON.stringify({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'once' },
  spec: {
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox', command: ['true'] }] } },
  },
});
const SERVICE = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
});

type Deed = (cluster: LocalCluster) => Promise<unknown>;

const kubectl =
  (line: string, stdin?: string): Deed =>
  async (cluster) => {
    const { code, stderr } = await cluster.kubectl(cluster.split(line) as string[], stdin);
    expect([code, stderr.replaceAll(/^Warning.*\n/gm, '')]).toEqual([0, '']);
  };
const apply = (text: string): Deed => kubectl('apply -f -', text);
const wait =
  (seconds: number): Deed =>
  (cluster) =>
    control(cluster.client, 'time', { advanceMs: seconds * 1000 });
const fault =
  (body: object): Deed =>
  (cluster) =>
    control(cluster.client, 'faults', body as never);
const deletePod: Deed = async (cluster) => {
  const { body } = await cluster.client.request({ method: 'GET', path: '/api/v1/namespaces/default/pods' });
  const [pod] = (body as unknown as { items: { metadata: { name: string } }[] }).items;
  await kubectl(`delete pod ${pod!.metadata.name}`)(cluster);
};

async function played(before: readonly Deed[], deeds: readonly Deed[]): Promise<ReturnType<typeof buildLesson>> {
  const cluster = await LocalCluster.open();
  try {
    await control(cluster.client, 'reset', { preset: 'ml', seed: 5 });
    for (const deed of before) await deed(cluster);
    const start = await markStart(cluster.client);
    if ('problem' in start) throw new Error(start.problem);
    for (const deed of deeds) await deed(cluster);
    const play = await markGoal(cluster.client, start);
    if ('problem' in play) throw new Error(play.problem);
    const draft = {
      title: 'Mine',
      lead: 'What somebody played.',
      minutes: 5,
      keep: 'What was played can be taught.',
      pages: '# One page\nLook at what is there.',
      goals: propose(play).map((one) => ({ ...one, page: 1 })),
    };
    return buildLesson(start, play, draft, { files: {}, open: undefined });
  } finally {
    cluster.close();
  }
}

const goalsOf = ({ files }: { files: Readonly<Record<string, string>> }): string[] =>
  [...files['goal.yaml']!.matchAll(/^ {2}- id: (.*)$/gm)].map(([, id]) => id!);

test.each<[what: string, before: Deed[], deeds: Deed[], goals: string[]]>([
  ['a Deployment made', [], [apply(WEB), wait(40)], ['deployment-ready']],
  [
    'one scaled',
    [apply(WEB), wait(40)],
    [kubectl('scale deployment web --replicas=4'), wait(40)],
    ['deployment-scaled'],
  ],
  ['a Pod deleted', [apply(WEB), wait(40)], [deletePod, wait(60)], ['pod-replaced']],
  [
    'one updated, then another taken away',
    [apply(WEB), apply(TOLERANT), wait(60)],
    [kubectl('set image deployment web c=nginx:1.28'), wait(60), kubectl('delete deployment trainer'), wait(40)],
    ['deployment-updated', 'deployment-removed'],
  ],
  ['Pods let in where a taint keeps others off', [], [apply(TOLERANT), wait(60)], ['deployment-ready', 'on-gpu']],
  ['a Service that finds Pods', [apply(WEB), wait(40)], [apply(SERVICE), wait(5)], ['served']],
  ['a Job that completes', [], [apply(JOB), wait(60)], ['job-completed']],
  [
    'a scheduler that stands still',
    [],
    [
      fault({ type: 'ComponentDown', component: 'kube-scheduler' }),
      wait(3),
      apply(WEB),
      wait(5),
      fault({ type: 'ComponentUp', component: 'kube-scheduler' }),
      wait(60),
    ],
    ['deployment-ready', 'components-up'],
  ],
  [
    'nodes changed',
    [],
    [
      kubectl('taint nodes cpu-1 team=web:NoSchedule'),
      wait(2),
      kubectl('label node cpu-2 disk=ssd'),
      wait(2),
      kubectl('cordon cpu-2'),
      wait(2),
    ],
    ['tainted', 'labelled', 'cordoned'],
  ],
])(
  '%s becomes a lesson that passes its check',
  async (_, before, deeds, goals) => {
    const built = await played(before, deeds);
    expect(built.problems).toEqual([]);
    expect(goalsOf(built)).toEqual(goals);
    const read = await readLessonArchive('mine.zip', lessonArchive(built));
    if ('problem' in read) throw new Error(read.problem);
    expect(read.files).toEqual(built.files);
    expect(await proveLesson(library.with(read), read.slug)).toEqual([]);
  },
  LIMIT_MS,
);

test(
  'a saved cluster becomes one, from a moment of it; of what was before its start nothing is asked',
  async () => {
    const cluster = await LocalCluster.open();
    await control(cluster.client, 'reset', { preset: 'ml', seed: 5 });
    for (const deed of [apply(WEB), wait(40), apply(JOB), wait(60)]) await deed(cluster);
    const { body } = await cluster.client.request({ method: 'GET', path: '/podium/v1/document' });
    cluster.close();
    const made = await lessonOf(JSON.stringify(body), 30, 'Later');
    if ('problem' in made) throw new Error(made.problem);
    expect(goalsOf(made.built)).toEqual(['job-completed']);
    expect(await proveLesson(library.with(made.built), made.built.slug)).toEqual([]);
    expect(await lessonOf(JSON.stringify(body), 99, 'Nothing')).toEqual({
      problem: expect.stringMatching(/nothing has come that could be a goal/),
    });
  },
  LIMIT_MS,
);
