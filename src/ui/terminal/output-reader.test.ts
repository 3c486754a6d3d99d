import { describe, expect, it } from 'vitest';
import { OutputReader } from './output-reader';

const CASES: [command: string, lines: string[], links: string[], trouble: string[]][] = [
  [
    'get pods',
    [
      'NAME              READY   STATUS             RESTARTS   AGE',
      'train-sgd-x7k2p   0/1     CrashLoopBackOff   3          41s',
    ],
    ['pods/default/train-sgd-x7k2p'],
    ['CrashLoopBackOff'],
  ],
  [
    'get po -A',
    ['NAMESPACE     NAME   READY   STATUS    RESTARTS   AGE', 'kube-system   dns    1/1     Running   0          2m'],
    ['pods/kube-system/dns'],
    [],
  ],
  [
    'get nodes',
    ['NAME         STATUS                     ROLES', 'gpu-a100-1   NotReady,SchedulingDisabled   <none>'],
    ['nodes//gpu-a100-1'],
    ['NotReady'],
  ],
  ['get pvc -n ml', ['NAME   STATUS   VOLUME', 'ckpt   Bound    pvc-1'], ['persistentvolumeclaims/ml/ckpt'], []],
  [
    'get all',
    ['NAME          READY', 'pod/infer-1   1/1', '', 'NAME                    READY', 'deployment.apps/infer   1/1'],
    ['pods/default/infer-1', 'deployments/default/infer'],
    [],
  ],
  ['apply -f train-job.yaml', ['job.batch/train-sgd created'], ['jobs/default/train-sgd'], []],
  ['logs x', ['Error while reading: NotReady'], [], []],
];

describe('OutputReader', () => {
  it.each(CASES)('%s', (command, lines, links, trouble) => {
    const reader = new OutputReader(command.split(' '));
    const spans = lines.flatMap((line) => {
      const read = reader.read(line);
      expect(read.map((span) => span.text).join('')).toBe(line);
      return read;
    });
    const subjects = spans.flatMap(({ subject }) =>
      subject ? [`${subject.resource}/${subject.namespace}/${subject.name}`] : [],
    );
    expect(subjects).toEqual(links);
    expect(spans.filter((span) => span.trouble).map((span) => span.text)).toEqual(trouble);
  });
});
