import { isMap, type JsonMap } from '../../api/json';
import type { Json } from '../../api/objects';
import { parseYaml } from '../apiserver/decode/body';
import {
  DEFAULT_ARGS,
  DEFAULT_CONFIGURATION,
  type PluginArgs,
  type PluginSet,
  type ProfileConfiguration,
  type SchedulerConfiguration,
} from './configuration';
import { EXTENSION_POINTS } from './framework/extension-points';
import type { ResourceWeight, ScoringStrategy } from './scoring-strategy';

/**
 * Reads a KubeSchedulerConfiguration of kubescheduler.config.k8s.io/v1, in YAML or JSON. Throws `ConfigurationProblem`
 * with every fault found. Models pkg/scheduler/apis/config: decoding, defaults and validation.
 */
export function readConfiguration(text: string, plugins: ReadonlySet<string>): SchedulerConfiguration {
  return configurationIn(parsed(text), plugins);
}

/** The same for what a text has been parsed to. */
export function configurationIn(document: unknown, plugins: ReadonlySet<string>): SchedulerConfiguration {
  const root = mapOf(document, '');
  const reader = new Reader(plugins);
  reader.expect(root['apiVersion'], API_VERSION, 'apiVersion');
  reader.expect(root['kind'], 'KubeSchedulerConfiguration', 'kind');
  reader.knownFields(root, TOP_FIELDS, '');
  const percentageOfNodesToScore = reader.number(root, 'percentageOfNodesToScore', 0, '', 0, 100);
  const podInitialBackoffSeconds = reader.number(root, 'podInitialBackoffSeconds', 1, '', 1);
  const podMaxBackoffSeconds = reader.number(root, 'podMaxBackoffSeconds', 10, '', 1);
  if (podMaxBackoffSeconds < podInitialBackoffSeconds) {
    const rule = 'must be greater than or equal to PodInitialBackoffSeconds';
    reader.fault('podMaxBackoffSeconds', podMaxBackoffSeconds, rule);
  }
  const listed = listOf(root['profiles'], 'profiles');
  const profiles = listed.map((profile, index) => reader.profile(profile, `profiles[${index}]`));
  profiles.forEach(({ schedulerName }, index) => {
    if (profiles.findIndex((one) => one.schedulerName === schedulerName) < index) {
      reader.faults.push(`profiles[${index}].schedulerName: Duplicate value: ${JSON.stringify(schedulerName)}`);
    }
  });
  if (reader.faults.length > 0) throw new ConfigurationProblem(reader.faults);
  return {
    percentageOfNodesToScore,
    podInitialBackoffSeconds,
    podMaxBackoffSeconds,
    profiles: profiles.length > 0 ? profiles : DEFAULT_CONFIGURATION.profiles,
  };
}

/** A configuration that cannot be used. The message names each fault with its field. */
export class ConfigurationProblem extends Error {
  constructor(faults: readonly string[]) {
    super(faults.length === 1 ? faults[0] : `[${faults.join(', ')}]`);
  }
}

const API_VERSION = 'kubescheduler.config.k8s.io/v1';
/** Fields that upstream has; those about the process itself say nothing here. */
const TOP_FIELDS = [
  ...['apiVersion', 'kind', 'parallelism', 'leaderElection', 'clientConnection', 'enableProfiling'],
  ...['enableContentionProfiling', 'delayCacheUntilActive', 'extenders'],
  ...['percentageOfNodesToScore', 'podInitialBackoffSeconds', 'podMaxBackoffSeconds', 'profiles'],
];
const PROFILE_FIELDS = ['schedulerName', 'percentageOfNodesToScore', 'plugins', 'pluginConfig'];
const POINTS: readonly string[] = ['multiPoint', ...EXTENSION_POINTS];
const STRATEGIES = ['LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio'];

function parsed(text: string): unknown {
  try {
    return parseYaml(text);
  } catch (error) {
    throw new ConfigurationProblem([error instanceof Error ? error.message : String(error)]);
  }
}

function mapOf(value: unknown, path: string): JsonMap {
  if (value === undefined || value === null) return {};
  if (!isMap(value)) throw new ConfigurationProblem([`${path || 'the configuration'}: must be a map`]);
  return value;
}

function listOf(value: unknown, path: string): Json[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new ConfigurationProblem([`${path}: must be a list`]);
  return value as Json[];
}

