import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { control } from '../../lesson/script/hands';
import { ScriptPlayer } from '../../lesson/script/player';
import { readScript } from '../../lesson/script/script';
import { LessonRun } from '../../lesson/watch/lesson-run';
import type { LessonState } from '../../lesson/watch/state';
import { libraryIn } from './folder';
import { LocalCluster } from './local-cluster';
import { startLesson } from '../../lesson/script/start-lesson';

const library = await libraryIn(fileURLToPath(new URL('../../../lessons', import.meta.url)));
const SLUG = '03-break-it';
const read = await library.lesson(SLUG);
if (!read.lesson) throw new Error(JSON.stringify(read.problems));
const { lesson, cel } = read;

const open: LocalCluster[] = [];
afterEach(() => {
  for (const cluster of open.splice(0)) cluster.close();
});

async function begin(): Promise<{
  cluster: LocalCluster;
  run: LessonRun;
  play: (text: string) => Promise<LessonState>;
}> {
  const cluster = await LocalCluster.open();
  open.push(cluster);
  await startLesson(library, cluster, lesson);
  const run = await LessonRun.begin(cluster.client, lesson, cel);
  const play = async (text: string): Promise<LessonState> => {
    expect(await new ScriptPlayer(cluster, run).play(readScript(text, 's', []), 's')).toBeUndefined();
    return run.state;
  };
  return { cluster, run, play };
}

const SOLUTION = (await library.files(SLUG))['solution.txt']!;
const metAt = ({ goals }: LessonState): (number | undefined)[] => goals.map(({ metAtMs }) => metAtMs);

test('who looks back sees the goals as they were, and as they are when going on', async () => {
  const { cluster, run, play } = await begin();
  const end = await play(SOLUTION);
  expect(end.done).toBe(true);
  const [replaced, restarted] = metAt(end) as number[];
  await control(cluster.client, 'time', { rewindMs: restarted! - 1 });
  const past = await run.look();
  expect(metAt(past)).toEqual([replaced, undefined, undefined, undefined]);
  expect(past.predictions.map(({ outcome }) => outcome?.atMs)).toEqual([replaced, undefined]);
  await control(cluster.client, 'time', { rewindMs: end.beganMs - 5_000 });
  expect(metAt(await run.look())).toEqual([undefined, undefined, undefined, undefined]);
  await control(cluster.client, 'time', { live: 'main' });
  expect(await run.look()).toEqual({ ...end, atMs: (await run.look()).atMs });
});

test('on another branch only what happened there counts', async () => {
  const { cluster, run, play } = await begin();
  const end = await play(`wait 5s\n${SOLUTION}`);
  await control(cluster.client, 'time', { rewindMs: end.beganMs + 1_000 });
  const forked = await play('kubectl scale deployment web --replicas=5\nwait goal five');
  expect(forked.goals.map(({ met }) => met)).toEqual([false, false, true, false]);
  expect(forked.goals[0]!.because).toBe('all 5 Pods are still there.');
  expect(forked.moments.map(({ label }) => label)).toEqual(['Five are wanted']);
  await control(cluster.client, 'time', { live: 'main' });
  expect(metAt(await run.look())).toEqual(metAt(end));
});

test('a failed goal leads back to before what the learner did', async () => {
  const { cluster, run, play } = await begin();
  const lost = await play('wait 10s\nkubectl delete deployment web\nwait 60s\nfailing replaced');
  const { goodMs, sinceMs } = lost.goals[0]!.fails!;
  expect(goodMs).toBeLessThan(sinceMs);
  await control(cluster.client, 'time', { rewindMs: goodMs });
  expect((await run.look()).goals[0]!.fails).toBeUndefined();
  expect((await play('kubectl delete pod ${pods[0].metadata.name}\nwait goal replaced')).goals[0]!.met).toBe(true);
});

test('moments do not depend on how often anybody looked, nor on the speed', async () => {
  const { cluster, play } = await begin();
  const end = await play(SOLUTION);
  const { body } = await cluster.client.request({ method: 'GET', path: '/podium/v1/document' });
  const other = await LocalCluster.open();
  open.push(other);
  await other.simulation.openText('lesson', JSON.stringify(body));
  const run = await LessonRun.begin(other.client, lesson, cel, { beganMs: end.beganMs, openings: [], answers: {} });
  expect(metAt(run.state)).toEqual(metAt(end));
  expect(run.state.moments).toEqual(end.moments);
});

test('what the learner deleted is told from what the cluster deleted', async () => {
  const { run, play } = await begin();
  await play('kubectl scale deployment web --replicas=2\nwait 60s');
  expect(run.text('gone.pods.map(g, g.gone.by).join(" ")')).toBe('replicaset-controller');
  await play('kubectl delete pod ${pods[0].metadata.name}\nwait 60s');
  expect(run.text('gone.pods.filter(g, g.gone.byLearner).size()')).toBe('1');
});

test('parts of the control plane, faults and training are told', async () => {
  const { run, play } = await begin();
  const isUp = 'components.filter(c, !c.up).map(c, c.name).join(" ")';
  await play('fault {type: ComponentDown, component: kube-scheduler}');
  expect(run.text(isUp)).toBe('kube-scheduler');
  expect(run.text('faults.map(f, f.type).join(" ")')).toBe('ComponentDown');
  await play('wait 90s');
  expect(run.text(isUp)).toBe('');
  await play(`kubectl apply -f - <<END
apiVersion: batch/v1
kind: Job
metadata: {name: train}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: t, image: "podium/sgd-regressor:1.4", env: [{name: STEPS, value: "50"}], resources: {requests: {cpu: "1"}}}]
END
wait 120s`);
  expect(run.text('trainings.map(t, t.kind + " " + t.owner + " " + string(t.step)).join(" ")')).toBe('Job train 50');
  expect(Number(run.text('trainings[0].loss'))).toBeGreaterThan(0);
});

test('each start of a training is told, with the step it began at and what was lost', async () => {
  const { run, play } = await begin();
  await play(`kubectl apply -f - <<END
apiVersion: batch/v1
kind: Job
metadata: {name: train}
spec:
  template:
    spec:
      restartPolicy: OnFailure
      containers:
      - name: t
        image: podium/sgd-regressor:1.4
        env: [{name: STEPS, value: "900"}, {name: CHECKPOINT_DIR, value: /work}, {name: CHECKPOINT_EVERY, value: "20"}]
        volumeMounts: [{name: work, mountPath: /work}]
      volumes: [{name: work, emptyDir: {}}]
END
wait 70s
fault {type: ContainerCrash, namespace: default, pod: "\${podsOf(jobs[0])[0].metadata.name}", container: t, exitCode: 137}
wait 30s
kubectl delete pod \${podsOf(jobs[0])[0].metadata.name}
wait 60s`);
  const [first, second, third] = JSON.parse(
    run.text('"[" + runs.map(r, "[" + [r.from, r.step, r.lost].map(n, string(n)).join(",") + "]").join(",") + "]"'),
  ) as number[][];
  const [, reached = 0] = first!;
  expect(reached).toBeGreaterThan(40);
  expect(second).toEqual([reached - (reached % 20), expect.any(Number), reached % 20]);
  expect(third).toEqual([0, expect.any(Number), second![1]]);
  expect(run.text('runs.all(r, r.owner == "train" && r.kind == "Job" && r.began <= r.at)')).toBe('true');
  expect(run.text('runs.exists(r, r.began > runs[0].at) && size(trainings) == 2')).toBe('true');
});
