import type { DaemonSet, StatefulSet } from '../../../api/objects';
import { each, fill, within } from './fill';
import { defaultTemplate } from './workloads';

/** The defaults of StatefulSets and DaemonSets. Models pkg/apis/apps/v1 defaults.go. */

type StatefulStrategy = NonNullable<StatefulSet['spec']['updateStrategy']>;
type DaemonStrategy = NonNullable<DaemonSet['spec']['updateStrategy']>;
type ClaimTemplate = NonNullable<StatefulSet['spec']['volumeClaimTemplates']>[number];

export function defaultStatefulSet(statefulSet: StatefulSet): StatefulSet {
  return within(statefulSet, 'spec', (spec) => {
    const filled = fill(spec, {
      podManagementPolicy: 'OrderedReady',
      updateStrategy: {},
      persistentVolumeClaimRetentionPolicy: {},
      replicas: 1,
      revisionHistoryLimit: 10,
    });
    const ruled = within(filled, 'persistentVolumeClaimRetentionPolicy', (policy) =>
      fill(policy, { whenDeleted: 'Retain', whenScaled: 'Retain' }),
    );
    const claimed = within(ruled, 'volumeClaimTemplates', (claims) => each(claims, defaultClaim));
    return within(within(claimed, 'updateStrategy', defaultPartition), 'template', defaultTemplate);
  });
}

/** Only a strategy that nobody named gets a `rollingUpdate` of its own. */
function defaultPartition(strategy: StatefulStrategy): StatefulStrategy {
  const next = strategy.type ? strategy : fill({ ...strategy, type: 'RollingUpdate' as const }, { rollingUpdate: {} });
  if (next.type !== 'RollingUpdate') return next;
  return within(next, 'rollingUpdate', (rolling) => fill(rolling, { partition: 0 }));
}

function defaultClaim(claim: ClaimTemplate): ClaimTemplate {
  const typed = fill(claim, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', status: {} });
  const phased = within(typed, 'status', (status) => fill(status, { phase: 'Pending' }));
  return within(phased, 'spec', (spec) => fill(spec, { volumeMode: 'Filesystem' }));
}

export function defaultDaemonSet(daemonSet: DaemonSet): DaemonSet {
  return within(daemonSet, 'spec', (spec) => {
    const filled = fill(spec, { updateStrategy: {}, revisionHistoryLimit: 10 });
    return within(within(filled, 'updateStrategy', defaultDaemonStrategy), 'template', defaultTemplate);
  });
}

function defaultDaemonStrategy(strategy: DaemonStrategy): DaemonStrategy {
  const next = strategy.type ? strategy : { ...strategy, type: 'RollingUpdate' as const };
  if (next.type !== 'RollingUpdate') return next;
  return within(fill(next, { rollingUpdate: {} }), 'rollingUpdate', (rolling) =>
    fill(rolling, { maxUnavailable: 1, maxSurge: 0 }),
  );
}
