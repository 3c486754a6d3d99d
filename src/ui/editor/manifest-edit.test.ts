import { describe, expect, it } from 'vitest';
import { editManifest, type FieldEdit } from './manifest-edit';
import { readManifest } from './manifest';

const JOB = `# train
apiVersion: batch/v1
kind: Job
metadata:
  name: train   # mine
spec:
  template:
    spec:
      restartPolicy: Never
      nodeSelector:
        zone: a
        disk: ssd # fast
      containers:
      - name: trainer
        image: podium/sgd-regressor:1.4
        resources:
          limits:
            cpu: "4"
            nvidia.com/gpu: 8   # all of them

---
kind: Service
`;

const SPEC = ['spec', 'template', 'spec'];

function edited(text: string, ...edits: FieldEdit[]): string | undefined {
  return editManifest(text, readManifest(text).documents[0]!, edits);
}

/** The lines that differ, as a patch shows them. */
function difference(before: string, after: string | undefined): string[] {
  const [old, now] = [before.split('\n'), (after ?? '').split('\n')];
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `- ${line}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+ ${line}`),
  ];
}

describe('an edit of a manifest', () => {
  it.each<[string, FieldEdit, string[]]>([
    [
      'changes a value and keeps the comment beside it',
      { path: [...SPEC, 'containers', 0, 'resources', 'limits', 'nvidia.com/gpu'], value: '4' },
      ['-             nvidia.com/gpu: 8   # all of them', '+             nvidia.com/gpu: "4"   # all of them'],
    ],
    [
      'puts a list where there is none, before the containers',
      { path: [...SPEC, 'tolerations', 0], value: { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' } },
      [
        '+       tolerations:',
        '+       - key: nvidia.com/gpu',
        '+         operator: Exists',
        '+         effect: NoSchedule',
      ],
    ],
    ['takes one of several fields away', { path: [...SPEC, 'nodeSelector', 'disk'] }, ['-         disk: ssd # fast']],
    ['makes a field at the end of a map', { path: ['spec', 'backoffLimit'], value: 2 }, ['+   backoffLimit: 2']],
  ])('%s', (_what, edit, lines) => {
    expect(difference(JOB, edited(JOB, edit))).toEqual(lines);
  });

  it('takes the map along that it leaves empty', () => {
    const after = edited(JOB, { path: [...SPEC, 'nodeSelector', 'disk'] }, { path: [...SPEC, 'nodeSelector', 'zone'] });
    expect(difference(JOB, after)).toEqual([
      '-       nodeSelector:',
      '-         zone: a',
      '-         disk: ssd # fast',
    ]);
    expect(after).toContain('\n---\nkind: Service\n');
  });

  it('adds to a list, however it is indented', () => {
    const text = 'kind: Pod\nspec:\n  tolerations:\n    - key: a\n      operator: Exists\n\n  containers: []\n';
    expect(edited(text, { path: ['spec', 'tolerations', 1], value: { key: 'b' } })).toBe(
      'kind: Pod\nspec:\n  tolerations:\n    - key: a\n      operator: Exists\n    - key: b\n\n  containers: []\n',
    );
  });

  it('takes the first field of an item away', () => {
    const text = 'kind: Pod\nspec:\n  ports:\n  - hostPort: 80\n    containerPort: 80\n';
    expect(edited(text, { path: ['spec', 'ports', 0, 'hostPort'] })).toBe(
      'kind: Pod\nspec:\n  ports:\n  - containerPort: 80\n',
    );
  });

  it('takes several items of a list away', () => {
    const text = 'kind: Pod\nspec:\n  gates:\n  - name: a\n  - name: b\n  - name: c\n';
    const gone = [0, 2].map((index) => ({ path: ['spec', 'gates', index] }));
    expect(edited(text, ...gone)).toBe('kind: Pod\nspec:\n  gates:\n  - name: b\n');
  });

  it('keeps its hands off what is written on one line', () => {
    const text = 'kind: Pod\nspec: {nodeSelector: {a: b}, containers: []}\n';
    expect(edited(text, { path: ['spec', 'nodeSelector', 'a'] })).toBeUndefined();
    expect(edited(text, { path: ['spec', 'tolerations', 0], value: { key: 'a' } })).toBeUndefined();
  });

  it('changes the second document of a file in its place', () => {
    const text = `kind: A\n---\n\nkind: B\nspec:\n  x: 1\n---\nkind: C\n`;
    const second = readManifest(text).documents[1]!;
    expect(editManifest(text, second, [{ path: ['spec', 'x'], value: 2 }])).toBe(text.replace('x: 1', 'x: 2'));
  });
});
