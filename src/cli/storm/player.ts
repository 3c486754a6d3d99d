import type { ApiObject, Json, Pod } from '../../api/objects';
import { assert } from '../../base/assert';
import { Cluster } from '../../kernel/cluster';
import type { Input, InputAction } from '../../kernel/input';
import { brokenInvariants } from '../../kernel/invariants';
import { presetOf } from '../../kernel/presets';
import { troubles } from './convergence';
import { CALM_MS, END_MS, endOfFaults, type Deed, type Script } from './script';

const STARTED_AT_MS = Date.UTC(2026, 0, 5, 9);
/** Which group a resource of the storm is of. */
const GROUPS: Readonly<Record<string, string>> = {
  deployments: 'apis/apps/v1',
  statefulsets: 'apis/apps/v1',
  daemonsets: 'apis/apps/v1',
  jobs: 'apis/batch/v1',
  poddisruptionbudgets: 'apis/policy/v1',
};
const MERGE = { 'content-type': 'application/merge-patch+json' };
const KILLED = 137;

/** How a run ended: what is wrong, in words, and everything that reached the cluster. */
export interface StormEnd {
  readonly problems: readonly string[];
  readonly inputs: readonly Input[];
}

/** Plays a script: half an hour of virtual time, whose last twelve minutes are calm. */
export function playStorm(script: Script): StormEnd {
  const player = new Player(script);
  const problems: string[] = [];
  for (const { atMs, deed } of script.steps) {
    player.run(atMs);
    player.take(deed);
    problems.push(...brokenInvariants(player.cluster).map((one) => `at ${atMs / 1000} s: ${one}`));
    if (problems.length > 0) return { problems, inputs: player.inputs };
  }
  player.run(CALM_MS);
  for (const fault of endOfFaults(script)) player.input({ kind: 'fault', fault });
  player.run(END_MS);
  problems.push(...brokenInvariants(player.cluster), ...troubles(player.cluster));
  return { problems, inputs: player.inputs };
}

class Player {
  readonly cluster: Cluster;
  readonly inputs: Input[] = [];

  constructor(script: Script) {
    const preset = presetOf(script.preset);
    assert(!('problem' in preset), `no preset ${script.preset}`);
    this.cluster = new Cluster({ seed: script.seed, epochMs: STARTED_AT_MS, conventions: 'podium', ...preset });
  }

  run(untilMs: number): void {
    const end = this.cluster.run(untilMs);
    assert(end === 'reached', 'a storm trains nothing');
  }

  /** What is refused, and a fault that cannot be, changes nothing. */
  input(action: InputAction): void {
    const { cluster, inputs } = this;
    if (action.kind === 'fault' && cluster.faultProblem(action.fault)) return;
    cluster.run(cluster.clock.nowMs);
    const input = Object.freeze({ atMs: cluster.clock.nowMs, ...action }) as Input;
    const answer = cluster.input(input, inputs.length);
    if (!answer || answer.code < 400) inputs.push(input);
  }

  take(deed: Deed): void {
    switch (deed.do) {
      case 'create':
        return this.#request('POST', this.#path(deed.resource), deed.object);
      case 'fault':
        return this.input({ kind: 'fault', fault: deed.fault });
      case 'cordon':
        return this.#request('PATCH', `/api/v1/nodes/${deed.node}`, { spec: { unschedulable: deed.on } });
      case 'taint': {
        const taints = deed.on ? [{ key: 'storm', effect: 'NoExecute' }] : null;
        return this.#request('PATCH', `/api/v1/nodes/${deed.node}`, { spec: { taints } });
      }
      case 'drain':
        return this.#drain(deed.node);
      case 'deletePod':
      case 'crash':
      case 'outOfMemory':
        return this.#toPod(deed);
      default:
        return this.#toWorkload(deed);
    }
  }

