import { milliValue, wholeValue } from '../../api/quantity';
import { CliError } from '../errors';
import { fromBase64 } from '../format/base64';
import { goQuote } from '../format/go-text';
import type { JsonObject } from '../format/json';
import { objectAt, stringMapAt, textAt } from '../format/json';
import type { Session } from '../session';

/** Where a variable's value comes from, in words. Models GetEnvVarRefString. */
export function environmentReference(source: JsonObject): string {
  for (const [field, word] of [
    ['configMapKeyRef', 'configmap'],
    ['secretKeyRef', 'secret'],
  ] as const) {
    const reference = objectAt(source, field);
    if (reference) return `${word} ${textAt(reference, 'name')}, key ${textAt(reference, 'key')}`;
  }
  if (objectAt(source, 'fieldRef')) return `field path ${textAt(source, 'fieldRef', 'fieldPath')}`;
  const resource = objectAt(source, 'resourceFieldRef');
  if (!resource) return 'invalid valueFrom';
  const container = textAt(resource, 'containerName');
  return `resource field ${container ? `${container}/` : ''}${textAt(resource, 'resource')}`;
}

/** The value a variable would have. Throws where there is none. Models GetEnvVarRefValue. */
export async function environmentValue(
  session: Session,
  source: JsonObject,
  object: JsonObject,
  container: JsonObject,
): Promise<string> {
  const secret = objectAt(source, 'secretKeyRef');
  if (secret) return fromBase64(await dataOf(session, 'secrets', 'secret', secret));
  const configMap = objectAt(source, 'configMapKeyRef');
  if (configMap) return dataOf(session, 'configmaps', 'config map', configMap);
  if (objectAt(source, 'fieldRef')) return fieldValue(object, textAt(source, 'fieldRef', 'fieldPath'));
  const resource = objectAt(source, 'resourceFieldRef');
  if (resource) return resourceValue(container, textAt(resource, 'resource'), textAt(resource, 'divisor'));
  throw new CliError('invalid valueFrom');
}

async function dataOf(session: Session, resource: string, word: string, reference: JsonObject): Promise<string> {
  const name = textAt(reference, 'name');
  const key = textAt(reference, 'key');
  const namespace = encodeURIComponent(session.namespace);
  const object = await session.rest.json(
    'GET',
    `/api/v1/namespaces/${namespace}/${resource}/${encodeURIComponent(name)}`,
  );
  const value = stringMapAt(object, 'data').get(key);
  if (value === undefined) throw new CliError(`key ${key} not found in ${word} ${name}`);
  return value;
}

function fieldValue(object: JsonObject, path: string): string {
  const subscript = /^(metadata\.(?:labels|annotations))\['(.*)'\]$/s.exec(path);
  if (subscript) return stringMapAt(object, ...(subscript[1] ?? '').split('.')).get(subscript[2] ?? '') ?? '';
  if (path === 'metadata.labels' || path === 'metadata.annotations') {
    return [...stringMapAt(object, ...path.split('.'))].map(([key, value]) => `${key}=${goQuote(value)}`).join('\n');
  }
  if (['metadata.name', 'metadata.namespace', 'metadata.uid'].includes(path)) return textAt(object, ...path.split('.'));
  throw new CliError(`unsupported fieldPath: ${path}`);
}

function resourceValue(container: JsonObject, resource: string, divisor: string): string {
  const match = /^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.+)$/.exec(resource);
  if (!match) throw new CliError(`Unsupported container resource : ${resource}`);
  const [, section = '', name = ''] = match;
  const amount = textAt(container, 'resources', section, name) || '0';
  const unit = divisor === '' || wholeValue(divisor) === 0 ? '1' : divisor;
  const parts = name === 'cpu' ? milliValue(amount) / milliValue(unit) : wholeValue(amount) / wholeValue(unit);
  return String(Math.ceil(parts));
}
