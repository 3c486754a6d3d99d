import { describe, expect, it } from 'vitest';
import type { JsonObject } from './format/json';
import { FakeCluster } from './fake-cluster.rig';

const pod = (name: string, labels: Record<string, string> = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels },
  spec: {
    nodeName: 'cpu-1',
    containers: [
      { name: 'main', image: 'busybox:1.36' },
      { name: 'side', image: 'envoy:1' },
    ],
  },
  status: { phase: 'Running' },
});

const deployment = (replicas: number): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', generation: 2 },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx:1.27' }] } },
  },
  status: { observedGeneration: 2, replicas, updatedReplicas: replicas, availableReplicas: replicas },
});

const node = (name: string, taints: JsonObject[] = []): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  spec: { taints },
});

const MANIFEST = `apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  mode: "a"
`;

interface Case {
  about: string;
  objects?: JsonObject[];
  args: string[];
  out?: string;
  err?: string;
  code?: number;
}

const CASES: Case[] = [
  {
    about: 'get prints the Tables of the server',
    objects: [pod('a'), pod('b')],
    args: ['get', 'po'],
    out: 'NAME   AGE\na      60m\nb      60m\n',
  },
  {
    about: 'get -o wide has all columns',
    objects: [pod('a')],
    args: ['get', 'pods', '-o', 'wide'],
    out: 'NAME   AGE   KIND\na      60m   Pod\n',
  },
  { about: 'get names objects', objects: [pod('a')], args: ['get', 'pod/a', '-o', 'name'], out: 'pod/a\n' },
  {
    about: 'get chooses by label',
    objects: [pod('a', { app: 'x' }), pod('b')],
    args: ['get', 'pods', '-l', 'app=x', '--no-headers'],
    out: 'a     60m\n',
  },
  { about: 'get of nothing', args: ['get', 'pods'], err: 'No resources found in default namespace.\n' },
  {
    about: 'get of something that is not there',
    args: ['get', 'pod', 'ghost'],
    err: 'Error from server (NotFound): pods "ghost" not found\n',
    code: 1,
  },
  {
    about: 'get of an unknown kind',
    args: ['get', 'podz'],
    err: 'error: the server doesn\'t have a resource type "podz"\n',
    code: 1,
  },
  {
    about: 'get with an unknown flag',
    args: ['get', 'pods', '--bananas'],
    err: "error: unknown flag: --bananas\nSee 'kubectl get --help' for usage.\n",
    code: 1,
  },
  {
    about: 'jsonpath',
    objects: [pod('a')],
    args: ['get', 'pod', 'a', '-o', 'jsonpath={.spec.containers[*].name}'],
    out: 'main side',
  },
  {
    about: 'custom columns',
    objects: [pod('a')],
    args: ['get', 'pods', '-o', 'custom-columns=N:.metadata.name,X:.spec.none'],
    out: 'N     X\na     <none>\n',
  },
  {
    about: 'an unknown command, with a suggestion',
    args: ['pods'],
    err: 'error: unknown command "pods" for "kubectl"\n\nDid you mean this?\n\tlogs\n',
    code: 1,
  },
  {
    about: 'delete says the namespace',
    objects: [pod('a')],
    args: ['delete', 'pod', 'a'],
    out: 'pod "a" deleted from default namespace\n',
  },
  {
    about: 'delete without a name',
    args: ['delete', 'pod'],
    err: 'error: resource(s) were provided, but no name was specified\n',
    code: 1,
  },
  {
    about: 'scale',
    objects: [deployment(1)],
    args: ['scale', 'deploy/web', '--replicas=3'],
    out: 'deployment.apps/web scaled\n',
  },
  {
    about: 'scale from another size',
    objects: [deployment(1)],
    args: ['scale', 'deploy/web', '--replicas=3', '--current-replicas=2'],
    err: 'error: Expected replicas to be 2, was 1\n',
    code: 1,
  },
  {
    about: 'scale without a size',
    args: ['scale', 'deploy/web'],
    err: 'error: required flag(s) "replicas" not set\n',
    code: 1,
  },
  {
    about: 'taint',
    objects: [node('cpu-1')],
    args: ['taint', 'node', 'cpu-1', 'a=b:NoSchedule'],
    out: 'node/cpu-1 tainted\n',
  },
  {
    about: 'taint with an unknown effect',
    objects: [node('cpu-1')],
    args: ['taint', 'node', 'cpu-1', 'a=b:Bad'],
    err: "error: invalid taint effect: Bad, unsupported taint effect\nSee 'kubectl taint -h' for help and examples\n",
    code: 1,
  },
  {
    about: 'untaint',
    objects: [node('cpu-1', [{ key: 'a', value: 'b', effect: 'NoSchedule' }])],
    args: ['taint', 'node', 'cpu-1', 'a-'],
    out: 'node/cpu-1 untainted\n',
  },
  { about: 'cordon', objects: [node('cpu-1')], args: ['cordon', 'cpu-1'], out: 'node/cpu-1 cordoned\n' },
  { about: 'label', objects: [pod('a')], args: ['label', 'pod', 'a', 'x=1'], out: 'pod/a labeled\n' },
  {
    about: 'label over a value',
    objects: [pod('a', { x: '0' })],
    args: ['label', 'pod', 'a', 'x=1'],
    err: "error: 'x' already has a value (0), and --overwrite is false\n",
    code: 1,
  },
  {
    about: 'rollout status of one that is done',
    objects: [deployment(2)],
    args: ['rollout', 'status', 'deploy/web'],
    out: 'deployment "web" successfully rolled out\n',
  },
  {
    about: 'rollout restart',
    objects: [deployment(2)],
    args: ['rollout', 'restart', 'deploy/web'],
    out: 'deployment.apps/web restarted\n',
  },
  {
    about: 'set image',
    objects: [deployment(2)],
    args: ['set', 'image', 'deploy/web', 'web=nginx:2'],
    out: 'deployment.apps/web image updated\n',
  },
  {
    about: 'set image of a container that is not there',
    objects: [deployment(2)],
    args: ['set', 'image', 'deploy/web', 'nope=x'],
    err: 'error: unable to find container named "nope"\n',
    code: 1,
  },
  {
    about: 'wait for a field',
    objects: [pod('a')],
    args: ['wait', 'pod/a', '--for=jsonpath={.status.phase}=Running'],
    out: 'pod/a condition met\n',
  },
  {
    about: 'wait for nothing',
    objects: [pod('a')],
    args: ['wait', 'pod/a'],
    err: 'error: unrecognized condition: []\n',
    code: 1,
  },
  {
    about: 'create with a dry run',
    args: ['create', 'job', 'once', '--image=busybox', '--dry-run=client', '-o', 'yaml', '--', 'echo', 'hi'],
    out: `apiVersion: batch/v1
kind: Job
metadata:
  name: once
spec:
  template:
    metadata: {}
    spec:
      containers:
      - command:
        - echo
        - hi
        image: busybox
        name: once
        resources: {}
      restartPolicy: Never
status: {}
`,
  },
  { about: 'create namespace', args: ['create', 'ns', 'lab'], out: 'namespace/lab created\n' },
  { about: 'run', args: ['run', 'solo', '--image=nginx'], out: 'pod/solo created\n' },
  {
    about: 'run with a bad image',
    args: ['run', 'solo', '--image=A b'],
    err: 'error: Invalid image name "A b": invalid reference format\n',
    code: 1,
  },
  {
    about: 'expose',
    objects: [deployment(1)],
    args: ['expose', 'deploy', 'web', '--port=80'],
    out: 'service/web exposed\n',
  },
  {
    about: 'config',
    args: ['config', 'get-contexts'],
    out: 'CURRENT   NAME     CLUSTER   AUTHINFO   NAMESPACE\n*         podium   podium    learner    \n',
  },
  {
    about: 'version',
    args: ['version'],
    out: 'Client Version: v1.36.3\nKustomize Version: v5.8.1\nServer Version: v1.36.3\n',
  },
  { about: 'top without metrics', args: ['top', 'nodes'], err: 'error: Metrics API not available\n', code: 1 },
  {
    about: 'explain',
    args: ['explain', 'cronjob.spec.schedule'],
    out: 'GROUP:      batch\nKIND:       CronJob\nVERSION:    v1\n\nFIELD: schedule <string>\n\n\nDESCRIPTION:\n    The schedule in Cron format, see https://en.wikipedia.org/wiki/Cron.\n    \n\n',
  },
  {
    about: 'explain of a field that is not there',
    args: ['explain', 'pod.spec.banana'],
    out: 'KIND:       Pod\nVERSION:    v1\n\n',
    err: 'error: field "banana" does not exist\n',
    code: 1,
  },
  { about: 'diff without a file ends with 2', args: ['diff'], err: 'error: must specify one of -f and -k\n', code: 2 },
];

