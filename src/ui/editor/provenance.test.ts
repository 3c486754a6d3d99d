import { describe, expect, it } from 'vitest';
import { readManifest } from './manifest';
import { lineOrigins } from './provenance';

const LIVE = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: infer
  uid: u
spec:
  progressDeadlineSeconds: 600
  replicas: 5
  template:
    spec:
      containers:
      - image: podium/model-server:1.0
        name: server
        resources:
          requests:
            cpu: 500m
      restartPolicy: Always
      volumes:
      - emptyDir:
          medium: Memory
        name: tmp
status:
  replicas: 5
`;

const DECLARED = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: infer
  labels: {tier: web}
spec:
  replicas: 3
  template:
    spec:
      containers:
      - name: server
        image: podium/model-server:1.0
        resources: {requests: {cpu: 0.5}}
      volumes:
      - {name: tmp, emptyDir: {}}
`;

describe('the lines of a live object', () => {
  const origins = lineOrigins(readManifest(LIVE).documents[0]!, readManifest(DECLARED).documents[0]!.value);
  const lines = LIVE.split('\n');
  const of = (text: string): unknown => {
    const { is, declared } = origins.get(lines.findIndex((line) => line.includes(text)) + 1)!;
    return declared === undefined ? is : [is, declared];
  };

  it.each<[string, unknown]>([
    ['apiVersion', 'declared'],
    ['name: infer', 'declared'],
    ['uid', 'filled'],
    ['progressDeadline', 'filled'],
    ['replicas: 5', ['drift', '3']],
    ['image: podium', 'declared'],
    ['cpu: 500m', 'declared'],
    ['restartPolicy', 'filled'],
    ['medium: Memory', 'declared'],
    ['status:', 'filled'],
    ['metadata:', ['drift', 'metadata.labels.tier: web']],
    ['template:', 'declared'],
  ])('%s', (text, origin) => {
    expect(of(text)).toEqual(origin);
  });
});
