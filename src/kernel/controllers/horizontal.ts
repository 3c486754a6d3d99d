import { equalJson } from '../../api/json';
import {
  splitKey,
  type HorizontalPodAutoscaler,
  type LabelSelector,
  type Pod,
  type ReplicaSet,
  type ReplicationController,
  type ResourceTypes,
} from '../../api/objects';
import { RESOURCES } from '../../api/schema/tables';
import { selectorMatches } from '../../api/selectors';
import { ApiError, notFound } from '../../api/status';
import { selectorText } from '../apiserver/selector-text';
import { Controller, type ControllerParts } from '../machinery/controller';
import { subjectOf } from '../machinery/event-recorder';
import {
  bounded,
  noteScale,
  stabilized,
  type Limited,
  type ScaleHistory,
  type ScaleQuestion,
} from './horizontal-behavior';
import { proposalOf } from './horizontal-metrics';
import { podsBehind } from './horizontal-object-metrics';
import { MetricFailure, type MetricProposal, type MetricStatus } from './horizontal-scope';

type Status = HorizontalPodAutoscaler['status'];
type Condition = NonNullable<Status['conditions']>[number];

interface HorizontalExtra {
  /** By the autoscaler's key. */
  histories: Map<string, ScaleHistory>;
  /** Whose Pods each autoscaler was last seen to scale, by its key. */
  selectors: Map<string, LabelSelector>;
}

/** One look at an autoscaler. */
interface Look {
  readonly key: string;
  readonly autoscaler: HorizontalPodAutoscaler;
  status: Status;
}

/** The target as its scale shows it. */
interface Scale {
  readonly resource: Scalable;
  readonly name: string;
  readonly replicas: number;
  readonly statusReplicas: number;
  readonly selector: LabelSelector | undefined;
}

type Scalable = 'deployments' | 'replicasets' | 'statefulsets' | 'replicationcontrollers';

const SCALABLE: Readonly<Record<string, Scalable>> = {
  'apps/Deployment': 'deployments',
  'apps/ReplicaSet': 'replicasets',
  'apps/StatefulSet': 'statefulsets',
  '/ReplicationController': 'replicationcontrollers',
};
/** Every autoscaler is looked at so often, and no sooner when it changes. */
const SYNC_MS = 15_000;
const TOLERANCE = 0.1;

/** Scales workloads by what their Pods use. Models pkg/controller/podautoscaler/horizontal.go. */
export class HorizontalController extends Controller<HorizontalExtra> {
  constructor(parts: ControllerParts) {
    super('horizontal-pod-autoscaler', parts, { histories: new Map(), selectors: new Map() });
    parts.informers.on('horizontalpodautoscalers', (event) => {
      if (event.type === 'DELETED') return;
      this.noteCause(event.key, event);
      this.enqueueAfter(event.key, SYNC_MS, true);
    });
  }

  protected override reconcile(key: string): void {
    const autoscaler = this.parts.informers.byKey('horizontalpodautoscalers', key);
    if (!autoscaler) {
      this.state.histories.delete(key);
      this.state.selectors.delete(key);
      return;
    }
    this.enqueueAfter(key, SYNC_MS, true);
    const look: Look = { key, autoscaler, status: autoscaler.status };
    this.#look(look);
    if (!equalJson(look.status, autoscaler.status)) {
      this.parts.client.updateStatus('horizontalpodautoscalers', { ...autoscaler, status: look.status });
    }
  }

