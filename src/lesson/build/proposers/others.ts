import { selectorMatches } from '../../../api/selectors';
import type { ApiObject, Json } from '../../../api/objects';
import { ready } from '../../cel/object-functions';
import type { ObjectView } from '../../views/names';
import type { Ends, Play } from '../play';
import { imagesOf, mainImage, podRuns, WHERE_APPLIED, type Proposal, type Proposer } from '../proposal';
import { celText } from '../wording';

/** Services and what is asked through them, claims, and what else was made. */

export const others: Proposer = (ends, play) => [...served(ends), ...bound(ends), ...made(ends), ...asked(ends, play)];

/** The images of the Ready Pods that a Service selects. */
function servedImages(moment: Ends['end']): Map<string, string> {
  const images = new Map<string, string>();
  for (const service of moment.all('services')) {
    const { selector } = (service as { spec?: { selector?: Record<string, string> } }).spec ?? {};
    if (!selector) continue;
    for (const pod of moment.all('pods'))
      if (ready(pod as never) && selectorMatches({ matchLabels: selector }, pod.metadata.labels ?? {}))
        images.set(mainImage(pod), service.metadata.name);
  }
  return images;
}

function served({ start, end }: Ends): Proposal[] {
  const before = servedImages(start);
  return [...servedImages(end)]
    .filter(([image]) => !before.has(image))
    .map(([image, name]) => ({
      id: 'served',
      title: `A Service finds Ready Pods of ${image}`,
      check: `services.exists(s, pods.exists(p, selects(s, p) && ready(p) && ${podRuns('p', image)}))`,
      because: `!services.exists(s, pods.exists(p, selects(s, p) && ${podRuns('p', image)})) ? ${celText(`no Service selects a Pod of ${image}.`)} : 'the Pods that are selected are not Ready.'`,
      facts: {},
      where: WHERE_APPLIED,
      reason: `Service ${name} found Ready Pods.`,
      weight: 84,
    }));
}

const phaseOf = (claim: ApiObject): string => (claim as { status?: { phase?: string } }).status?.phase ?? '';

function bound({ start, end }: Ends): Proposal[] {
  const count = (moment: Ends['end']): number =>
    moment.all('claims').filter((claim) => phaseOf(claim) === 'Bound').length;
  const before = count(start);
  if (count(end) <= before) return [];
  const claims = `claims.filter(c, c.?status.?phase.orValue('') == 'Bound')`;
  return [
    {
      id: 'bound',
      title: before === 0 ? 'A claim is Bound' : 'One more claim is Bound',
      check: `size(${claims}) > ${before}`,
      because: `size(claims) <= ${before} ? 'there is no ${before === 0 ? '' : 'other '}claim.' : 'no ${before === 0 ? '' : 'other '}claim is Bound yet.'`,
      facts: {},
      where: WHERE_APPLIED,
      reason: 'A PersistentVolumeClaim was made and became Bound.',
      weight: 62,
    },
  ];
}

/** Kinds of which it counts that there is one more. */
const COUNTED: readonly (readonly [ObjectView, string])[] = [
  ['cronjobs', 'CronJob'],
  ['autoscalers', 'HorizontalPodAutoscaler'],
  ['budgets', 'PodDisruptionBudget'],
  ['policies', 'NetworkPolicy'],
  ['configmaps', 'ConfigMap'],
];

function made({ start, end }: Ends): Proposal[] {
  return COUNTED.flatMap(([view, kind]): Proposal[] => {
    const before = start.of(view);
    const fresh = [...end.of(view).values()].filter(
      (object) => !before.has(`${object.metadata.namespace ?? ''}/${object.metadata.name}`),
    );
    const own = fresh.filter(({ metadata }) => (metadata.ownerReferences ?? []).length === 0);
    if (own.length === 0) return [];
    const count = before.size;
    return [
      {
        id: `${kind.toLowerCase()}-made`,
        title: count === 0 ? `There is a ${kind}` : `There is another ${kind}`,
        check: `size(${view}) > ${count}`,
        because: celText(count === 0 ? `there is no ${kind}.` : `there is no other ${kind}.`),
        facts: {},
        where: WHERE_APPLIED,
        reason: `${kind} ${own[0]!.metadata.name} was made.`,
        weight: 45,
      },
    ];
  });
}

interface Asked {
  readonly ok: boolean;
  readonly atMs: number;
}

/** Requests were answered where none was; or not one failed while all was updated. */
function asked({ start, end }: Ends, { startMs }: Play): Proposal[] {
  const requests = (items: readonly Json[] | undefined): readonly Asked[] =>
    (items ?? []) as unknown as readonly Asked[];
  const before = requests(start.others.get('requests')?.items);
  const since = requests(end.others.get('requests')?.items).filter(({ atMs }) => atMs > startMs);
  if (since.length === 0) return [];
  const failed = since.some(({ ok }) => !ok);
  return [
    ...(before.some(({ ok }) => ok) || !since.some(({ ok }) => ok) ? [] : [ANSWERED]),
    ...(failed ? [] : updatedImages({ start, end }).map(unnoticed)),
  ];
}

const ANSWERED: Proposal = {
  id: 'answered',
  title: 'A request is answered',
  check: 'requests.exists(r, r.ok)',
  because: `size(requests) == 0 ? 'nobody has asked anything yet.' : 'the last request failed: ' + requests[size(requests) - 1].failure + '.'`,
  facts: {},
  where: 'The stage, where requests travel, and the Service that they are for.',
  reason: 'Requests were answered that were not before.',
  weight: 83,
};

function updatedImages({ start, end }: Ends): string[] {
  const all = end.all('deployments').filter((one) => ready(one as never));
  return all.flatMap((after) => {
    const before = start.all('deployments').find(({ metadata }) => metadata.uid === after.metadata.uid);
    return before
      ? imagesOf(after)
          .filter((image) => !imagesOf(before).includes(image))
          .slice(0, 1)
      : [];
  });
}

function unnoticed(image: string): Proposal {
  const asks = `deployments.filter(d, d.spec.template.spec.containers.exists(c, c.image == ${celText(image)}))`;
  const failures = `requests.filter(r, !r.ok && r.at > since('update-began'))`;
  return {
    id: 'unnoticed',
    title: `The update to ${image} fails no request`,
    check: `ever('update-began') && ${asks}.exists(d, ready(d)) && requests.exists(r, r.ok && r.at > since('update-began')) && size(${failures}) == 0`,
    because: `!ever('update-began') ? ${celText(`no Deployment asks for ${image}.`)} : size(${failures}) > 0 ? plural(size(${failures}), 'request') + ' failed.' : 'the update goes on.'`,
    facts: { 'update-began': `size(${asks}) > 0` },
    where: WHERE_APPLIED,
    reason: 'While it was updated, each request was answered.',
    weight: 89,
  };
}
