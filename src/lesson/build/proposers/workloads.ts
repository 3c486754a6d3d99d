import type { ApiObject } from '../../../api/objects';
import { ready } from '../../cel/object-functions';
import type { Ends } from '../play';
import { imagesOf, mainImage, runsImage, WHERE_APPLIED, type Proposal, type Proposer } from '../proposal';
import { celText, plural } from '../wording';

/** What Deployments and StatefulSets were made, scaled, updated, mended or taken away. */

const KINDS = { deployments: 'Deployment', statefulsets: 'StatefulSet' } as const;

type View = keyof typeof KINDS;

interface Seen {
  readonly view: View;
  readonly before: ApiObject | undefined;
  readonly after: ApiObject | undefined;
  readonly ends: Ends;
}

export const workloads: Proposer = (ends) =>
  (Object.keys(KINDS) as View[]).flatMap((view) => {
    const before = ends.start.of(view);
    const after = ends.end.of(view);
    const keys = [...new Set([...before.keys(), ...after.keys()])];
    return keys.flatMap((key) => changeOf({ view, before: before.get(key), after: after.get(key), ends }));
  });

const replicasOf = (object: ApiObject): number => (object as { spec?: { replicas?: number } }).spec?.replicas ?? 1;

function changeOf(seen: Seen): Proposal[] {
  const { before, after } = seen;
  if (!after) return before ? [removed(seen, before)] : [];
  if (!ready(after as never)) return [];
  if (!before) return [made(seen, after)];
  const images = imagesOf(after);
  const image = images.find((one) => !imagesOf(before).includes(one));
  return [
    ...(image === undefined ? [] : [updated(seen, after, image)]),
    ...(replicasOf(before) === replicasOf(after) ? [] : [scaled(seen, before, after)]),
    ...(ready(before as never) ? [] : [mended(seen, after)]),
  ];
}

function made({ view, ends }: Seen, after: ApiObject): Proposal {
  const image = mainImage(after);
  const count = replicasOf(after);
  const alike = ends.start.all(view).filter((one) => imagesOf(one).some((other) => other.startsWith(image)));
  const more = alike.some((one) => ready(one as never) && replicasOf(one) >= count);
  const wanted = `d.spec.replicas >= ${count}`;
  const goal = goalOf(view, image, wanted);
  const kind = KINDS[view];
  const common = {
    id: `${kind.toLowerCase()}-ready`,
    reason: `${kind} ${after.metadata.name} was made, and all its Pods became Ready.`,
    weight: 90,
  };
  if (!more) return { ...goal, ...common, title: `A ${kind} of ${image} has ${plural(count, 'Pod')} Ready` };
  const atLeast = ends.end.all(view).filter((one) => mainImage(one).startsWith(image)).length;
  const fit = `${view}.filter(d, ${runsImage('d', image)} && ${wanted} && ready(d))`;
  return {
    ...goal,
    ...common,
    title: `${plural(atLeast, kind)} of ${image} are Ready`,
    check: `size(${fit}) >= ${atLeast}`,
    because: `plural(size(${fit}), ${celText(kind)}) + ${celText(` of ${image} with all Pods Ready, of ${atLeast}.`)}`,
  };
}

/** A workload of an image, as it is wanted, has all its Pods Ready. */
function goalOf(view: View, image: string, wanted: string): Pick<Proposal, 'check' | 'because' | 'facts' | 'where'> {
  const meant = runsImage('d', image);
  const all = `${view}.filter(d, ${meant})`;
  return {
    check: `${view}.exists(d, ${meant} && ${wanted} && ready(d))`,
    because: [
      `size(${all}) == 0 ? ${celText(`no ${KINDS[view]} runs ${image}.`)}`,
      `${all}.exists(d, ${wanted}) ? names(${all}.filter(d, ${wanted}).map(d, d.metadata.name + ': ' + why(d))) + '.'`,
      `names(${all}.map(d, d.metadata.name + ' asks for ' + plural(d.spec.replicas, 'Pod'))) + '.'`,
    ].join(' : '),
    facts: {},
    where: WHERE_APPLIED,
  };
}

function scaled({ view }: Seen, before: ApiObject, after: ApiObject): Proposal {
  const [from, to] = [replicasOf(before), replicasOf(after)];
  const image = mainImage(after);
  return {
    ...goalOf(view, image, `d.spec.replicas ${to > from ? '>=' : '<='} ${to}`),
    id: `${KINDS[view].toLowerCase()}-scaled`,
    title: `${plural(to, 'Pod')} of ${image} ${to === 1 ? 'is' : 'are'} wanted${to === 0 ? '' : ' and Ready'}`,
    reason: `${KINDS[view]} ${after.metadata.name} went from ${from} to ${plural(to, 'replica')}.`,
    weight: 85,
  };
}

function updated({ view }: Seen, after: ApiObject, image: string): Proposal {
  const exact = `d.spec.template.spec.containers.exists(c, c.image == ${celText(image)})`;
  const all = `${view}.filter(d, ${exact})`;
  return {
    id: `${KINDS[view].toLowerCase()}-updated`,
    title: `All Pods of a ${KINDS[view]} run ${image}`,
    check: `${view}.exists(d, ${exact} && ready(d) && podsOf(d).all(p, p.spec.containers.exists(c, c.image == ${celText(image)})))`,
    because: `size(${all}) == 0 ? ${celText(`no ${KINDS[view]} asks for ${image}.`)} : names(${all}.map(d, d.metadata.name + ': ' + (ready(d) ? 'old Pods are still there' : why(d)))) + '.'`,
    facts: {},
    where: WHERE_APPLIED,
    reason: `${KINDS[view]} ${after.metadata.name} was updated to ${image}.`,
    weight: 88,
  };
}

function mended({ view }: Seen, after: ApiObject): Proposal {
  const image = mainImage(after);
  return {
    ...goalOf(view, image, `d.spec.replicas >= ${Math.min(1, replicasOf(after))}`),
    id: `${KINDS[view].toLowerCase()}-mended`,
    title: `The ${KINDS[view]} of ${image} is Ready`,
    reason: `${KINDS[view]} ${after.metadata.name} was not Ready at the start, and is at the end.`,
    weight: 92,
  };
}

function removed({ view }: Seen, before: ApiObject): Proposal {
  const image = mainImage(before);
  const left = `${view}.filter(d, ${runsImage('d', image)})`;
  return {
    id: `${KINDS[view].toLowerCase()}-removed`,
    title: `No ${KINDS[view]} runs ${image} any more`,
    check: `size(${left}) == 0`,
    because: `names(${left}) + ' is still there.'`,
    facts: {},
    where: WHERE_MENU_OF_WORKLOAD,
    reason: `${KINDS[view]} ${before.metadata.name} was deleted.`,
    weight: 70,
  };
}

const WHERE_MENU_OF_WORKLOAD = `kubectl in the terminal, or the menu of the workload on the stage.`;
