import { equalJson } from '../../../api/json';
import type { ConfigMap, Secret } from '../../../api/objects';
import type { FieldErrors } from './field-errors';
import { configKeyFaults } from './names';
import { validateImmutable } from './immutable';

/** Models pkg/apis/core/validation ValidateConfigMap and ValidateSecret. */

const MAX_BYTES = 1024 * 1024;
const WHEN_IMMUTABLE = 'field is immutable when `immutable` is set';

/** The keys that a type of Secret cannot lack. */
const SECRET_KEYS: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
};
const ACCOUNT_ANNOTATION = 'kubernetes.io/service-account.name';

type Data = Record<string, string> | undefined;

function validateKeys(data: Data, path: string, errors: FieldErrors): number {
  let bytes = 0;
  for (const key in data) {
    for (const fault of configKeyFaults(key)) errors.invalid(`${path}[${key}]`, key, fault);
    bytes += data[key]!.length;
  }
  return bytes;
}

export function validateConfigMap(configMap: ConfigMap, errors: FieldErrors): void {
  let bytes = validateKeys(configMap.data, 'data', errors);
  for (const key in configMap.data) {
    if (configMap.binaryData?.[key] !== undefined)
      errors.invalid(`data[${key}]`, key, 'duplicate of key present in binaryData');
  }
  bytes += validateKeys(configMap.binaryData, 'binaryData', errors);
  if (bytes > MAX_BYTES) errors.tooLong('[]', MAX_BYTES);
}

/** What is marked immutable keeps its mark and its data. */
function validateFrozen<T extends { immutable?: boolean }>(
  next: T,
  current: T,
  keys: readonly (keyof T & string)[],
  errors: FieldErrors,
): void {
  if (current.immutable !== true) return;
  if (next.immutable !== true) errors.forbidden('immutable', WHEN_IMMUTABLE);
  for (const key of keys) if (!equalJson(next[key], current[key])) errors.forbidden(key, WHEN_IMMUTABLE);
}

export function validateConfigMapUpdate(next: ConfigMap, current: ConfigMap, errors: FieldErrors): void {
  validateFrozen(next, current, ['data', 'binaryData'], errors);
  validateConfigMap(next, errors);
}

export function validateSecret(secret: Secret, errors: FieldErrors): void {
  const bytes = validateKeys(secret.data, 'data', errors);
  if (bytes * 0.75 > MAX_BYTES) errors.tooLong('data', MAX_BYTES);
  const has = (key: string): boolean => secret.data?.[key] !== undefined;
  for (const key of SECRET_KEYS[secret.type ?? ''] ?? []) if (!has(key)) errors.required(`data[${key}]`);
  if (secret.type === 'kubernetes.io/basic-auth' && !has('username') && !has('password')) {
    errors.required('data[username]');
    errors.required('data[password]');
  }
  if (secret.type === 'kubernetes.io/service-account-token' && !secret.metadata.annotations?.[ACCOUNT_ANNOTATION]) {
    errors.required(`metadata.annotations[${ACCOUNT_ANNOTATION}]`);
  }
}

export function validateSecretUpdate(next: Secret, current: Secret, errors: FieldErrors): void {
  validateImmutable(next.type, current.type, 'type', errors);
  validateFrozen(next, current, ['data'], errors);
  validateSecret(next, errors);
}
