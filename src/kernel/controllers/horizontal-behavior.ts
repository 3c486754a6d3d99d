import type { HorizontalPodAutoscaler } from '../../api/objects';

/** How fast an autoscaler may follow what it recommends. Models the normalizing half of horizontal.go. */

type Behavior = NonNullable<HorizontalPodAutoscaler['spec']['behavior']>;
type Rules = NonNullable<Behavior['scaleUp']>;

/** What is remembered of an autoscaler between two looks; times in virtual milliseconds. */
export interface ScaleHistory {
  /** What was recommended when, the oldest first. */
  recommendations: { replicas: number; atMs: number }[];
  /** What was done: by how many replicas. */
  ups: { change: number; atMs: number }[];
  downs: { change: number; atMs: number }[];
}

export interface ScaleQuestion {
  readonly behavior: Behavior | undefined;
  readonly history: ScaleHistory;
  readonly current: number;
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  readonly nowMs: number;
}

/** A number of replicas, and why it is not the one asked for. */
export interface Limited {
  readonly replicas: number;
  readonly reason: string;
  readonly message: string;
}

const DOWNSCALE_WINDOW_MS = 300_000;
const UPSCALE_FACTOR = 2;
const UPSCALE_MINIMUM = 4;

const REASONS = {
  ReadyForNewScale: 'recommended size matches current size',
  ScaleDownStabilized:
    'recent recommendations were higher than current one, applying the highest recent recommendation',
  ScaleUpStabilized: 'recent recommendations were lower than current one, applying the lowest recent recommendation',
  ScaleUpLimit: 'the desired replica count is increasing faster than the maximum scale rate',
  ScaleDownLimit: 'the desired replica count is decreasing faster than the maximum scale rate',
  TooManyReplicas: 'the desired replica count is more than the maximum replica count',
  TooFewReplicas: 'the desired replica count is less than the minimum replica count',
  DesiredWithinRange: 'the desired count is within the acceptable range',
} as const;

const limited = (replicas: number, reason: keyof typeof REASONS): Limited => ({
  replicas,
  reason,
  message: REASONS[reason],
});

/** Holds on to recent recommendations, and keeps the new one. Models stabilizeRecommendation(WithBehaviors). */
export function stabilized(question: ScaleQuestion): Limited {
  const { behavior, history, current, desired, nowMs } = question;
  const upMs = behavior ? (behavior.scaleUp?.stabilizationWindowSeconds ?? 0) * 1000 : 0;
  const downSeconds = behavior?.scaleDown?.stabilizationWindowSeconds;
  const downMs = downSeconds === undefined ? DOWNSCALE_WINDOW_MS : downSeconds * 1000;
  let [lowest, highest] = [desired, desired];
  for (const { replicas, atMs } of history.recommendations) {
    if (behavior && atMs > nowMs - upMs) lowest = Math.min(lowest, replicas);
    if (atMs > nowMs - downMs) highest = Math.max(highest, replicas);
  }
  const keepMs = Math.max(upMs, downMs);
  history.recommendations = history.recommendations.filter(({ atMs }) => atMs > nowMs - keepMs);
  history.recommendations.push({ replicas: desired, atMs: nowMs });
  const replicas = behavior ? Math.min(Math.max(current, lowest), highest) : highest;
  if (replicas === desired) return limited(replicas, 'ReadyForNewScale');
  return limited(replicas, desired >= current && behavior ? 'ScaleUpStabilized' : 'ScaleDownStabilized');
}

/** Bounds, and how fast the number may change. Models convertDesiredReplicasWith(Behavior)Rate. */
export function bounded(question: ScaleQuestion): Limited {
  const { behavior, current, desired, min, max } = question;
  if (!behavior) return plainlyBounded(question);
  if (desired > current) {
    const limit = Math.max(current, upLimit(question, behavior.scaleUp));
    const most = Math.min(max, limit);
    if (desired > most) return limited(most, max > limit ? 'ScaleUpLimit' : 'TooManyReplicas');
  } else if (desired < current) {
    const limit = Math.min(current, downLimit(question, behavior.scaleDown));
    const least = Math.max(min, limit);
    if (desired < least) return limited(least, min < limit ? 'ScaleDownLimit' : 'TooFewReplicas');
  }
  return limited(desired, 'DesiredWithinRange');
}

function plainlyBounded({ current, desired, min, max }: ScaleQuestion): Limited {
  const limit = Math.max(UPSCALE_FACTOR * current, UPSCALE_MINIMUM);
  if (desired < min) return limited(min, 'TooFewReplicas');
  if (desired > Math.min(max, limit))
    return max > limit ? limited(limit, 'ScaleUpLimit') : limited(max, 'TooManyReplicas');
  return limited(desired, 'DesiredWithinRange');
}

const changed = (events: ScaleHistory['ups'], periodSeconds: number, nowMs: number): number =>
  events.reduce((sum, { change, atMs }) => sum + (atMs > nowMs - periodSeconds * 1000 ? change : 0), 0);

/** How many replicas there were when a policy's period began. */
function atStart({ history, current, nowMs }: ScaleQuestion, periodSeconds: number): number {
  return current - changed(history.ups, periodSeconds, nowMs) + changed(history.downs, periodSeconds, nowMs);
}

function upLimit(question: ScaleQuestion, rules: Rules | undefined): number {
  const { selectPolicy, policies = [] } = rules ?? {};
  if (selectPolicy === 'Disabled') return question.current;
  const proposals = policies.map(({ type, value, periodSeconds }) => {
    const start = atStart(question, periodSeconds);
    return type === 'Pods' ? start + value : Math.ceil(start * (1 + value / 100));
  });
  return selectPolicy === 'Min' ? Math.min(...proposals) : Math.max(...proposals);
}

function downLimit(question: ScaleQuestion, rules: Rules | undefined): number {
  const { selectPolicy, policies = [] } = rules ?? {};
  if (selectPolicy === 'Disabled') return question.current;
  const proposals = policies.map(({ type, value, periodSeconds }) => {
    const start = atStart(question, periodSeconds);
    return type === 'Pods' ? start - value : Math.trunc(start * (1 - value / 100));
  });
  return selectPolicy === 'Min' ? Math.max(...proposals) : Math.min(...proposals);
}

/** Remembers what was done, as long as a policy asks. Models storeScaleEvent. */
export function noteScale({ behavior, history, current, nowMs }: ScaleQuestion, replicas: number): void {
  if (!behavior) return;
  const longestMs = (rules: Rules | undefined): number =>
    Math.max(0, ...(rules?.policies ?? []).map((policy) => policy.periodSeconds)) * 1000;
  const keepMs = Math.max(longestMs(behavior.scaleUp), longestMs(behavior.scaleDown));
  const recent = (events: ScaleHistory['ups']): ScaleHistory['ups'] =>
    events.filter(({ atMs }) => atMs > nowMs - keepMs);
  history.ups = recent(history.ups);
  history.downs = recent(history.downs);
  if (replicas > current) history.ups.push({ change: replicas - current, atMs: nowMs });
  if (replicas < current) history.downs.push({ change: current - replicas, atMs: nowMs });
}
