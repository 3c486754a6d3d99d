import type { Volume } from '../../../api/objects';
import { validateTokenSeconds } from './csi-drivers';
import type { FieldErrors } from './field-errors';
import { validateNonReservedPath } from './paths';
import { validateDownwardItem, validateKeyPath, type KeyPath } from './volume-items';

/** Models pkg/apis/core/validation validateProjectionSources. */

type Projection = NonNullable<NonNullable<Volume['projected']>['sources']>[number];
/** Where the sources before have put something; what is put there again is told of the whole volume. */
type Take = (target: string | undefined, shown?: string) => void;

export function validateProjections(volume: NonNullable<Volume['projected']>, path: string, errors: FieldErrors): void {
  const taken = new Set<string>();
  const take: Take = (target, shown = target) => {
    if (!target) return;
    if (taken.has(target)) errors.invalid(path, shown, 'conflicting duplicate paths');
    taken.add(target);
  };
  volume.sources?.forEach((source, index) => {
    const at = `${path}.sources[${index}]`;
    validateKeys(source, at, errors, take);
    if (source.serviceAccountToken) validateToken(source.serviceAccountToken, at, path, errors);
    if (Object.keys(source).length > 1) errors.forbidden(at, 'may not specify more than 1 volume type per source');
  });
}

function validateKeys(source: Projection, path: string, errors: FieldErrors, take: Take): void {
  for (const key of ['secret', 'configMap'] as const) {
    const projected = source[key];
    if (!projected) continue;
    if (!projected.name) errors.required(`${path}.${key}.name`);
    (projected.items as KeyPath[] | undefined)?.forEach((item, place) => {
      validateKeyPath(item, `${path}.${key}.items[${place}]`, errors);
      take(item.path, projected.name ?? '');
    });
  }
  source.downwardAPI?.items?.forEach((item) => {
    validateDownwardItem(item, `${path}.downwardAPI`, errors);
    take(item.path);
  });
}

/** A token's path is told of the whole volume, as upstream tells it. */
function validateToken(
  { path: target, expirationSeconds: seconds }: NonNullable<Projection['serviceAccountToken']>,
  at: string,
  path: string,
  errors: FieldErrors,
): void {
  if (seconds !== undefined) validateTokenSeconds(seconds, `${at}.serviceAccountToken.expirationSeconds`, errors);
  if (!target) errors.required(`${path}.path`);
  else validateNonReservedPath(target, `${path}.path`, errors);
}