const within = (path: string, field: string): string => (path ? `${path}.${field}` : field);

/** Reads values and collects what is wrong with them. */
class Reader {
  readonly faults: string[] = [];

  constructor(private readonly plugins: ReadonlySet<string>) {}

  fault(path: string, value: Json | undefined, rule: string): void {
    this.faults.push(`${path}: Invalid value: ${JSON.stringify(value ?? null)}: ${rule}`);
  }

  expect(value: Json | undefined, wanted: string, path: string): void {
    if (value !== wanted) this.fault(path, value, `must be ${wanted}`);
  }

  knownFields(map: JsonMap, known: readonly string[], path: string): void {
    for (const field of Object.keys(map)) {
      if (!known.includes(field)) this.faults.push(`strict decoding error: unknown field "${within(path, field)}"`);
    }
  }

  number(map: JsonMap, field: string, otherwise: number, path: string, low = 0, high = Infinity): number {
    const value = map[field] ?? otherwise;
    if (Number.isInteger(value) && (value as number) >= low && (value as number) <= high) return value as number;
    const rule =
      high < Infinity
        ? `not in valid range [${low}-${high}]`
        : low > 0
          ? `must be greater than ${low - 1}`
          : NOT_BELOW_0;
    this.fault(within(path, field), value, rule);
    return otherwise;
  }

  profile(value: Json, path: string): ProfileConfiguration {
    const map = mapOf(value, path);
    this.knownFields(map, PROFILE_FIELDS, path);
    const schedulerName = map['schedulerName'] ?? 'default-scheduler';
    if (typeof schedulerName !== 'string' || schedulerName === '')
      this.faults.push(`${path}.schedulerName: Required value`);
    const share = this.number(map, 'percentageOfNodesToScore', 0, path, 0, 100);
    return {
      schedulerName: String(schedulerName),
      ...(map['percentageOfNodesToScore'] === undefined ? {} : { percentageOfNodesToScore: share }),
      plugins: this.#pluginSets(mapOf(map['plugins'], `${path}.plugins`), `${path}.plugins`),
      pluginArgs: this.#pluginArgs(listOf(map['pluginConfig'], `${path}.pluginConfig`), `${path}.pluginConfig`),
    };
  }