  #path(resource: string, name = ''): string {
    return `/${GROUPS[resource]}/namespaces/default/${resource}${name ? `/${name}` : ''}`;
  }

  #request(method: string, path: string, body?: Json): void {
    const headers = method === 'PATCH' ? MERGE : { 'content-type': 'application/json' };
    const request = { method, path, headers, ...(body === undefined ? {} : { body }) };
    this.input({ kind: 'request', client: 'storm', request });
  }

  #pods(): Pod[] {
    return [...this.cluster.store.all('pods').values()].filter((one) => one.metadata.namespace === 'default') as Pod[];
  }

  #drain(node: string): void {
    this.#request('PATCH', `/api/v1/nodes/${node}`, { spec: { unschedulable: true } });
    for (const { metadata, spec } of this.#pods()) {
      if (spec.nodeName !== node || metadata.ownerReferences?.[0]?.kind === 'DaemonSet') continue;
      const eviction = {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name: metadata.name, namespace: 'default' },
      };
      this.#request('POST', `/api/v1/namespaces/default/pods/${metadata.name}/eviction`, eviction);
    }
  }

  #toPod(deed: Extract<Deed, { do: 'deletePod' | 'crash' | 'outOfMemory' }>): void {
    const pods = this.#pods();
    const pod = pods[deed.which % Math.max(1, pods.length)];
    if (!pod) return;
    const { name } = pod.metadata;
    if (deed.do === 'deletePod') {
      const options = { gracePeriodSeconds: deed.graceSeconds };
      return this.#request('DELETE', `/api/v1/namespaces/default/pods/${name}`, options);
    }
    const target = { namespace: 'default', pod: name, container: pod.spec.containers[0]!.name };
    if (deed.do === 'crash')
      this.input({ kind: 'fault', fault: { type: 'ContainerCrash', ...target, exitCode: KILLED } });
    else this.input({ kind: 'fault', fault: { type: 'OutOfMemory', ...target } });
  }

  #toWorkload(
    deed: Exclude<
      Deed,
      { do: 'create' | 'fault' | 'cordon' | 'drain' | 'taint' | 'deletePod' | 'crash' | 'outOfMemory' }
    >,
  ): void {
    const all = Object.keys(GROUPS).flatMap((resource) =>
      [...this.cluster.store.all(resource).values()].map((object): [string, ApiObject] => [resource, object]),
    );
    const own = all.filter(([, { metadata }]) => metadata.namespace === 'default');
    const found = own[deed.which % Math.max(1, own.length)];
    if (!found) return;
    const [resource, object] = found;
    const path = this.#path(resource, object.metadata.name);
    const isJob = resource === 'jobs';
    const podTemplate = (template: Json): void => {
      if (!isJob && resource !== 'poddisruptionbudgets') this.#request('PATCH', path, { spec: { template } });
    };
    const spec = (object as unknown as { spec: { paused?: boolean; suspend?: boolean } }).spec;
    if (deed.do === 'scale')
      this.#request('PATCH', path, { spec: isJob ? { parallelism: deed.count } : { replicas: deed.count } });
    else if (deed.do === 'image')
      podTemplate({ spec: { containers: [{ ...firstContainer(object), image: deed.image }] } });
    else if (deed.do === 'restart')
      podTemplate({ metadata: { annotations: { restarted: String(this.cluster.clock.nowMs) } } });
    else if (deed.do === 'pause')
      resource === 'deployments' && this.#request('PATCH', path, { spec: { paused: !spec.paused } });
    else if (deed.do === 'suspend') isJob && this.#request('PATCH', path, { spec: { suspend: !spec.suspend } });
    else this.#request('DELETE', path, { propagationPolicy: POLICIES[deed.do] });
  }
}

const POLICIES = { orphan: 'Orphan', remove: 'Background', removeForeground: 'Foreground' } as const;

function firstContainer(object: ApiObject): { [key: string]: Json } {
  const { template } = (
    object as unknown as { spec: { template?: { spec: { containers: { [key: string]: Json }[] } } } }
  ).spec;
  return template?.spec.containers[0] ?? {};
}
