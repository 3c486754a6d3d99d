import type { Node, Taint } from '../../../api/objects';
import { ready } from '../../cel/object-functions';
import type { Ends, Play } from '../play';
import { WHERE_MENU, type Proposal, type Proposer } from '../proposal';
import { celText, listed } from '../wording';

/** What broke and was healed, or broke while all went on; and what was changed on nodes. */

export const breakage: Proposer = (ends, play) => [...lost(ends, play), ...stopped(ends, play), ...changed(ends)];

const down = (ends: Ends['end']): string[] =>
  ends
    .all('nodes')
    .filter((node) => !ready(node as never))
    .map(({ metadata }) => metadata.name);

const NOT_READY = `names(nodes.filter(n, !ready(n)))`;
const ANY_WORKLOAD = 'size(deployments) + size(statefulsets) > 0';
const ALL_READY = `${ANY_WORKLOAD} && deployments.all(d, ready(d)) && statefulsets.all(d, ready(d))`;

/** A node was lost: it came back, or what ran there runs elsewhere. */
function lost(ends: Ends, { changes }: Play): Proposal[] {
  const fell = changes.flatMap((change) =>
    change.kind === 'put' && change.view === 'nodes' && !ready(change.object as never)
      ? [change.object.metadata.name]
      : [],
  );
  const left = down(ends.end);
  const common = { facts: { 'node-lost': 'nodes.exists(n, !ready(n))' }, where: WHERE_MENU };
  if (left.length === 0 && (fell.length > 0 || down(ends.start).length > 0)) {
    const ever = fell.length > 0 ? "ever('node-lost') && " : '';
    return [
      {
        ...common,
        id: 'node-back',
        title: 'Every node is Ready again',
        check: `${ever}nodes.all(n, ready(n))`,
        because: `nodes.all(n, ready(n)) ? 'no node has been lost yet.' : ${NOT_READY} + ' not Ready.'`,
        reason: `${listed([...new Set([...fell, ...down(ends.start)])])} was not Ready, and is again.`,
        weight: 82,
      },
    ];
  }
  const gone = left.filter((name) => !down(ends.start).includes(name));
  if (gone.length === 0 || ends.end.all('deployments').length + ends.end.all('statefulsets').length === 0) return [];
  return [
    {
      ...common,
      id: 'outlives-node',
      title: 'A node is lost, and all that serves is Ready',
      check: `nodes.exists(n, !ready(n)) && ${ALL_READY}`,
      because: `!nodes.exists(n, !ready(n)) ? 'no node has been lost.' : names((deployments + statefulsets).filter(d, !ready(d)).map(d, d.metadata.name + ': ' + why(d))) + '.'`,
      reason: `${listed(gone)} was lost, and what ran there runs elsewhere.`,
      weight: 86,
    },
  ];
}

interface Component {
  readonly name: string;
  readonly up: boolean;
}

/** A part of the control plane was stopped and runs again. */
function stopped({ start, end }: Ends, { changes }: Play): Proposal[] {
  const downIn = (items: unknown): string[] =>
    ((items ?? []) as readonly Component[]).filter(({ up }) => !up).map(({ name }) => name);
  const before = downIn(start.others.get('components')?.items);
  const during = changes.flatMap((change) =>
    change.kind === 'view' && change.view === 'components' ? downIn(change.items) : [],
  );
  const all = [...new Set([...before, ...during])];
  if (all.length === 0 || downIn(end.others.get('components')?.items).length > 0) return [];
  const facts = Object.fromEntries(
    during.length > 0 ? [['stopped', 'components.exists(c, !c.up)']] : ([] as [string, string][]),
  );
  return [
    {
      id: 'components-up',
      title: 'Every part of the control plane runs again',
      check: `${during.length > 0 ? "ever('stopped') && " : ''}components.all(c, c.up)`,
      because: `components.all(c, c.up) ? 'no part has been stopped yet.' : names(components.filter(c, !c.up).map(c, c.name)) + ' does not run.'`,
      facts,
      where: 'The row of the control plane on the stage.',
      reason: `${listed(all)} did not run, and does again.`,
      weight: 78,
    },
  ];
}