  #pluginSets(map: JsonMap, path: string): Record<string, PluginSet> {
    this.knownFields(map, POINTS, path);
    const sets: Record<string, PluginSet> = {};
    for (const point of POINTS) {
      const set = mapOf(map[point], `${path}.${point}`);
      const read = (which: 'enabled' | 'disabled'): { name: string; weight?: number }[] =>
        listOf(set[which], `${path}.${point}.${which}`).map((one, index) =>
          this.#reference(one, `${path}.${point}.${which}[${index}]`, which === 'disabled'),
        );
      if (map[point] !== undefined) sets[point] = { enabled: read('enabled'), disabled: read('disabled') };
    }
    return sets;
  }

  #reference(value: Json, path: string, mayBeAll: boolean): { name: string; weight?: number } {
    const map = mapOf(value, path);
    const name = String(map['name'] ?? '');
    if (!this.plugins.has(name) && !(mayBeAll && name === '*'))
      this.fault(`${path}.name`, name, 'there is no such plugin');
    return map['weight'] === undefined ? { name } : { name, weight: this.number(map, 'weight', 1, path, 0) };
  }

  #pluginArgs(configs: readonly Json[], path: string): Partial<PluginArgs> {
    let args: Partial<PluginArgs> = {};
    configs.forEach((value, index) => {
      const map = mapOf(value, `${path}[${index}]`);
      const name = String(map['name'] ?? '');
      const at = `${path}[${index}].args`;
      const given = mapOf(map['args'], at);
      if (Object.hasOwn(this.#readers, name)) args = { ...args, ...this.#readers[name]!(given, at) };
      else if (!this.plugins.has(name)) this.fault(`${path}[${index}].name`, name, 'there is no such plugin');
      else if (Object.keys(given).length > 0) this.fault(at, given, `${name} takes no arguments`);
    });
    return args;
  }

  readonly #readers: Readonly<Record<string, (args: JsonMap, path: string) => Partial<PluginArgs>>> = {
    NodeResourcesFit: (args, path) => ({
      NodeResourcesFit: {
        scoringStrategy: this.#strategy(mapOf(args['scoringStrategy'], path), `${path}.scoringStrategy`),
        ignoredResources: listOf(args['ignoredResources'], `${path}.ignoredResources`).map(String),
      },
    }),
    NodeResourcesBalancedAllocation: (args, path) => ({
      NodeResourcesBalancedAllocation: { resources: this.#weights(args['resources'], `${path}.resources`) },
    }),
    InterPodAffinity: (args, path) => ({
      InterPodAffinity: {
        hardPodAffinityWeight: this.number(args, 'hardPodAffinityWeight', 1, path, 0, 100),
        ignorePreferredTermsOfExistingPods: args['ignorePreferredTermsOfExistingPods'] === true,
      },
    }),
    PodTopologySpread: (args, path) => ({
      PodTopologySpread: {
        defaultConstraints:
          args['defaultingType'] === 'List'
            ? listOf(args['defaultConstraints'], `${path}.defaultConstraints`).map((one, index) =>
                this.#constraint(mapOf(one, path), `${path}.defaultConstraints[${index}]`),
              )
            : undefined,
      },
    }),
    DefaultPreemption: (args, path) => ({
      DefaultPreemption: {
        minCandidateNodesPercentage: this.number(args, 'minCandidateNodesPercentage', 10, path, 0, 100),
        minCandidateNodesAbsolute: this.number(args, 'minCandidateNodesAbsolute', 100, path),
      },
    }),
  };

  #constraint(map: JsonMap, path: string): NonNullable<PluginArgs['PodTopologySpread']['defaultConstraints']>[number] {
    const { topologyKey, whenUnsatisfiable = 'DoNotSchedule' } = map;
    if (typeof topologyKey !== 'string' || topologyKey === '') {
      this.faults.push(`${path}.topologyKey: Required value: can not be empty`);
    }
    const wanted = ['DoNotSchedule', 'ScheduleAnyway'];
    if (!wanted.includes(whenUnsatisfiable as string))
      this.#notSupported(`${path}.whenUnsatisfiable`, whenUnsatisfiable, wanted);
    return {
      maxSkew: this.number(map, 'maxSkew', 1, path, 1),
      topologyKey: String(topologyKey),
      whenUnsatisfiable: whenUnsatisfiable as 'DoNotSchedule' | 'ScheduleAnyway',
    };
  }

  #notSupported(path: string, value: Json, wanted: readonly string[]): void {
    const list = wanted.map((one) => JSON.stringify(one)).join(', ');
    this.faults.push(`${path}: Unsupported value: ${JSON.stringify(value)}: supported values: ${list}`);
  }

  #weights(value: Json | undefined, path: string): readonly ResourceWeight[] {
    const list = listOf(value, path);
    if (list.length === 0) return DEFAULT_ARGS.NodeResourcesBalancedAllocation.resources;
    return list.map((one, index) => {
      const map = mapOf(one, `${path}[${index}]`);
      return { name: String(map['name'] ?? ''), weight: this.number(map, 'weight', 1, `${path}[${index}]`, 1, 100) };
    });
  }

  #strategy(map: JsonMap, path: string): ScoringStrategy {
    const type = String(map['type'] ?? 'LeastAllocated') as ScoringStrategy['type'];
    if (!STRATEGIES.includes(type)) this.#notSupported(`${path}.type`, type, STRATEGIES);
    const resources = this.#weights(map['resources'], `${path}.resources`);
    if (type !== 'RequestedToCapacityRatio') return { type, resources };
    const at = `${path}.requestedToCapacityRatio.shape`;
    const shape = listOf(mapOf(map['requestedToCapacityRatio'], path)['shape'], at).map((point, index) => {
      const one = mapOf(point, `${at}[${index}]`);
      return {
        utilization: this.number(one, 'utilization', 0, `${at}[${index}]`, 0, 100),
        score: this.number(one, 'score', 0, `${at}[${index}]`, 0, 10),
      };
    });
    if (shape.length === 0) this.faults.push(`${at}: Required value: at least one point must be specified`);
    shape.forEach(({ utilization }, index) => {
      const before = shape[index - 1]?.utilization ?? -1;
      if (utilization <= before) {
        this.fault(`${at}[${index}].utilization`, utilization, 'utilization values must be sorted in increasing order');
      }
    });
    return { type, resources, shape };
  }
}

const NOT_BELOW_0 = 'must be greater than or equal to 0';
