import { assert } from '../../base/assert';
import { DEFAULT_ARGS, type PluginArgs, type PluginSet, type ProfileConfiguration } from './configuration';
import { EXTENSION_POINTS, type ExtensionPoint } from './framework/extension-points';
import { Framework, type EnabledPlugin, type PluginTable } from './framework/framework';
import type { Plugin } from './framework/plugin';
import { defaultBinder, type Bind } from './plugins/default-binder';
import { defaultPreemption } from './plugins/default-preemption';
import { dynamicResources } from './plugins/dynamic-resources';
import { imageLocality } from './plugins/image-locality';
import { interPodAffinity } from './plugins/inter-pod-affinity';
import { nodeAffinity } from './plugins/node-affinity';
import { nodeDeclaredFeatures } from './plugins/node-declared-features';
import { nodeName } from './plugins/node-name';
import { nodePorts } from './plugins/node-ports';
import { nodeResourcesBalancedAllocation } from './plugins/node-resources-balanced-allocation';
import { nodeResourcesFit } from './plugins/node-resources-fit';
import { nodeUnschedulable } from './plugins/node-unschedulable';
import { nodeVolumeLimits } from './plugins/node-volume-limits';
import { podTopologySpread } from './plugins/pod-topology-spread';
import { prioritySort } from './plugins/priority-sort';
import { schedulingGates } from './plugins/scheduling-gates';
import { taintToleration } from './plugins/taint-toleration';
import { volumeBinding, type VolumeBinder } from './plugins/volume-binding';
import { volumeRestrictions } from './plugins/volume-restrictions';
import { volumeZone } from './plugins/volume-zone';

interface Registration {
  readonly name: string;
  /** Default weight of its score. */
  readonly weight: number;
  make(args: PluginArgs, ports: PluginPorts): Plugin;
}

/** Where plugins write. */
export interface PluginPorts {
  readonly bind: Bind;
  readonly volumes: VolumeBinder;
}

/** The default plugins in the order in which they run. Models apis/config/v1 default_plugins.go. */
const REGISTRY: readonly Registration[] = [
  { name: 'SchedulingGates', weight: 0, make: schedulingGates },
  { name: 'PrioritySort', weight: 0, make: prioritySort },
  { name: 'NodeUnschedulable', weight: 0, make: nodeUnschedulable },
  { name: 'NodeName', weight: 0, make: nodeName },
  { name: 'TaintToleration', weight: 3, make: taintToleration },
  { name: 'NodeAffinity', weight: 2, make: nodeAffinity },
  { name: 'NodePorts', weight: 0, make: nodePorts },
  { name: 'NodeResourcesFit', weight: 1, make: (args) => nodeResourcesFit(args.NodeResourcesFit) },
  { name: 'VolumeRestrictions', weight: 0, make: volumeRestrictions },
  { name: 'NodeVolumeLimits', weight: 0, make: nodeVolumeLimits },
  { name: 'VolumeBinding', weight: 0, make: (_, { volumes }) => volumeBinding(volumes) },
  { name: 'VolumeZone', weight: 0, make: volumeZone },
  { name: 'PodTopologySpread', weight: 2, make: (args) => podTopologySpread(args.PodTopologySpread) },
  { name: 'InterPodAffinity', weight: 2, make: (args) => interPodAffinity(args.InterPodAffinity) },
  { name: 'DynamicResources', weight: 2, make: dynamicResources },
  { name: 'DefaultPreemption', weight: 0, make: (args) => defaultPreemption(args.DefaultPreemption) },
  {
    name: 'NodeResourcesBalancedAllocation',
    weight: 1,
    make: (args) => nodeResourcesBalancedAllocation(args.NodeResourcesBalancedAllocation),
  },
  { name: 'ImageLocality', weight: 1, make: imageLocality },
  { name: 'DefaultBinder', weight: 0, make: (_, { bind }) => defaultBinder(bind) },
  { name: 'NodeDeclaredFeatures', weight: 0, make: nodeDeclaredFeatures },
];

/** The names that a configuration may use. */
export const PLUGIN_NAMES: ReadonlySet<string> = new Set(REGISTRY.map(({ name }) => name));

/** The method by which a plugin serves an extension point. */
const METHODS: Readonly<Record<ExtensionPoint, keyof Plugin>> = {
  preEnqueue: 'preEnqueue',
  queueSort: 'queueSort',
  preFilter: 'preFilter',
  filter: 'filter',
  postFilter: 'postFilter',
  preScore: 'preScore',
  score: 'score',
  reserve: 'reserve',
  permit: 'permit',
  preBind: 'preBind',
  bind: 'bind',
};

/** Makes a profile's framework: the default plugins, changed as the profile says. */
export function makeFramework(
  profile: ProfileConfiguration,
  ports: PluginPorts,
  percentageOfNodesToScore: number,
): Framework {
  const args: PluginArgs = { ...DEFAULT_ARGS, ...profile.pluginArgs };
  const made = new Map<string, Plugin>();
  const pluginOf = (name: string): Plugin => {
    const registration = REGISTRY.find((one) => one.name === name);
    assert(registration, `there is no scheduler plugin ${name}`);
    let plugin = made.get(name);
    if (!plugin) made.set(name, (plugin = registration.make(args, ports)));
    return plugin;
  };
  const everywhere = choose(
    REGISTRY.map(({ name, weight }) => ({ plugin: pluginOf(name), weight })),
    profile.plugins?.multiPoint,
    pluginOf,
  );
  const tables = EXTENSION_POINTS.map((point) => {
    const serving = everywhere.filter(({ plugin }) => plugin[METHODS[point]] !== undefined);
    return [point, choose(serving, profile.plugins?.[point], pluginOf)] as const;
  });
  const table = Object.fromEntries(tables) as unknown as PluginTable;
  return new Framework(profile.schedulerName, table, profile.percentageOfNodesToScore ?? percentageOfNodesToScore);
}

/** Takes out what is disabled and appends what is enabled; an enabled plugin that is there gets the new weight. */
function choose(
  from: readonly EnabledPlugin[],
  set: PluginSet | undefined,
  pluginOf: (name: string) => Plugin,
): EnabledPlugin[] {
  const off = new Set((set?.disabled ?? []).map(({ name }) => name));
  const chosen = off.has('*') ? [] : from.filter(({ plugin }) => !off.has(plugin.name));
  for (const { name, weight } of set?.enabled ?? []) {
    const at = chosen.findIndex(({ plugin }) => plugin.name === name);
    const entry = { plugin: pluginOf(name), weight: weight || weightOf(name) };
    if (at >= 0) chosen[at] = entry;
    else chosen.push(entry);
  }
  return chosen;
}

const weightOf = (name: string): number => REGISTRY.find((one) => one.name === name)?.weight || 1;
