import type { Verdict } from '../../../api/scheduling';
import type { Pod } from '../../../api/objects';
import { ApiError } from '../../../api/status';
import { addPodTo, cloneNodeInfo, type NodeInfo } from '../node-info';
import { podInfo } from '../pod-info';
import type { ClusterEvent, ClusterEventName } from '../events';
import { EXTENSION_POINTS, type ExtensionPoint } from './extension-points';
import type { ClusterLister } from './lister';
import type {
  Cycle,
  EventRegistration,
  Plugin,
  PostFilterAnswer,
  PostFilterRun,
  PreBindProgress,
  Status,
  Trial,
  VolumePlan,
} from './plugin';

/** A profile's plugins at each extension point, in the order in which they run. */
export type PluginTable = Readonly<Record<ExtensionPoint, readonly EnabledPlugin[]>>;

export interface EnabledPlugin {
  readonly plugin: Plugin;
  readonly weight: number;
}

/** One plugin's normalised, weighted scores, in the order of the nodes scored. */
export interface PluginScores {
  readonly plugin: string;
  readonly values: readonly number[];
}

/** What PreFilter found out, for the rest of the cycle. */
export interface PreFiltered {
  /** By plugin; absent where the plugin skipped or did not come to run. */
  readonly data: Map<Plugin, unknown>;
  /** Filters that have something to check, and their data at the same index. */
  readonly filters: Plugin[];
  readonly filterData: unknown[];
  /** The only nodes to look at, and the plugins that said so. */
  nodeNames?: ReadonlySet<string>;
  readonly narrowedBy: string[];
  refusal?: Verdict;
}

const verdicts = new WeakMap<Status, Map<string, Verdict>>();

/** The status with the plugin's name; the same object for the same status. */
function verdictOf(plugin: string, status: Status): Verdict {
  let named = verdicts.get(status);
  if (!named) verdicts.set(status, (named = new Map()));
  let verdict = named.get(plugin);
  if (!verdict) {
    verdict = Object.freeze({ plugin: status.plugin ?? plugin, code: status.code, reasons: status.reasons });
    named.set(plugin, verdict);
  }
  return verdict;
}

/** Runs one profile's plugins. Models pkg/scheduler/framework/runtime frameworkImpl. */
export class Framework {
  /** Plugin → event → the registrations for it. */
  readonly #registrations = new Map<string, Map<ClusterEventName, EventRegistration[]>>();

  constructor(
    readonly schedulerName: string,
    readonly plugins: PluginTable,
    /** 0 for the adaptive default. */
    readonly percentageOfNodesToScore: number,
  ) {
    for (const point of EXTENSION_POINTS) {
      for (const { plugin } of plugins[point]) this.#registrations.set(plugin.name, byEvent(plugin.registrations));
    }
  }

  /** Whether an event may help a Pod that these plugins refused. Models isPodWorthRequeuing. */
  helps(refusedBy: readonly string[], pod: Pod, event: ClusterEvent, lister: ClusterLister): boolean {
    return refusedBy.some((plugin) =>
      this.#registrations
        .get(plugin)
        ?.get(event.name)
        ?.some(({ hint }) => !hint || hint(pod, event, lister)),
    );
  }

  preEnqueue(pod: Pod): Verdict | undefined {
    for (const { plugin } of this.plugins.preEnqueue) {
      const status = plugin.preEnqueue?.(pod);
      if (status) return verdictOf(plugin.name, status);
    }
    return undefined;
  }

  /** Whether the first Pod comes out of the queue before the second. */
  before(first: { pod: Pod; atMs: number }, second: { pod: Pod; atMs: number }): boolean {
    return this.plugins.queueSort[0]?.plugin.queueSort?.(first, second) ?? first.atMs < second.atMs;
  }

  preFilter(cycle: Cycle): PreFiltered {
    const result: PreFiltered = { data: new Map(), filters: [], filterData: [], narrowedBy: [] };
    const skipped = new Set<Plugin>();
    for (const { plugin } of this.plugins.preFilter) {
      const answer = plugin.preFilter!(cycle);
      if (answer.kind === 'skip') {
        skipped.add(plugin);
        result.data.set(plugin, undefined);
      } else if (answer.kind === 'refuse') {
        result.refusal = verdictOf(plugin.name, answer.status);
        return result;
      } else {
        result.data.set(plugin, answer.data);
        if (answer.nodeNames && !narrow(result, plugin.name, answer.nodeNames)) return result;
      }
    }
    for (const { plugin } of this.plugins.filter) {
      if (skipped.has(plugin)) continue;
      result.filters.push(plugin);
      result.filterData.push(result.data.get(plugin));
    }
    return result;
  }

  /** The first refusal of a node, nominated Pods of equal or higher priority counted as if they ran there. */
  filter(cycle: Cycle, node: NodeInfo, prefiltered: PreFiltered): Verdict | undefined {
    const { filters, filterData } = prefiltered;
    const verdict = this.#filterWithNominated(cycle, node, prefiltered);
    return verdict ?? runFilters(cycle, node, filters, filterData, 0, filters.length);
  }

