import type { ApiRequest } from '../../../api/client';
import type { RemoveOptions } from '../typed-client';
import { FieldErrors, invalidObject } from '../validation/field-errors';

/** Models apimachinery/pkg/apis/meta/v1/validation: the options of a request, from its query. */

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

export interface WriteOptions {
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
  readonly fieldManager: string;
  readonly force: boolean | undefined;
}

const MANAGER_MAX = 128;

type OptionsKind = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions' | 'DeleteOptions' | 'ListOptions';

/** Throws the refusal that an options object with these faults meets. */
export function refuseOptions(kind: OptionsKind, errors: FieldErrors): void {
  if (!errors.empty) throw invalidObject('meta.k8s.io', kind, '', errors);
}

/** The options of a create, update or patch. Throws ApiError 422. */
export function writeOptions(request: ApiRequest, kind: OptionsKind, isApply = false): WriteOptions {
  const query = request.query ?? {};
  const errors = new FieldErrors();
  const fieldManager = query['fieldManager'] ?? '';
  const force =
    query['force'] === undefined
      ? undefined
      : query['force'] === 'true' || query['force'] === '1' || query['force'] === '';
  if (kind === 'PatchOptions' && isApply && fieldManager === '')
    errors.required('fieldManager', 'is required for apply patch');
  if (kind === 'PatchOptions' && !isApply && force !== undefined)
    errors.forbidden('force', 'may not be specified for non-apply patch');
  if (fieldManager.length > MANAGER_MAX) errors.tooLong('fieldManager', MANAGER_MAX);
  checkDryRun(query['dryRun'], errors);
  const validation = query['fieldValidation'] ?? '';
  if (!['', 'Ignore', 'Strict', 'Warn'].includes(validation)) {
    errors.notSupported('fieldValidation', validation, ['', 'Ignore', 'Strict', 'Warn']);
  }
  refuseOptions(kind, errors);
  return {
    dryRun: query['dryRun'] === 'All',
    fieldValidation: (validation || 'Warn') as FieldValidation,
    fieldManager,
    force,
  };
}

function checkDryRun(value: string | undefined, errors: FieldErrors): void {
  if (value !== undefined && value !== '' && value !== 'All') errors.notSupported('dryRun', [value], ['All']);
}

/** What a DELETE says in its body. */
export interface DeleteBody {
  gracePeriodSeconds?: number;
  propagationPolicy?: string;
  orphanDependents?: boolean;
  dryRun?: string[];
  preconditions?: { uid?: string; resourceVersion?: string };
}

/** The options of a delete: those of the body, else those of the query. Throws ApiError 422. */
export function deleteOptions(
  request: ApiRequest,
  body: DeleteBody | undefined,
): { remove: RemoveOptions; dryRun: boolean } {
  const query = request.query ?? {};
  const asked = body ?? bodyOfQuery(query);
  const errors = new FieldErrors();
  const policy = asked.propagationPolicy;
  if (policy !== undefined && asked.orphanDependents !== undefined) {
    errors.invalid('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set');
  }
  if (policy !== undefined && !['Foreground', 'Background', 'Orphan'].includes(policy)) {
    errors.notSupported('propagationPolicy', policy, ['Foreground', 'Background', 'Orphan', 'nil']);
  }
  const dryRun = asked.dryRun ?? (query['dryRun'] ? [query['dryRun']] : []);
  if (dryRun.some((value) => value !== 'All')) errors.notSupported('dryRun', dryRun, ['All']);
  if ((asked.gracePeriodSeconds ?? 0) < 0) asked.gracePeriodSeconds = 1;
  refuseOptions('DeleteOptions', errors);
  const orphan = asked.orphanDependents === undefined ? undefined : asked.orphanDependents ? 'Orphan' : 'Background';
  const propagationPolicy = (policy ?? orphan) as RemoveOptions['propagationPolicy'];
  return {
    remove: {
      ...(asked.gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds: asked.gracePeriodSeconds }),
      ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
      ...(asked.preconditions?.uid === undefined ? {} : { uid: asked.preconditions.uid }),
      ...(asked.preconditions?.resourceVersion === undefined
        ? {}
        : { resourceVersion: asked.preconditions.resourceVersion }),
    },
    dryRun: dryRun.length > 0,
  };
}

function bodyOfQuery(query: Record<string, string>): DeleteBody {
  const grace = query['gracePeriodSeconds'];
  const orphan = query['orphanDependents'];
  return {
    ...(grace === undefined || !/^-?\d+$/.test(grace) ? {} : { gracePeriodSeconds: Number(grace) }),
    ...(query['propagationPolicy'] === undefined ? {} : { propagationPolicy: query['propagationPolicy'] }),
    ...(orphan === undefined ? {} : { orphanDependents: orphan === 'true' }),
  };
}
