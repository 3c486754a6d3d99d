import type { ApiObject, Json } from '../../../api/objects';
import { humanDuration } from '../../../api/time';
import type { Column, TableColumns } from '../kind';
import { AGE, ageOf, NONE, UNSET } from './cells';

/** Models pkg/printers/internalversion, and kube-aggregator's apiservice: what the server itself is told. */

type Loose = ApiObject & { readonly spec?: Record<string, Json>; readonly status?: { conditions?: Condition[] } };
interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
}

const column = (name: string, type: Column['type'] = 'string'): Column => ({ name, type });
const textAt = (value: Json | undefined, ...path: string[]): string => {
  for (const key of path) value = (value as Record<string, Json> | null | undefined)?.[key];
  return value === undefined || value === null ? '' : String(value as string | number);
};

export const signingRequestTable: TableColumns<Loose> = {
  columns: [AGE, column('SignerName'), column('Requestor'), column('RequestedDuration'), column('Condition')],
  cells: (request, nowMs) => [
    ageOf(request, nowMs),
    textAt(request.spec, 'signerName') || NONE,
    textAt(request.spec, 'username'),
    request.spec?.['expirationSeconds'] === undefined
      ? NONE
      : humanDuration(Number(request.spec['expirationSeconds']) * 1000),
    signingState(request),
  ],
};

function signingState({ status }: Loose): string {
  const has = (type: string): boolean => status?.conditions?.some((one) => one.type === type) === true;
  const decided = has('Denied') ? ['Denied'] : has('Approved') ? ['Approved'] : [];
  const issued = (status as { certificate?: string } | undefined)?.certificate ? ['Issued'] : [];
  const words = [...decided, ...(has('Failed') ? ['Failed'] : []), ...issued];
  return words.length === 0 ? 'Pending' : words.join(',');
}

export const webhookTable: TableColumns<Loose> = {
  columns: [column('Webhooks', 'integer'), AGE],
  cells: (object, nowMs) => [
    (object as unknown as { webhooks?: unknown[] }).webhooks?.length ?? 0,
    ageOf(object, nowMs),
  ],
};

const policyColumns = (title: string, counted: string): TableColumns<Loose> => ({
  columns: [column(title, 'integer'), column('ParamKind'), AGE],
  cells: (policy, nowMs) => {
    const { paramKind, [counted]: rules } = policy.spec ?? {};
    const named = paramKind ? `${textAt(paramKind, 'apiVersion')}/${textAt(paramKind, 'kind')}` : UNSET;
    return [(rules as unknown[] | undefined)?.length ?? 0, named, ageOf(policy, nowMs)];
  },
});
export const policyTable = policyColumns('Validations', 'validations');
export const mutatingPolicyTable = policyColumns('Mutations', 'mutations');

export const policyBindingTable: TableColumns<Loose> = {
  columns: [column('PolicyName'), column('ParamRef'), AGE],
  cells: (binding, nowMs) => {
    const name = textAt(binding.spec, 'paramRef', 'name');
    const param = name === '' ? UNSET : `${textAt(binding.spec, 'paramRef', 'namespace') || '*'}/${name}`;
    return [textAt(binding.spec, 'policyName'), param, ageOf(binding, nowMs)];
  },
};

export const flowSchemaTable: TableColumns<Loose> = {
  columns: [
    column('PriorityLevel'),
    column('MatchingPrecedence'),
    column('DistinguisherMethod'),
    AGE,
    column('MissingPL'),
  ],
  cells: (schema, nowMs) => [
    textAt(schema.spec, 'priorityLevelConfiguration', 'name'),
    Number(schema.spec?.['matchingPrecedence'] ?? 0),
    textAt(schema.spec, 'distinguisherMethod', 'type') || NONE,
    ageOf(schema, nowMs),
    schema.status?.conditions?.find((one) => one.type === 'Dangling')?.status ?? '?',
  ],
};

export const priorityLevelTable: TableColumns<Loose> = {
  columns: [
    column('Type'),
    column('NominalConcurrencyShares'),
    column('Queues'),
    column('HandSize'),
    column('QueueLengthLimit'),
    AGE,
  ],
  cells: (level, nowMs) => {
    const limited = level.spec?.['limited'] as Record<string, Json> | undefined;
    const queuing = (limited?.['limitResponse'] as Record<string, Json> | undefined)?.['queuing'] as
      Record<string, Json> | undefined;
    const numbers = ['queues', 'handSize', 'queueLengthLimit'].map((key) => queuing?.[key] ?? NONE);
    return [textAt(level.spec, 'type'), limited?.['nominalConcurrencyShares'] ?? NONE, ...numbers, ageOf(level, nowMs)];
  },
};

export const apiServiceTable: TableColumns<Loose> = {
  columns: [column('Service'), column('Available'), AGE],
  cells: (service, nowMs) => {
    const of = service.spec?.['service'];
    const available = service.status?.conditions?.find((one) => one.type === 'Available');
    const state =
      available?.status === 'True' ? 'True' : `${available?.status ?? 'False'} (${available?.reason ?? ''})`;
    const where = of ? `${textAt(of, 'namespace')}/${textAt(of, 'name')}` : 'Local';
    return [where, available ? state : 'Unknown', ageOf(service, nowMs)];
  },
};

export const ageTable: TableColumns<Loose> = { columns: [AGE], cells: (object, nowMs) => [ageOf(object, nowMs)] };

export const resourceClaimTable: TableColumns<Loose> = {
  columns: [column('State'), AGE],
  cells: (claim, nowMs) => {
    const status = claim.status as { allocation?: unknown; reservedFor?: unknown[] } | undefined;
    const states = [
      ...(claim.metadata.deletionTimestamp ? ['deleted'] : []),
      ...(status?.allocation ? ['allocated'] : claim.metadata.deletionTimestamp ? [] : ['pending']),
      ...(status?.reservedFor?.length ? ['reserved'] : []),
    ];
    return [states.join(','), ageOf(claim, nowMs)];
  },
};

export const resourceSliceTable: TableColumns<Loose> = {
  columns: [column('Node'), column('Driver'), column('Pool'), AGE],
  cells: (slice, nowMs) => [
    textAt(slice.spec, 'nodeName'),
    textAt(slice.spec, 'driver'),
    textAt(slice.spec, 'pool', 'name'),
    ageOf(slice, nowMs),
  ],
};