  #filterWithNominated(cycle: Cycle, node: NodeInfo, prefiltered: PreFiltered): Verdict | undefined {
    const trial = this.#withNominated(cycle, node, prefiltered);
    return trial && runFilters(cycle, trial.node, prefiltered.filters, trial.trial.data, 0, prefiltered.filters.length);
  }

  /**
   * The same for one node after another of the cluster as it is: what earlier cycles found out about a node that has not
   * changed is not found out again. Models what OpportunisticBatching is after, node by node.
   */
  filterOf(cycle: Cycle, prefiltered: PreFiltered): (node: NodeInfo) => Verdict | undefined {
    const { columns } = cycle.snapshot;
    if (!columns) return (node) => this.filter(cycle, node, prefiltered);
    const { filters, filterData } = prefiltered;
    const known = leadingSigned(filters);
    const signature = filters.slice(0, known).map((plugin) => `${plugin.name} ${plugin.sign!(cycle)}`);
    const { seen, values } = columns.memo<Verdict | undefined>(`${this.schedulerName} filters ${signature.join('|')}`);
    const { versions } = columns;
    return (node) => {
      const verdict = this.#filterWithNominated(cycle, node, prefiltered);
      if (verdict) return verdict;
      const { index } = node;
      if (seen[index] !== versions[index]) {
        values[index] = runFilters(cycle, node, filters, filterData, 0, known);
        seen[index] = versions[index]!;
      }
      return values[index] ?? runFilters(cycle, node, filters, filterData, known, filters.length);
    };
  }

  /** A filter run on trial. Its data is the trial's own. */
  filterTrial(cycle: Cycle, node: NodeInfo, prefiltered: PreFiltered, trial: Trial): Verdict | undefined {
    return this.filter(cycle, node, { ...prefiltered, filterData: trial.data });
  }

  startTrial(prefiltered: PreFiltered): Trial {
    const copy = (plugin: Plugin, data: unknown): unknown => (plugin.cloneData ? plugin.cloneData(data) : data);
    return { data: prefiltered.filters.map((plugin, index) => copy(plugin, prefiltered.filterData[index])) };
  }

  addPod(cycle: Cycle, prefiltered: PreFiltered, trial: Trial, other: Pod, node: NodeInfo): void {
    prefiltered.filters.forEach((plugin, index) => plugin.addPod?.(cycle, trial.data[index], other, node));
  }

  removePod(cycle: Cycle, prefiltered: PreFiltered, trial: Trial, other: Pod, node: NodeInfo): void {
    prefiltered.filters.forEach((plugin, index) => plugin.removePod?.(cycle, trial.data[index], other, node));
  }

  /** Asks the PostFilter plugins for a way out. Models RunPostFilterPlugins. */
  postFilter(run: PostFilterRun, prefiltered: PreFiltered): PostFilterAnswer & { message: string } {
    const reasons: string[] = [];
    let result: PostFilterAnswer = {};
    for (const { plugin } of this.plugins.postFilter) {
      const ran = prefiltered.data.has(plugin) || !plugin.preFilter;
      const answer = plugin.postFilter!(run, ran ? (prefiltered.data.get(plugin) ?? null) : undefined);
      const { status } = answer;
      if (!status) return { ...answer, message: '' };
      if (status.code !== 'Unschedulable') return { ...answer, message: status.reasons.join(', ') };
      if (answer.nominate !== undefined) result = answer;
      reasons.push(...status.reasons);
    }
    return { ...result, message: reasons.join(', ') };
  }

  /** Normalised, weighted scores of the plugins that score this Pod. Models RunPreScorePlugins, RunScorePlugins. */
  score(cycle: Cycle, nodes: readonly NodeInfo[], prefiltered: PreFiltered): PluginScores[] {
    const scores: PluginScores[] = [];
    for (const { plugin, weight } of this.plugins.score) {
      let data: unknown;
      if (plugin.preScore) {
        data = plugin.preScore(cycle, nodes, prefiltered.data.get(plugin));
        if (data === undefined) continue;
      }
      const values = this.#rawScores(cycle, nodes, plugin, data);
      plugin.normalizeScore?.(cycle, nodes, values, data);
      if (weight !== 1) for (let index = 0; index < values.length; index++) values[index]! *= weight;
      scores.push({ plugin: plugin.name, values });
    }
    return scores;
  }

  /** Scores of nodes that have not changed since a Pod of the same signature was scored are those of that Pod. */
  #rawScores(cycle: Cycle, nodes: readonly NodeInfo[], plugin: Plugin, data: unknown): number[] {
    const values = new Array<number>(nodes.length);
    const { columns } = cycle.snapshot;
    if (!columns || !plugin.sign) {
      for (let index = 0; index < nodes.length; index++) values[index] = plugin.score!(cycle, nodes[index]!, data);
      return values;
    }
    const { versions } = columns;
    const known = columns.memo<number>(`${this.schedulerName} ${plugin.name} ${plugin.sign(cycle)}`);
    for (let place = 0; place < nodes.length; place++) {
      const { index } = nodes[place]!;
      if (known.seen[index] !== versions[index]) {
        known.values[index] = plugin.score!(cycle, nodes[place]!, data);
        known.seen[index] = versions[index]!;
      }
      values[place] = known.values[index]!;
    }
    return values;
  }

  /** What has to be written before binding, by the plugins that reserve something. */
  reserve(cycle: Cycle, node: NodeInfo, prefiltered: PreFiltered): VolumePlan | undefined {
    for (const { plugin } of this.plugins.reserve) {
      const plan = plugin.reserve?.(cycle, node, prefiltered.data.get(plugin));
      if (plan) return plan;
    }
    return undefined;
  }

  permit(cycle: Cycle, node: NodeInfo): Verdict | undefined {
    for (const { plugin } of this.plugins.permit) {
      const status = plugin.permit?.(cycle, node);
      if (status) return verdictOf(plugin.name, status);
    }
    return undefined;
  }

  /** Gets ready what binding needs. Called again until nothing is waited for; the words name the plugin. */
  preBind(plan: VolumePlan, node: string, started: boolean): PreBindProgress {
    for (const { plugin } of this.plugins.preBind) {
      const progress = naming('PreBind', plugin.name, () => plugin.preBind!(plan, node, started));
      if (progress.kind !== 'ready') return progress;
    }
    return { kind: 'ready' };
  }

  /** Binds by the first plugin that binds; `undefined`, or why it could not. */
  bind(pod: Pod, node: string): string | undefined {
    const plugin = this.plugins.bind[0]?.plugin;
    const progress = naming('Bind', plugin?.name ?? '', () => {
      plugin?.bind?.(pod, node);
      return { kind: 'ready' };
    });
    return progress.kind === 'failed' ? progress.why : undefined;
  }

  /** Nominated Pods of a node on trial; `undefined` where there are none that count. Models addGENominatedPods. */
  #withNominated(cycle: Cycle, node: NodeInfo, prefiltered: PreFiltered): { node: NodeInfo; trial: Trial } | undefined {
    let result: { node: NodeInfo; trial: Trial } | undefined;
    for (const other of cycle.snapshot.nominatedTo(node.name)) {
      if (podInfo(other).priority < cycle.info.priority || other.metadata.uid === cycle.pod.metadata.uid) continue;
      result ??= { node: cloneNodeInfo(node), trial: this.startTrial(prefiltered) };
      addPodTo(result.node, other);
      this.addPod(cycle, prefiltered, result.trial, other, result.node);
    }
    return result;
  }
}