describe('kubectl', () => {
  it.each(CASES)('$about', async ({ objects, args, out = '', err = '', code = 0 }) => {
    expect(await new FakeCluster(objects).kubectl(args)).toEqual({ out, err, code });
  });

  it('applies: created, unchanged, configured, with the annotation and the field manager', async () => {
    const cluster = new FakeCluster();
    const apply = (text: string): Promise<unknown> => cluster.kubectl(['apply', '-f', '-'], { stdin: text });
    expect(await apply(MANIFEST)).toEqual({ out: 'configmap/settings created\n', err: '', code: 0 });
    expect(await apply(MANIFEST)).toEqual({ out: 'configmap/settings unchanged\n', err: '', code: 0 });
    expect(await apply(MANIFEST.replace('"a"', '"b"'))).toEqual({
      out: 'configmap/settings configured\n',
      err: '',
      code: 0,
    });
    const { out } = await cluster.kubectl(['get', 'cm', 'settings', '-o', 'yaml']);
    expect(out).toContain(
      'kubectl.kubernetes.io/last-applied-configuration: |\n      {"apiVersion":"v1","data":{"mode":"b"},',
    );
    const create = cluster.requests.find(({ method }) => method === 'POST');
    expect(create).toMatchObject({
      path: '/api/v1/namespaces/default/configmaps',
      query: { fieldManager: 'kubectl-client-side-apply', fieldValidation: 'Strict' },
      headers: { 'user-agent': 'kubectl/v1.36.3' },
    });
  });

  it('removes by apply what the manifest no longer has and leaves what others have set', async () => {
    const cluster = new FakeCluster();
    await cluster.withFile('c.yaml', `${MANIFEST}  extra: "1"\n`, ['apply', '-f', 'c.yaml']);
    await cluster.kubectl(['patch', 'cm', 'settings', '-p', '{"data":{"theirs":"2"}}']);
    await cluster.withFile('c.yaml', MANIFEST, ['apply', '-f', 'c.yaml']);
    expect((await cluster.kubectl(['get', 'cm', 'settings', '-o', 'jsonpath={.data}'])).out).toBe(
      '{"mode":"a","theirs":"2"}',
    );
  });

  it('shows what apply would change', async () => {
    const cluster = new FakeCluster();
    await cluster.withFile('c.yaml', MANIFEST, ['apply', '-f', 'c.yaml']);
    const { out, code } = await cluster.withFile('c.yaml', MANIFEST.replace('"a"', '"b"'), ['diff', '-f', 'c.yaml']);
    expect(out).toContain('-  mode: a\n+  mode: b\n');
    expect(code).toBe(1);
    expect((await cluster.withFile('c.yaml', MANIFEST, ['diff', '-f', 'c.yaml'])).code).toBe(0);
  });

  it('replaces with --force: deletes and makes anew', async () => {
    const cluster = new FakeCluster([pod('a')]);
    const manifest = JSON.stringify(pod('a', { fresh: 'yes' }));
    expect(await cluster.withFile('p.json', manifest, ['replace', '--force', '-f', 'p.json'])).toEqual({
      out: 'pod "a" deleted from default namespace\npod/a replaced\n',
      err: '',
      code: 0,
    });
  });

  it('prints logs of the default container and says which it is', async () => {
    const cluster = new FakeCluster([pod('a')]);
    cluster.logs.set('/api/v1/namespaces/default/pods/a/log', 'step 1\nstep 2\n');
    expect(await cluster.kubectl(['logs', 'a', '--tail=2'])).toEqual({
      out: 'step 1\nstep 2\n',
      err: 'Defaulted container "main" out of: main, side\n',
      code: 0,
    });
    expect(cluster.requests.at(-1)?.query).toMatchObject({ container: 'main', tailLines: '2' });
  });

  it('keeps the namespace of a context between commands', async () => {
    const cluster = new FakeCluster([{ ...pod('a'), metadata: { name: 'a', namespace: 'kube-system' } }]);
    const kubeconfig = {
      currentContext: 'c',
      clusters: [],
      users: [],
      contexts: [{ name: 'c', cluster: '', user: '' }],
    };
    await cluster.kubectl(['config', 'set-context', '--current', '--namespace=kube-system'], { kubeconfig });
    expect((await cluster.kubectl(['get', 'pods', '-o', 'name'], { kubeconfig })).out).toBe('pod/a\n');
  });

  it.each([
    ['get', 'pods'],
    ['apply', '-f', 'p.json'],
    ['delete', 'pod', 'a'],
    ['logs', 'a', '-f'],
    ['get', 'pods', '-w'],
    ['version'],
  ])('says of %s %s where the connection is refused which server it was', async (...args) => {
    const cluster = new FakeCluster([pod('a')]);
    await cluster.kubectl(['get', 'pods']);
    cluster.refuses = true;
    const { err, code } = await cluster.withFile('p.json', JSON.stringify(pod('b')), args);
    const words = 'The connection to the server SERVER was refused - did you specify the right host or port?\n';
    expect([err, code]).toEqual([words, 1]);
  });

  it('ends at once with 130 when it was interrupted before', async () => {
    const signal = AbortSignal.abort();
    expect(await new FakeCluster().kubectl(['get', 'pods'], { signal })).toEqual({ out: '', err: '', code: 130 });
  });
});
