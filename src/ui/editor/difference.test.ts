// @vitest-environment node
import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../api/json';
import { differingLines } from './difference';
import { readManifest } from './manifest';

const TEXT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: infer
spec:
  replicas: 3
  template:
    spec:
      containers:
      - name: server
        image: podium/model-server:1.0
        resources:
          requests: {cpu: 500m, memory: 1Gi}
        env:
        - {name: A, value: "1"}
      volumes:
      - name: tmp
        emptyDir: {}
`;

function live(change: (object: JsonMap) => void, lastApplied = TEXT): JsonMap {
  const object = structuredClone(readManifest(TEXT).documents[0]!.value);
  (object['metadata'] as JsonMap)['annotations'] = {
    'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(readManifest(lastApplied).documents[0]!.value),
  };
  (object['metadata'] as JsonMap)['uid'] = 'u';
  object['status'] = { replicas: 3 };
  change(object);
  return object;
}

const spec = (object: JsonMap): JsonMap => object['spec'] as JsonMap;
const container = (object: JsonMap): JsonMap =>
  (((spec(object)['template'] as JsonMap)['spec'] as JsonMap)['containers'] as JsonMap[])[0]!;

const differ = (text: string, object: JsonMap): string[] => {
  const lines = text.split('\n');
  return differingLines(readManifest(text).documents[0]!, object).map((line) => lines[line - 1]!.trim());
};

describe('differingLines', () => {
  it('is empty when Apply would change nothing', () => {
    expect(
      differ(
        TEXT,
        live(() => {}),
      ),
    ).toEqual([]);
  });

  it('does not count what the API server added or wrote otherwise', () => {
    const object = live((one) => {
      spec(one)['progressDeadlineSeconds'] = 600;
      container(one)['imagePullPolicy'] = 'IfNotPresent';
      container(one)['resources'] = { requests: { cpu: '0.5', memory: '1024Mi' } };
    });
    expect(differ(TEXT, object)).toEqual([]);
  });

  it('finds a changed, a new and a drifted line', () => {
    const object = live((one) => (spec(one)['replicas'] = 5));
    const text = TEXT.replace(':1.0', ':1.1').replace(
      '        env:\n',
      '        env:\n        - {name: B, value: "2"}\n',
    );
    expect(differ(text, object)).toEqual(['replicas: 3', 'image: podium/model-server:1.1', '- {name: B, value: "2"}']);
  });

  it('counts what an earlier Apply said and the file no longer says', () => {
    const text = TEXT.replace('  replicas: 3\n', '');
    expect(
      differ(
        text,
        live(() => {}),
      ),
    ).toEqual(['spec:']);
    expect(
      differ(
        text,
        live(() => {}, text),
      ),
    ).toEqual([]);
  });

  it('takes null for nothing', () => {
    const text = TEXT.replace('replicas: 3', 'paused: null');
    expect(
      differ(
        text,
        live((one) => delete spec(one)['replicas'], text),
      ),
    ).toEqual([]);
  });
});