const KUBERNETES_OWN = /^([\w-]+\.)*(node|node-role)\.kubernetes\.io\/|^([\w-]+\.)*kubernetes\.io\//;

/** Taints, labels and cordons that a node did not have, or has no more. */
function changed({ start, end }: Ends): Proposal[] {
  return (end.all('nodes') as Node[]).flatMap((after) => {
    const before = start.all('nodes').find(({ metadata }) => metadata.name === after.metadata.name) as Node | undefined;
    if (!before) return [];
    const [had, has] = [taintsOf(before), taintsOf(after)];
    const alike = (left: Taint) => (right: Taint) => left.key === right.key && left.effect === right.effect;
    return [
      ...has.filter((taint) => !had.some(alike(taint))).map((taint) => taintGoal(after, taint, true)),
      ...had.filter((taint) => !has.some(alike(taint))).map((taint) => taintGoal(after, taint, false)),
      ...labelGoals(before, after),
      ...cordonGoals(before, after),
    ];
  });
}

const taintsOf = ({ spec }: Node): Taint[] => (spec?.taints ?? []).filter(({ key }) => !KUBERNETES_OWN.test(key));

function taintGoal({ metadata }: Node, { key, effect }: Taint, there: boolean): Proposal {
  const tainted = `n.?spec.?taints.orValue([]).exists(t, t.key == ${celText(key)} && t.effect == ${celText(effect)})`;
  return {
    id: there ? 'tainted' : 'untainted',
    title: there ? `A node has the taint ${key}` : `A node has no taint ${key} any more`,
    check: there
      ? `nodes.exists(n, ${tainted})`
      : `size(nodes.filter(n, ${tainted})) < size(before.nodes.filter(n, ${tainted}))`,
    because: there
      ? celText(`no node has the taint ${key} with the effect ${effect}.`)
      : `names(nodes.filter(n, ${tainted})) + ${celText(` has the taint ${key}.`)}`,
    facts: {},
    where: 'kubectl taint in the terminal.',
    reason: `The taint ${key} was ${there ? 'put on' : 'taken from'} ${metadata.name}.`,
    weight: 72,
  };
}

function labelGoals(before: Node, after: Node): Proposal[] {
  const [had, has] = [before.metadata.labels ?? {}, after.metadata.labels ?? {}];
  const fresh = Object.entries(has).filter(([key, value]) => had[key] !== value && !KUBERNETES_OWN.test(key));
  return fresh.map(([key, value]) => ({
    id: 'labelled',
    title: `A node has the label ${key}=${value}`,
    check: `nodes.exists(n, n.metadata.labels[?${celText(key)}].orValue('') == ${celText(value)})`,
    because: celText(`no node has the label ${key}=${value}.`),
    facts: {},
    where: 'kubectl label in the terminal.',
    reason: `${after.metadata.name} was labelled.`,
    weight: 68,
  }));
}

function cordonGoals(before: Node, after: Node): Proposal[] {
  const cordoned = ({ spec }: Node): boolean => spec?.unschedulable === true;
  if (cordoned(before) === cordoned(after)) return [];
  const closed = 'n.?spec.?unschedulable.orValue(false)';
  const now = cordoned(after);
  return [
    {
      id: now ? 'cordoned' : 'uncordoned',
      title: now ? 'A node is cordoned' : 'No node is cordoned any more',
      check: now ? `nodes.exists(n, ${closed})` : `!nodes.exists(n, ${closed})`,
      because: now ? `'every node takes new Pods.'` : `names(nodes.filter(n, ${closed})) + ' takes no new Pods.'`,
      facts: {},
      where: WHERE_MENU,
      reason: `${after.metadata.name} was ${now ? 'cordoned' : 'uncordoned'}.`,
      weight: 66,
    },
  ];
}
