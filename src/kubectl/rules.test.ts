import { describe, expect, it } from 'vitest';
import { FakeCluster } from './fake-cluster.rig';
import type { JsonObject } from './format/json';

const role: JsonObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: { name: 'reader' },
  rules: [
    { apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list'] },
    { apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['web'], verbs: ['*'] },
  ],
};
const pod: JsonObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a' },
  spec: {
    nodeName: 'cpu-1',
    containers: [
      {
        name: 'main',
        image: 'busybox',
        env: [
          { name: 'NODE', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'spec.nodeName' } } },
          { name: 'NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
        ],
      },
    ],
  },
};

/** Faults that a comparison with the real kubectl has shown. */
describe('kubectl, as its own sources have it', () => {
  it.each<[about: string, args: string[], part: string | RegExp]>([
    [
      'rules of a role stand in the order of their verbs',
      ['describe', 'role', 'reader'],
      /deployments\.apps[^]*pods\/log[^]*pods /,
    ],
    [
      'only metadata is read for variables',
      ['describe', 'pod', 'a'],
      /NODE: +\(v1:spec\.nodeName\)\n +NAME: +a \(v1:metadata\.name\)/,
    ],
    [
      'a template goes past keys that are not there',
      ['get', 'pod', 'a', '-o', 'go-template={{.none.at.all}}'],
      '<no value>',
    ],
    [
      'an unknown type to explain stands without a prefix',
      ['explain', 'nosuch'],
      /^the server doesn't have a resource type "nosuch"\n$/,
    ],
    [
      'an unknown type of a role stands without a prefix',
      ['create', 'role', 'r', '--verb=get', '--resource=nosuch'],
      /^the server doesn't/,
    ],
    ['a format that explain does not know', ['explain', 'pod', '--output=nope'], 'error: unrecognized format: nope\n'],
    ['create with a word that is no generator', ['create', 'nope'], /^error: Unexpected args: \[nope\]\n/],
    [
      'a user in a binding is no user of the kubeconfig',
      ['create', 'rolebinding', 'b', '--role=r', '--user=u', '--dry-run=client'],
      'rolebinding.rbac.authorization.k8s.io/b created (dry run)\n',
    ],
    [
      'a context that is not there',
      ['get', 'pods', '--context=none'],
      'Error in configuration: context was not found for specified context: none\n',
    ],
    ['a user that is not there', ['get', 'pods', '--user=none'], 'error: auth info "none" does not exist\n'],
    [
      'a time-out that is none',
      ['get', 'pods', '--request-timeout=x'],
      /^error: Invalid timeout value\. Timeout must be a single integer in seconds/,
    ],
    [
      'labels go to the Service as well',
      ['run', 'p', '--image=nginx', '--labels=a=b', '--port=80', '--expose', '--dry-run=client', '-o', 'yaml'],
      /^apiVersion: v1\nkind: Service\nmetadata:\n {2}labels:\n {4}a: b\n/,
    ],
  ])('%s', async (_about, args, part) => {
    const { out, err } = await new FakeCluster([role, pod]).kubectl(args);
    expect(out + err).toMatch(part);
  });

  it('shows its requests from -v=6 on, with headers and bodies from 7 and 8', async () => {
    const lines = async (level: number): Promise<string> =>
      (await new FakeCluster([pod]).kubectl(['get', 'pod', 'a', `-v=${level}`])).err;
    expect(await lines(5)).toBe('');
    expect(await lines(6)).toMatch(
      /^I0615 12:00:00\.000000 {7}1 round_trippers\.go:632\] "Response" verb="GET" url="https:\/\/SERVER\/api\/v1\/namespaces\/default\/pods\/a" status="200 OK" milliseconds=0$/m,
    );
    expect(await lines(7)).toMatch(
      /"Request" verb="GET" url="\S+\/pods\/a" headers=<\n\tAccept: .*\n\tUser-Agent: kubectl\/v1\.36\.3\n >/,
    );
    expect(await lines(8)).toMatch(/"Response Body" body="\{\\"apiVersion\\":\\"v1\\",\\"kind\\":\\"Pod\\"/);
    expect(await lines(9)).toMatch(/curlCommand=<\n\tcurl -v -XGET /);
  });

  it('asks as somebody else with --as and --as-group', async () => {
    const cluster = new FakeCluster([pod]);
    await cluster.kubectl(['get', 'pods', '--as=ann', '--as-group=devs']);
    expect(cluster.requests.at(-1)?.headers).toMatchObject({ 'impersonate-user': 'ann', 'impersonate-group': 'devs' });
  });
});
