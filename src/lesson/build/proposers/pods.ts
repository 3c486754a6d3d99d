import { LEARNER } from '../../../api/story';
import { controllerOf, type ApiObject, type Node, type Pod } from '../../../api/objects';
import { ready } from '../../cel/object-functions';
import type { Ends, Play } from '../play';
import { mainImage, podRuns, runsImage, WHERE_APPLIED, WHERE_MENU, type Proposal, type Proposer } from '../proposal';
import { celText } from '../wording';

/** What became of Pods: made by hand, let in where others are kept off, deleted and replaced, restarted. */

export const pods: Proposer = (ends, play) => [
  ...alone(ends),
  ...letIn(ends),
  ...replaced(ends, play),
  ...restarted(ends),
];

const fresh = ({ start, end }: Ends): Pod[] => {
  const known = new Set(start.all('pods').map(({ metadata }) => metadata.uid));
  return end.all('pods').filter(({ metadata }) => !known.has(metadata.uid)) as Pod[];
};

const byImage = (all: readonly ApiObject[]): string[] => [...new Set(all.map(mainImage))].filter((one) => one !== '');

/** The first Pod that is not as meant, in its own words. */
const whyNot = (list: string): string =>
  `names(${list}.map(p, p.metadata.name + ': ' + (why(p) == '' ? 'is Ready' : why(p)))) + '.'`;

/** A Pod that nobody owns became Ready. */
function alone(ends: Ends): Proposal[] {
  const own = fresh(ends).filter((pod) => controllerOf(pod) === undefined && ready(pod as never));
  return byImage(own).map((image) => {
    const meant = `pods.filter(p, ${podRuns('p', image)} && owner(p).kind == 'Pod')`;
    return {
      id: 'pod-ready',
      title: `A Pod of ${image} is Ready`,
      check: `${meant}.exists(p, ready(p))`,
      because: `size(${meant}) == 0 ? ${celText(`no Pod of its own runs ${image}.`)} : ${whyNot(meant)}`,
      facts: {},
      where: WHERE_APPLIED,
      reason: `Pod ${own.find((pod) => mainImage(pod) === image)!.metadata.name} was made, and became Ready.`,
      weight: 88,
    };
  });
}

const POOL_LABEL = 'cloud.google.com/gke-nodepool';

const poolOf = ({ metadata }: ApiObject): string => metadata.labels?.[POOL_LABEL] ?? '';

/** Pods run on a pool whose nodes keep others off. */
function letIn(ends: Ends): Proposal[] {
  const guarded = (ends.end.all('nodes') as Node[]).filter(({ spec }) => (spec?.taints ?? []).length > 0);
  return [...new Set(guarded.map(poolOf))].flatMap((pool) => {
    if (pool === '') return [];
    const names = new Set(guarded.filter((node) => poolOf(node) === pool).map(({ metadata }) => metadata.name));
    const there = fresh(ends).filter(
      (pod) => names.has(pod.spec.nodeName ?? '') && ['Running', 'Succeeded'].includes(pod.status?.phase ?? ''),
    );
    return byImage(there).map((image): Proposal => {
      const meant = `pods.filter(p, ${podRuns('p', image)})`;
      const inPool = `nodes.exists(n, n.metadata.name == nodeOf(p) && n.metadata.labels[?${celText(POOL_LABEL)}].orValue('') == ${celText(pool)})`;
      return {
        id: `on-${pool}`,
        title: `A Pod of ${image} runs on pool ${pool}`,
        check: `${meant}.exists(p, p.status.phase in ['Running', 'Succeeded'] && ${inPool})`,
        because: `size(${meant}) == 0 ? ${celText(`no Pod runs ${image}.`)} : names(${meant}.map(p, p.metadata.name + (nodeOf(p) == '' ? ' has no node: ' + why(p) : ' is on ' + nodeOf(p)))) + '.'`,
        facts: {},
        where: WHERE_APPLIED,
        reason: `A Pod came to ${[...names].find((name) => there.some(({ spec }) => spec.nodeName === name))!}, whose taint keeps others off.`,
        weight: 80,
      };
    });
  });
}

const OWNERS = { ReplicaSet: 'deployments', StatefulSet: 'statefulsets' } as const;

/** Somebody deleted a Pod, and its owner made another. */
function replaced(ends: Ends, { changes }: Play): Proposal[] {
  const asked = changes.filter(
    (change) =>
      change.kind === 'put' &&
      change.view === 'pods' &&
      change.by === LEARNER &&
      change.object.metadata.deletionTimestamp,
  );
  const gone = asked.flatMap((change) => (change.kind === 'put' ? [change.object] : []));
  return Object.entries(OWNERS).flatMap(([kind, view]) => {
    const owned = gone.filter((pod) => controllerOf(pod)?.kind === kind);
    return byImage(owned).flatMap((image): Proposal[] => {
      const standing = ends.end.all(view).some((one) => mainImage(one) === image && ready(one as never));
      if (!standing) return [];
      const meant = `${view}.filter(d, ${runsImage('d', image)})`;
      return [
        {
          id: 'pod-replaced',
          title: `A deleted Pod of ${image} is replaced`,
          check: `ever('pod-deleted') && ${meant}.exists(d, ready(d))`,
          because: `!ever('pod-deleted') ? ${celText(`no Pod of ${image} has been deleted and gone.`)} : names(${meant}.map(d, d.metadata.name + ': ' + why(d))) + '.'`,
          facts: {
            'pod-deleted': `gone.pods.exists(g, g.gone.byLearner && ${podRuns('g', image)} && owner(g).kind != 'Pod')`,
          },
          where: WHERE_MENU,
          reason: `Pod ${owned.find((pod) => mainImage(pod) === image)!.metadata.name} was deleted by hand, and another came.`,
          weight: 87,
        },
      ];
    });
  });
}

const restartsOf = (pod: ApiObject): number =>
  ((pod as Pod).status?.containerStatuses ?? []).reduce((sum, { restartCount = 0 }) => sum + restartCount, 0);

/** A container was started again in its Pod, which is Ready. */
function restarted({ start, end }: Ends): Proposal[] {
  const before = new Map(start.all('pods').map((pod) => [pod.metadata.uid, restartsOf(pod)]));
  const again = end
    .all('pods')
    .filter((pod) => restartsOf(pod) > (before.get(pod.metadata.uid) ?? 0) && ready(pod as never));
  return byImage(again).map((image) => {
    const meant = `pods.filter(p, ${podRuns('p', image)})`;
    const most = Math.max(
      0,
      ...start
        .all('pods')
        .filter((pod) => mainImage(pod) === image)
        .map(restartsOf),
    );
    return {
      id: 'restarted',
      title: `A container of ${image} runs again in its Pod`,
      check: `${meant}.exists(p, restarts(p) > ${most} && ready(p))`,
      because: `size(${meant}) == 0 ? ${celText(`no Pod runs ${image}.`)} : ${meant}.exists(p, restarts(p) > ${most}) ? ${whyNot(`${meant}.filter(p, restarts(p) > ${most})`)} : 'no container has been started again in its Pod.'`,
      facts: {},
      where: WHERE_MENU,
      reason: `A container of Pod ${again.find((pod) => mainImage(pod) === image)!.metadata.name} ended, and was started again.`,
      weight: 75,
    };
  });
}
