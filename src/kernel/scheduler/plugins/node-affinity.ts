import type { Node, Pod } from '../../../api/objects';
import { SKIP, go, refuse, unresolvable, type Plugin, type PreFilterAnswer } from '../framework/plugin';
import { requiredNodeAffinityMatches, termMatches, type NodeSelectorTerm } from '../../../api/node-affinity';
import { normalize } from '../normalize';

const NO_MATCH = unresolvable("node(s) didn't match Pod's node affinity/selector");
const CONFLICT = refuse(unresolvable('pod affinity terms conflict'));

interface PreferredTerm {
  readonly weight: number;
  readonly preference?: NodeSelectorTerm;
}

const affinityOf = (pod: Pod) => pod.spec.affinity?.nodeAffinity;

/** Keeps to nodeSelector and required node affinity; prefers what is preferred. Models plugins/nodeaffinity. */
export const nodeAffinity = (): Plugin<null, readonly PreferredTerm[]> => ({
  name: 'NodeAffinity',
  registrations: [
    {
      events: ['NodeAdd', 'NodeUpdateLabel'],
      hint: (pod, { before, after }) =>
        requiredNodeAffinityMatches(pod, after as Node) &&
        !(before && requiredNodeAffinityMatches(pod, before as Node)),
    },
  ],
  preFilter({ pod }): PreFilterAnswer<null> {
    const required = affinityOf(pod)?.requiredDuringSchedulingIgnoredDuringExecution;
    if (!required) return Object.keys(pod.spec.nodeSelector ?? {}).length === 0 ? SKIP : go(null);
    const names = namedNodes(required.nodeSelectorTerms);
    if (!names) return go(null);
    return names.size === 0 ? CONFLICT : go(null, names);
  },
  sign: ({ pod }) => JSON.stringify([pod.spec.nodeSelector, affinityOf(pod)]),
  filter: ({ pod }, { node }) => (requiredNodeAffinityMatches(pod, node) ? undefined : NO_MATCH),
  preScore({ pod }) {
    const preferred = affinityOf(pod)?.preferredDuringSchedulingIgnoredDuringExecution;
    return preferred?.length ? (preferred as readonly PreferredTerm[]) : undefined;
  },
  score(_, { node }, preferred) {
    let score = 0;
    for (const { weight, preference } of preferred) if (preference && termMatches(preference, node)) score += weight;
    return score;
  },
  normalizeScore: (_, __, scores) => normalize(scores, false),
});

/** The only nodes that can match, by their names; `undefined` where a term asks for no name. */
function namedNodes(terms: readonly NodeSelectorTerm[]): Set<string> | undefined {
  const all = new Set<string>();
  for (const { matchFields } of terms) {
    const fields = (matchFields ?? []).filter(({ key, operator }) => key === 'metadata.name' && operator === 'In');
    if (fields.length === 0) return undefined;
    const [first, ...others] = fields.map(({ values }) => values ?? []);
    for (const name of first!) if (others.every((values) => values.includes(name))) all.add(name);
  }
  return all;
}
