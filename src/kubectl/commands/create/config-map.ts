import { DATA_FLAGS, readDataSources } from '../../cluster/data-sources';
import { GENERATE_FLAGS, makeGenerated, nameAndCommand } from '../../cluster/generated';
import type { Command } from '../../command';
import { CliError } from '../../errors';
import { contentHash } from '../../format/content-hash';
import { structJson } from '../../format/go-json';
import { goQuote } from '../../format/go-text';
import type { JsonObject } from '../../format/json';
import { setOwn, sortedKeys } from '../../format/json';
import { configKeyProblems } from '../../format/names';
import type { Session } from '../../session';

export const createConfigMapCommand: Command = {
  name: 'configmap',
  usage: 'configmap NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
  short: 'Create a config map from a local file, directory or literal value',
  aliases: ['cm'],
  examples: `  kubectl create configmap training --from-literal=epochs=10 --from-file=config.yaml`,
  flags: [...GENERATE_FLAGS, ...DATA_FLAGS],
  run: createConfigMap,
};

async function createConfigMap(session: Session): Promise<void> {
  const { name } = nameAndCommand(session);
  if (name === '') throw new CliError('name must be specified');
  const data: JsonObject = {};
  const take = (key: string, value: string): void => {
    const problems = configKeyProblems(key);
    if (problems.length > 0)
      throw new CliError(`${goQuote(key)} is not a valid key name for a ConfigMap: ${problems.join(',')}`);
    if (Object.hasOwn(data, key)) {
      throw new CliError(
        `cannot add key ${goQuote(key)}, another key by that name already exists in Data for ConfigMap ${goQuote(name)}`,
      );
    }
    setOwn(data, key, value);
  };
  readDataSources(session, 'config', { literal: take, file: take }, false);
  const sorted: JsonObject = {};
  for (const key of sortedKeys(data)) setOwn(sorted, key, data[key] ?? '');
  const filled = Object.keys(sorted).length > 0;
  const hashed = session.flags.bool('append-hash')
    ? `${name}-${await contentHash(structJson({ data: filled ? sorted : '', kind: 'ConfigMap', name }))}`
    : name;
  const configMap: JsonObject = {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name: hashed },
    ...(filled ? { data: sorted } : {}),
  };
  await makeGenerated(session, configMap, 'failed to create configmap:');
}
