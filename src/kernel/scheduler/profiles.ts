import type { ConfigMap, Pod } from '../../api/objects';
import { freezeDeep } from '../../base/state';
import type { TypedClient } from '../apiserver/typed-client';
import type { Informers } from '../machinery/informers';
import { DEFAULT_CONFIGURATION, type SchedulerConfiguration } from './configuration';
import { configurationIn, ConfigurationProblem, readConfiguration } from './configuration-reader';
import type { Framework } from './framework/framework';
import { CONFIGURATION, CONFIGURATION_FIELD, CONFIGURATION_READ } from './preset-configuration';
import { makeFramework, PLUGIN_NAMES } from './registry';
import { volumeBinder } from './volume-binder';

/** A framework for each profile, by its schedulerName. */
export function frameworksOf(
  { profiles, percentageOfNodesToScore }: SchedulerConfiguration,
  client: TypedClient,
  informers: Informers,
): Map<string, Framework> {
  const ports = {
    bind: ({ metadata: { namespace = '', name, uid } }: Pod, node: string) => client.bind(namespace, name, uid, node),
    volumes: volumeBinder(client, informers),
  };
  return new Map(
    profiles.map((profile) => [profile.schedulerName, makeFramework(profile, ports, percentageOfNodesToScore)]),
  );
}

/** The text of the configuration that the cluster holds; empty where it holds none. */
export const configurationText = (held: ConfigMap | undefined): string => held?.data?.[CONFIGURATION_FIELD] ?? '';

/** The configuration that a text holds, or what is wrong with it. */
export function configurationOf(text: string): SchedulerConfiguration | { problem: string } {
  try {
    if (text === '') return freezeDeep(DEFAULT_CONFIGURATION);
    /* Every cluster of a preset begins with the same text, and parsing it would be a tenth of a boot. */
    const isPreset = text === CONFIGURATION;
    return freezeDeep(
      isPreset ? configurationIn(CONFIGURATION_READ, PLUGIN_NAMES) : readConfiguration(text, PLUGIN_NAMES),
    );
  } catch (error) {
    if (error instanceof ConfigurationProblem) return { problem: error.message };
    throw error;
  }
}
