import { describe, expect, it } from 'vitest';
import { newRig } from './controllers.rig';

const secret = (name: string, account: string): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  type: 'kubernetes.io/service-account-token',
  metadata: { name, namespace: 'default', annotations: { 'kubernetes.io/service-account.name': account } },
});

describe('serviceaccount-token-controller', () => {
  it('fills a Secret that asks for a token, and takes it away with the account', () => {
    const rig = newRig();
    const metadata = { name: 'robot', namespace: 'default' };
    const { uid } = rig.create('serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata }).metadata;
    rig.create('secrets', secret('robot-token', 'robot'));
    rig.run(100);
    const { data = {}, metadata: made } = rig.get('secrets', 'robot-token')!;
    expect(made.annotations?.['kubernetes.io/service-account.uid']).toBe(uid);
    expect(Object.keys(data).sort()).toEqual(['ca.crt', 'namespace', 'token']);
    expect(atob(data['namespace']!)).toBe('default');
    const claims = JSON.parse(atob(atob(data['token']!).split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/'))) as {
      sub: string;
    };
    expect(claims.sub).toBe('system:serviceaccount:default:robot');
    rig.client.remove('serviceaccounts', 'default', 'robot');
    rig.run(100);
    expect(rig.get('secrets', 'robot-token')).toBeUndefined();
  });

  it('takes a Secret away whose account is not there', () => {
    const rig = newRig();
    rig.create('secrets', secret('lost', 'nobody'));
    rig.run(100);
    expect(rig.get('secrets', 'lost')).toBeUndefined();
  });
});

describe('clusterrole-aggregation-controller', () => {
  const role = (name: string, labels: object, rest: object): object => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name, labels },
    ...rest,
  });
  const rule = (resource: string): object => ({ apiGroups: [''], resources: [resource], verbs: ['get'] });

  it('gathers the rules of the roles that are selected, each once, and lets them go', () => {
    const rig = newRig();
    const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { gather: 'true' } }] };
    rig.create('clusterroles', role('all', {}, { aggregationRule, rules: [] }));
    rig.create('clusterroles', role('b', { gather: 'true' }, { rules: [rule('pods'), rule('secrets')] }));
    rig.create('clusterroles', role('a', { gather: 'true' }, { rules: [rule('nodes'), rule('pods')] }));
    rig.create('clusterroles', role('c', {}, { rules: [rule('events')] }));
    rig.run(100);
    const gathered = (): unknown => rig.get('clusterroles', 'all', '')!.rules;
    expect(gathered()).toEqual([rule('nodes'), rule('pods'), rule('secrets')]);
    rig.client.remove('clusterroles', '', 'b');
    rig.run(100);
    expect(gathered()).toEqual([rule('nodes'), rule('pods')]);
  });
});
