import { assert } from '../base/assert';
import type { ApiResponse } from '../api/client';
import { startTraining, type TrainingRequest, type TrainingResult } from '../api/training';
import type { ApiObject, Job, Json, Pod } from '../api/objects';
import { Cluster } from './cluster';
import type { ControlPlaneKind } from './control-plane';
import type { Input, InputAction } from './input';
import { presetOf } from './presets';

/** A cluster for tests: inputs are taken in as a session does, and kept. Training is answered by `train`. */
export class ClusterRig {
  readonly inputs: Input[] = [];
  readonly cluster: Cluster;

  constructor(
    preset = 'ml',
    readonly seed = 1,
    controlPlane?: ControlPlaneKind,
  ) {
    this.cluster = newCluster(preset, seed, controlPlane);
  }

  input(action: InputAction): ApiResponse | undefined {
    this.cluster.run(this.cluster.clock.nowMs);
    const input = Object.freeze({ atMs: this.cluster.clock.nowMs, ...action }) as Input;
    const answer = this.cluster.input(input, this.inputs.length);
    if (!answer || answer.code < 400) this.inputs.push(input);
    return answer;
  }

  request(method: string, path: string, body?: Json, headers: Record<string, string> = {}): ApiResponse {
    const request = {
      method,
      path,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body }),
    };
    if (method === 'GET') return this.cluster.api.handle(request, { actor: 'test' });
    return this.input({ kind: 'request', client: 'test', request })!;
  }

  /** Asks a Deployment of the namespace `default` for so many replicas. */
  scale(name: string, replicas: number): ApiResponse {
    const path = `/apis/apps/v1/namespaces/default/deployments/${name}`;
    return this.request('PATCH', path, { spec: { replicas } }, { 'content-type': 'application/merge-patch+json' });
  }

  /** Runs for `ms`, answering training as it is asked for. */
  run(ms: number): void {
    const untilMs = this.cluster.clock.nowMs + ms;
    while (this.cluster.run(untilMs) !== 'reached') this.train();
  }

  /** Runs until `done`, at most `limitMs`. */
  until(what: string, done: () => boolean, limitMs = 600_000): void {
    const limit = this.cluster.clock.nowMs + limitMs;
    while (!done()) {
      assert(this.cluster.clock.nowMs < limit, `${what} did not happen in ${limitMs / 1000} s`);
      this.run(100);
    }
  }

  /** Answers what is asked with a model that learns nothing: the loss halves with each stretch. */
  train(): void {
    for (const { run, request } of [...this.cluster.training.open()]) {
      this.input({
        kind: 'training',
        run,
        result: trainingResult(request as unknown as TrainingRequest) as unknown as Json,
      });
    }
  }

  /** The Pods that are not the cluster's own. */
  pods(): Pod[] {
    return this.#pods().filter(({ metadata }) => metadata.namespace !== 'kube-system');
  }

  /** The Pods that are: those of `kube-system`. */
  systemPods(): Pod[] {
    return this.#pods().filter(({ metadata }) => metadata.namespace === 'kube-system');
  }

  #pods(): Pod[] {
    return [...this.cluster.store.all('pods').values()] as Pod[];
  }

  pod(prefix: string): Pod | undefined {
    return this.pods().find((pod) => pod.metadata.name.startsWith(prefix));
  }

  job(name: string): Job | undefined {
    return this.cluster.store.get('jobs', `default/${name}`) as Job | undefined;
  }

  events(): { reason: string; message: string; about: string }[] {
    return [...this.cluster.store.all('events').values()].map((object) => {
      const event = object as ApiObject & {
        reason: string;
        message: string;
        involvedObject: { kind: string; name: string };
      };
      return {
        reason: event.reason,
        message: event.message,
        about: `${event.involvedObject.kind}/${event.involvedObject.name}`,
      };
    });
  }

  log(pod: string, container: string): string {
    const path = `/api/v1/namespaces/default/pods/${pod}/log`;
    const answer = this.cluster.api.handle({ method: 'GET', path, query: { container } }, { actor: 'test' });
    return answer.code === 200 ? String(answer.body) : '';
  }
}

/** What a trainer would answer, without the computing: weights that approach the line's with every step. */
function trainingResult(request: TrainingRequest): TrainingResult {
  const rows = 1000 / request.config.batchSize;
  const from = request.from ?? startTraining(request.config, 1);
  const t = from.t + request.steps;
  const state = {
    ...from,
    coef: [2.4 - 2.4 / t],
    intercept: 1.1 - 1.1 / t,
    t,
    epoch: Math.floor((t - 1) / rows),
    position: 0,
  };
  return { run: request.run, state, steps: request.steps, loss: 1 / t, r2: 1 - 1 / t, backend: 'cpu' };
}

/** A cluster of a preset, booted; its control plane may be another than the preset's. */
export function newCluster(preset: string, seed: number, controlPlane?: ControlPlaneKind): Cluster {
  const found = presetOf(preset);
  assert(!('problem' in found), `no preset ${preset}`);
  return new Cluster({
    seed,
    epochMs: Date.UTC(2026, 0, 5, 9),
    conventions: 'podium',
    ...found,
    ...(controlPlane ? { controlPlane } : {}),
  });
}

/** Another cluster that has taken the same inputs in, at `atMs`. */
export function replayOf(preset: string, seed: number, inputs: readonly Input[], atMs: number): Cluster {
  const cluster = newCluster(preset, seed);
  inputs.forEach((input, index) => {
    cluster.run(input.atMs);
    cluster.input(input, index);
  });
  cluster.run(atMs);
  return cluster;
}
