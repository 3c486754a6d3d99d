import { beforeEach, describe, expect, it } from 'vitest';
import { NetworkRig } from './network.rig';

let rig: NetworkRig;
beforeEach(() => {
  rig = new NetworkRig();
  rig.namespace('other', { team: 'ml' });
  rig.pod('client', 'cpu-1', '10.64.0.2', { labels: { app: 'client' } });
  rig.pod('stranger', 'cpu-1', '10.64.0.3', { labels: { app: 'stranger' } });
  rig.pod('guest', 'cpu-1', '10.64.0.4', { namespace: 'other', labels: { app: 'client' } });
  rig.pod('node-agent', 'cpu-1', '10.128.0.2', { spec: { hostNetwork: true } });
  rig.pod('web', 'cpu-2', '10.64.1.2', { labels: { app: 'web' } });
  rig.service('web', { web: {} });
});

const WEB = { matchLabels: { app: 'web' } };
const CLIENT = { matchLabels: { app: 'client' } };
const SECOND = { timeoutMs: 1000 };

/** Who of them reaches the Pod by its address. */
const whoReaches = (port = 8080): string =>
  ['client', 'stranger', 'guest', 'node-agent']
    .filter((client) => {
      const namespace = client === 'guest' ? 'other' : 'shop';
      return rig.ask(`http://10.64.1.2:${port}`, { client, namespace, ...SECOND }).code === 200;
    })
    .join(' ');

describe('a Pod that policies select', () => {
  it('is reached by all as long as there are none', () => {
    expect(whoReaches()).toBe('client stranger guest node-agent');
  });

  it.each<[string, object, string]>([
    ['nobody', { podSelector: {}, policyTypes: ['Ingress'] }, ''],
    ['nobody, though others are meant to leave', { podSelector: WEB, egress: [{}] }, ''],
    ['everybody', { podSelector: WEB, ingress: [{}] }, 'client stranger guest node-agent'],
    ['Pods by labels', { podSelector: WEB, ingress: [{ from: [{ podSelector: CLIENT }] }] }, 'client'],
    ['Pods of the namespace', { podSelector: WEB, ingress: [{ from: [{ podSelector: {} }] }] }, 'client stranger'],
    [
      'namespaces by labels',
      { podSelector: WEB, ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'ml' } } }] }] },
      'guest',
    ],
    [
      'a namespace by the name that it is labelled with',
      {
        podSelector: WEB,
        ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } }] }],
      },
      'client stranger',
    ],
    [
      'Pods of all namespaces',
      { podSelector: WEB, ingress: [{ from: [{ namespaceSelector: {}, podSelector: CLIENT }] }] },
      'client guest',
    ],
    [
      'either',
      {
        podSelector: WEB,
        ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'ml' } } }, { podSelector: CLIENT }] }],
      },
      'client guest',
    ],
    [
      'addresses but for some',
      { podSelector: WEB, ingress: [{ from: [{ ipBlock: { cidr: '10.64.0.0/24', except: ['10.64.0.3/32'] } }] }] },
      'client guest',
    ],
    [
      'addresses of nodes',
      { podSelector: WEB, ingress: [{ from: [{ ipBlock: { cidr: '10.128.0.0/16' } }] }] },
      'node-agent',
    ],
    [
      'nobody, if it is for another Pod',
      { podSelector: { matchLabels: { app: 'client' } }, ingress: [] },
      'client stranger guest node-agent',
    ],
  ])('is reached by %s', (_who, spec, reached) => {
    rig.policy('p', spec);
    expect(whoReaches()).toBe(reached);
  });

  it.each<[object, number, boolean]>([
    [{ port: 8080 }, 8080, true],
    [{ port: 8081 }, 8080, false],
    [{ port: 8000, endPort: 8100 }, 8080, true],
    [{ port: 8000, endPort: 8079 }, 8080, false],
    [{ port: 'web' }, 8080, true],
    [{ port: 'web' }, 8081, false],
    [{ port: 'nope' }, 8080, false],
    [{ port: 8080, protocol: 'UDP' }, 8080, false],
    [{ protocol: 'TCP' }, 4711, true],
  ])('is open at %j: %i %s', (port, number, open) => {
    rig.policy('p', { podSelector: WEB, ingress: [{ ports: [port], from: [{ podSelector: CLIENT }] }] });
    expect(whoReaches(number)).toBe(open ? 'client' : '');
  });

  it('is reached by whom any of them allows', () => {
    rig.policy('deny', { podSelector: {}, policyTypes: ['Ingress'] });
    rig.policy('clients', { podSelector: WEB, ingress: [{ from: [{ podSelector: CLIENT }] }] });
    expect(whoReaches()).toBe('client');
    rig.api.clientFor('test').remove('networkpolicies', 'shop', 'deny');
    rig.api.clientFor('test').remove('networkpolicies', 'shop', 'clients');
    rig.run(100);
    expect(whoReaches()).toBe('client stranger guest node-agent');
  });

  it('reaches itself whatever they say', () => {
    rig.policy('deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    expect(rig.ask('http://10.64.1.2:8080', { client: 'web', node: 'cpu-2' }).code).toBe(200);
  });
});

describe('what is denied', () => {
  it('is dropped: the client waits as long as it does, and the record names the policies', () => {
    rig.policy('deny', { podSelector: WEB, policyTypes: ['Ingress'] });
    const record = rig.ask('http://web');
    expect(record.failure).toMatchObject({ kind: 'ConnectTimeout' });
    expect(record.endMs - record.atMs).toBeGreaterThanOrEqual(127_000);
    expect(record.hops.at(-1)).toMatchObject({
      kind: 'network-policy',
      name: 'shop/deny',
      node: 'cpu-2',
      problem: 'the Pod may not be reached from there',
    });
    expect(rig.ask('http://web', SECOND).failure).toMatchObject({ kind: 'Timeout', afterMs: 1000 });
  });

  it('is a name too, when nothing may leave', () => {
    rig.policy('deny', { podSelector: CLIENT, policyTypes: ['Egress'] });
    expect(rig.ask('http://web')).toMatchObject({ failure: { kind: 'NoNameServer', afterMs: 10_000 } });
    expect(rig.ask('http://10.64.1.2:8080', SECOND).hops.at(-1)!.problem).toBe('the client may not send there');
    const dns = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } };
    rig.policy('dns', {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [{ to: [dns], ports: [{ port: 53, protocol: 'UDP' }] }],
    });
    expect(rig.ask('http://web').failure?.kind).toBe('ConnectTimeout');
    rig.policy('web', {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [{ to: [{ podSelector: WEB }], ports: [{ port: 80 }] }],
    });
    expect(rig.ask('http://web', SECOND).failure?.kind).toBe('Timeout');
    rig.policy('pod-port', {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [{ to: [{ podSelector: WEB }], ports: [{ port: 8080 }] }],
    });
    expect(rig.ask('http://web').code).toBe(200);
  });
});