/** Runs a plugin that writes; a refusal of the API server is its failure. */
function naming(point: string, plugin: string, run: () => PreBindProgress): PreBindProgress {
  const failed = (why: string): PreBindProgress => ({
    kind: 'failed',
    why: `running ${point} plugin "${plugin}": ${why}`,
  });
  try {
    const progress = run();
    return progress.kind === 'failed' ? failed(progress.why) : progress;
  } catch (error) {
    if (error instanceof ApiError) return failed(error.message);
    throw error;
  }
}

function byEvent(registrations: readonly EventRegistration[]): Map<ClusterEventName, EventRegistration[]> {
  const table = new Map<ClusterEventName, EventRegistration[]>();
  for (const registration of registrations) {
    for (const event of registration.events) table.set(event, [...(table.get(event) ?? []), registration]);
  }
  return table;
}

function runFilters(
  cycle: Cycle,
  node: NodeInfo,
  filters: readonly Plugin[],
  data: readonly unknown[],
  from: number,
  to: number,
): Verdict | undefined {
  for (let index = from; index < to; index++) {
    const plugin = filters[index]!;
    const status = plugin.filter!(cycle, node, data[index]);
    if (status) return verdictOf(plugin.name, status);
  }
  return undefined;
}

/** How many filters come before the first that looks at more than Pod and node. */
function leadingSigned(filters: readonly Plugin[]): number {
  const first = filters.findIndex((plugin) => !plugin.sign);
  return first < 0 ? filters.length : first;
}

/** Returns false where no node is left. */
function narrow(result: PreFiltered, plugin: string, names: ReadonlySet<string>): boolean {
  result.narrowedBy.push(plugin);
  const current = result.nodeNames;
  result.nodeNames = current ? new Set([...current].filter((name) => names.has(name))) : names;
  if (result.nodeNames.size > 0) return true;
  const reason = `node(s) didn't satisfy plugin(s) [${[...result.narrowedBy].sort().join(' ')}] simultaneously`;
  result.refusal = { plugin: '', code: 'UnschedulableAndUnresolvable', reasons: [reason] };
  return false;
}