  #say(look: Look, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.parts.recorder.event(subjectOf(look.autoscaler), type, reason, message);
  }

  #condition(look: Look, type: string, status: 'True' | 'False', reason: string, message: string): void {
    const present = look.status.conditions ?? [];
    const known = present.find((one) => one.type === type);
    const now = this.parts.clock.time;
    const lastTransitionTime = known?.status === status ? known.lastTransitionTime : now;
    const condition = { type, status, lastTransitionTime, reason, message } as Condition;
    const conditions = known ? present.map((one) => (one === known ? condition : one)) : [...present, condition];
    look.status = { ...look.status, conditions };
  }

  #look(look: Look): void {
    const scale = this.#scale(look);
    if (!scale) return;
    const { minReplicas = 1, maxReplicas } = look.autoscaler.spec;
    const current = scale.replicas;
    this.#history(look.key, current);
    this.#condition(
      look,
      'AbleToScale',
      'True',
      'SucceededGetScale',
      "the HPA controller was able to get the target's current scale",
    );
    if (current === 0 && minReplicas !== 0) {
      const message = 'scaling is disabled since the replica count of the target is zero';
      this.#condition(look, 'ScalingActive', 'False', 'ScalingDisabled', message);
      return this.#settle(look, current, current, []);
    }
    if (current > maxReplicas) {
      return this.#rescale(look, scale, maxReplicas, 'Current number of replicas above Spec.MaxReplicas', []);
    }
    if (current < minReplicas) {
      return this.#rescale(look, scale, minReplicas, 'Current number of replicas below Spec.MinReplicas', []);
    }
    this.#follow(look, scale);
  }

  /** Where metrics lead. */
  #follow(look: Look, scale: Scale): void {
    const current = scale.replicas;
    const { statuses, best } = this.#ask(look, scale);
    if (!best) {
      look.status = { ...look.status, currentReplicas: current, currentMetrics: listed(statuses) };
      return;
    }
    const wanted = this.#normalized(look, current, best.replicas);
    if (wanted === current) return this.#settle(look, current, current, statuses);
    const reason = best.replicas > current ? `${best.name} above target` : 'All metrics below target';
    this.#rescale(look, scale, wanted, reason, statuses);
  }

  #history(key: string, current: number): ScaleHistory {
    let history = this.state.histories.get(key);
    if (!history) {
      const first = { replicas: current, atMs: this.parts.clock.nowMs };
      this.state.histories.set(key, (history = { recommendations: [first], ups: [], downs: [] }));
    }
    return history;
  }

  /** The target's scale, or nothing and the words why. */
  #scale(look: Look): Scale | undefined {
    const { apiVersion = '', kind, name } = look.autoscaler.spec.scaleTargetRef;
    const namespace = look.autoscaler.metadata.namespace ?? '';
    const group = apiVersion.includes('/') ? apiVersion.split('/')[0]! : '';
    const resource = SCALABLE[`${group}/${kind}`];
    const target = resource && this.parts.client.get(resource, namespace, name);
    if (resource && target) {
      const { replicas = 1 } = target.spec;
      const selector = selectorOf(target);
      return { resource, name, replicas, statusReplicas: target.status.replicas ?? 0, selector };
    }
    const why = resource ? notFound(group, resource, name).message : whyNotScalable(group, kind);
    this.#say(look, 'Warning', 'FailedGetScale', why);
    const message = `the HPA controller was unable to get the target's current scale: ${why}`;
    this.#condition(look, 'AbleToScale', 'False', 'FailedGetScale', message);
    return undefined;
  }

  /** Asks every metric; the one that wants most decides. Models computeReplicasForMetrics. */
  #ask(look: Look, scale: Scale): { statuses: MetricStatus[]; best?: MetricProposal } {
    const { metrics = [] } = look.autoscaler.spec;
    const scope = this.#scope(look, scale);
    if (this.#isAmbiguous(look, scale, scope.pods)) return { statuses: [] };
    const statuses: MetricStatus[] = metrics.map(() => ({ type: '' }));
    const failures: MetricFailure[] = [];
    let best: MetricProposal | undefined;
    metrics.forEach((metric, index) => {
      try {
        const proposal = proposalOf(scope, metric);
        statuses[index] = proposal.status;
        if (!best || proposal.replicas > best.replicas) best = proposal;
      } catch (error) {
        if (!(error instanceof MetricFailure)) throw error;
        failures.push(error);
        this.#say(look, 'Warning', error.reason, error.why);
      }
    });
    const [first] = failures;
    if (first && (!best || best.replicas < scale.replicas)) {
      const message = `the HPA was unable to compute the replica count: ${first.why}`;
      this.#condition(look, 'ScalingActive', 'False', first.reason, message);
      const count = `${failures.length} invalid out of ${metrics.length}`;
      const whole = `invalid metrics (${count}), first error is: ${first.summary}`;
      this.#say(look, 'Warning', 'FailedComputeMetricsReplicas', whole);
      return { statuses };
    }
    const message = `the HPA was able to successfully calculate a replica count from ${best!.name}`;
    this.#condition(look, 'ScalingActive', 'True', 'ValidMetricFound', message);
    return { statuses, best: best! };
  }

  /** Whether other autoscalers have these Pods too: then none of them scales by metrics. Models validateAndParseSelector. */
  #isAmbiguous(look: Look, { selector }: Scale, pods: readonly Pod[]): boolean {
    const { namespace = '' } = look.autoscaler.metadata;
    const { selectors } = this.state;
    selectors.set(look.key, selector ?? {});
    const rivals = [...selectors].flatMap(([key, one]) => {
      const { namespace: place, name } = splitKey(key);
      const hasThem = place === namespace && pods.some((pod) => selectorMatches(one, pod.metadata.labels));
      return hasThem ? [`{${name} ${namespace}}`] : [];
    });
    if (rivals.length < 2) return false;
    const message = `pods by selector ${selectorText(selector)} are controlled by multiple HPAs: [${rivals.sort().join(' ')}]`;
    this.#say(look, 'Warning', 'AmbiguousSelector', message);
    this.#condition(look, 'ScalingActive', 'False', 'AmbiguousSelector', message);
    this.#say(look, 'Warning', 'FailedComputeMetricsReplicas', message);
    return true;
  }

  #scope(look: Look, scale: Scale): Parameters<typeof proposalOf>[0] {
    const { informers, client, clock } = this.parts;
    const namespace = look.autoscaler.metadata.namespace ?? '';
    const { scaleUp, scaleDown } = look.autoscaler.spec.behavior ?? {};
    const tolerance = (rules: { tolerance?: string | number } | undefined): number =>
      Number(rules?.tolerance ?? TOLERANCE);
    const mine = (pod: Pod): boolean => selectorMatches(scale.selector, pod.metadata.labels);
    const pods = informers.by('pods', 'namespace', namespace);
    const selectorOf = (service: string): Record<string, string> | undefined =>
      informers.get('services', namespace, service)?.spec.selector;
    return {
      namespace,
      currentReplicas: scale.replicas,
      statusReplicas: scale.statusReplicas,
      pods: pods.filter(mine),
      podsBehind: (kind, name) => podsBehind(pods, selectorOf, kind, name),
      metrics: client.podMetrics(namespace),
      tolerances: { scaleUp: tolerance(scaleUp as never), scaleDown: tolerance(scaleDown as never) },
      nowMs: clock.epochNowMs,
    };
  }

  #question(look: Look, current: number, desired: number): ScaleQuestion {
    const { minReplicas: min = 1, maxReplicas: max, behavior } = look.autoscaler.spec;
    const history = this.#history(look.key, current);
    return { behavior, history, current, desired, min, max, nowMs: this.parts.clock.nowMs };
  }

  /** How far and how fast it may go. Models normalizeDesiredReplicas(WithBehaviors). */
  #normalized(look: Look, current: number, desired: number): number {
    const steady = stabilized(this.#question(look, current, desired));
    this.#condition(look, 'AbleToScale', 'True', steady.reason, steady.message);
    const within: Limited = bounded(this.#question(look, current, steady.replicas));
    const isLimited = within.replicas !== steady.replicas;
    this.#condition(look, 'ScalingLimited', isLimited ? 'True' : 'False', within.reason, within.message);
    return within.replicas;
  }

  #rescale(look: Look, scale: Scale, replicas: number, why: string, statuses: MetricStatus[]): void {
    const current = scale.replicas;
    const namespace = look.autoscaler.metadata.namespace ?? '';
    try {
      this.parts.client.patch(
        scale.resource,
        namespace,
        scale.name,
        (one) => ({ ...one, spec: { ...one.spec, replicas } }) as typeof one,
      );
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#say(look, 'Warning', 'FailedRescale', `New size: ${replicas}; reason: ${why}; error: ${error.message}`);
      const message = `the HPA controller was unable to update the target scale: ${error.message}`;
      this.#condition(look, 'AbleToScale', 'False', 'FailedUpdateScale', message);
      look.status = { ...look.status, currentReplicas: current, currentMetrics: statuses };
      return;
    }
    const message = `the HPA controller was able to update the target scale to ${replicas}`;
    this.#condition(look, 'AbleToScale', 'True', 'SucceededRescale', message);
    this.#say(look, 'Normal', 'SuccessfulRescale', `New size: ${replicas}; reason: ${why}`);
    noteScale(this.#question(look, current, replicas), replicas);
    this.#settle(look, current, replicas, statuses);
    look.status = { ...look.status, lastScaleTime: this.parts.clock.time };
  }

  #settle(look: Look, current: number, desired: number, statuses: MetricStatus[]): void {
    const currentMetrics = listed(statuses);
    look.status = { ...look.status, currentReplicas: current, desiredReplicas: desired, currentMetrics };
  }
}

/** No statuses are written as nothing at all. */
const listed = (statuses: MetricStatus[]): MetricStatus[] =>
  statuses.length > 0 ? statuses : (null as unknown as MetricStatus[]);

/** A ReplicationController selects by labels alone. */
function selectorOf(target: ResourceTypes[Scalable]): LabelSelector | undefined {
  if (target.kind !== 'ReplicationController') return (target as ReplicaSet).spec.selector;
  return { matchLabels: (target as ReplicationController).spec.selector ?? {} };
}

/** Why things of a kind have no scale: there is none such, or they know no number of replicas. */
function whyNotScalable(group: string, kind: string): string {
  const row = RESOURCES.find((one) => one.kind === kind && one.group === group);
  if (!row) return `no matches for kind "${kind}" in group "${group}"`;
  const version = row.group ? `${row.group}/${row.version}` : `/${row.version}`;
  return `could not find scale subresource for ${version}, Resource=${row.resource} in discovery information`;
}
