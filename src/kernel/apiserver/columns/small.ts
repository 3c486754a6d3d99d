import type {
  ComponentStatus,
  ConfigMap,
  Event,
  Lease,
  PriorityClass,
  RuntimeClass,
  Secret,
  ServiceAccount,
} from '../../../api/objects';
import { formatTime, parseTime } from '../../../api/time';
import type { TableColumns } from '../kind';
import { AGE, ageOf, since } from './cells';

/** Models pkg/printers/internalversion: the kinds with few columns. */

const size = (data: object | undefined): number => Object.keys(data ?? {}).length;

export const configMapTable: TableColumns<ConfigMap> = {
  columns: [{ name: 'Data', doc: 'core.v1.ConfigMap.data' }, AGE],
  cells: (configMap, nowMs) => [String(size(configMap.data) + size(configMap.binaryData)), ageOf(configMap, nowMs)],
};

export const secretTable: TableColumns<Secret> = {
  columns: [{ name: 'Type', doc: 'core.v1.Secret.type' }, { name: 'Data', doc: 'core.v1.Secret.data' }, AGE],
  cells: (secret, nowMs) => [secret.type ?? '', String(size(secret.data)), ageOf(secret, nowMs)],
};

export const serviceAccountTable: TableColumns<ServiceAccount> = {
  columns: [{ name: 'Secrets', doc: 'core.v1.ServiceAccount.secrets' }, AGE],
  cells: (account, nowMs) => [String(account.secrets?.length ?? 0), ageOf(account, nowMs)],
};

export const leaseTable: TableColumns<Lease> = {
  columns: [{ name: 'Holder', doc: 'coordination.v1.LeaseSpec.holderIdentity' }, AGE],
  cells: (lease, nowMs) => [lease.spec?.holderIdentity ?? '', ageOf(lease, nowMs)],
};

export const priorityClassTable: TableColumns<PriorityClass> = {
  columns: [
    { name: 'Value', type: 'integer', doc: 'scheduling.v1.PriorityClass.value' },
    { name: 'Global-Default', type: 'boolean', doc: 'scheduling.v1.PriorityClass.globalDefault' },
    AGE,
    { name: 'PreemptionPolicy', doc: 'scheduling.v1.PriorityClass.preemptionPolicy' },
  ],
  cells: (one, nowMs) => [
    one.value ?? 0,
    one.globalDefault ?? false,
    ageOf(one, nowMs),
    one.preemptionPolicy ?? 'PreemptLowerPriority',
  ],
};

export const runtimeClassTable: TableColumns<RuntimeClass> = {
  columns: [{ name: 'Handler', doc: 'node.v1.RuntimeClass.handler' }, AGE],
  cells: (one, nowMs) => [one.handler, ageOf(one, nowMs)],
};

export const componentStatusTable: TableColumns<ComponentStatus> = {
  columns: [
    { name: 'Status', description: 'Status of the component conditions' },
    { name: 'Message', description: 'Message of the component conditions' },
    { name: 'Error', description: 'Error of the component conditions' },
  ],
  cells({ conditions = [] }) {
    const healthy = conditions.find(({ type }) => type === 'Healthy');
    const status = healthy?.status === 'True' ? 'Healthy' : 'Unhealthy';
    return [healthy ? status : 'Unknown', healthy?.message ?? '', healthy?.error ?? ''];
  },
};

export const eventTable: TableColumns<Event> = {
  nameAtEnd: true,
  columns: [
    { name: 'Last Seen', doc: 'core.v1.Event.lastTimestamp' },
    { name: 'Type', doc: 'core.v1.Event.type' },
    { name: 'Reason', doc: 'core.v1.Event.reason' },
    { name: 'Object', doc: 'core.v1.Event.involvedObject' },
    { name: 'Subobject', priority: 1, doc: 'core.v1.ObjectReference.fieldPath' },
    { name: 'Source', priority: 1, doc: 'core.v1.Event.source' },
    { name: 'Message', doc: 'core.v1.Event.message' },
    { name: 'First Seen', priority: 1, doc: 'core.v1.Event.firstTimestamp' },
    { name: 'Count', priority: 1, doc: 'core.v1.Event.count' },
  ],
  cells(event, nowMs) {
    const { involvedObject, series } = event;
    const first = event.firstTimestamp || wholeSeconds(event.eventTime);
    const last = wholeSeconds(series?.lastObservedTime) || event.lastTimestamp || first;
    const { kind = '', name = '' } = involvedObject;
    return [
      since(last, nowMs),
      event.type ?? '',
      event.reason ?? '',
      name ? `${kind.toLowerCase()}/${name}` : kind.toLowerCase(),
      involvedObject.fieldPath ?? '',
      sourceOf(event),
      (event.message ?? '').trim(),
      since(first, nowMs),
      series?.count ?? (event.count || 1),
    ];
  },
};

function wholeSeconds(time: string | undefined | null): string {
  return time ? formatTime(parseTime(time)) : '';
}

/** Models formatEventSource: who reported it, and where. */
function sourceOf({ source, reportingComponent, reportingInstance }: Event): string {
  const component = source?.component || reportingComponent || '';
  const place = source?.host || reportingInstance || '';
  return place ? `${component}, ${place}` : component;
}
