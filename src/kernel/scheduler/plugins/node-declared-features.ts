import type { Container, Node, Pod } from '../../../api/objects';
import { declaredFeatures } from '../events';
import { SKIP, go, unresolvable, type Plugin, type PreFilterAnswer } from '../framework/plugin';

const LACKS_FEATURE = unresolvable("node(s) didn't match Pod's required features");

interface FeatureRule {
  readonly name: string;
  /** Whether the Pod needs a kubelet that declares this feature. */
  needs(pod: Pod): boolean;
}

const restartsAll = (container: Container): boolean =>
  (container.restartPolicyRules ?? []).some(({ action }) => (action as string) === 'RestartAllContainers');

/** Features a Pod's spec can ask for. Models component-helpers/nodedeclaredfeatures. */
const FEATURES: readonly FeatureRule[] = [
  {
    name: 'RestartAllContainersOnContainerExits',
    needs: ({ spec }) => spec.containers.some(restartsAll) || (spec.initContainers ?? []).some(restartsAll),
  },
  {
    name: 'UserNamespacesHostNetworkSupport',
    needs: ({ spec }) => spec.hostNetwork === true && spec.hostUsers === false,
  },
];

const satisfies = (node: Node, needed: readonly string[]): boolean => {
  const declared = declaredFeatures(node);
  return needed.every((name) => declared.includes(name));
};

const neededBy = (pod: Pod): string[] => FEATURES.filter(({ needs }) => needs(pod)).map(({ name }) => name);

/** Refuses nodes whose kubelet does not declare what the Pod needs. Models plugins/nodedeclaredfeatures. */
export const nodeDeclaredFeatures = (): Plugin<readonly string[]> => ({
  name: 'NodeDeclaredFeatures',
  registrations: [
    {
      events: ['NodeAdd', 'NodeUpdateDeclaredFeatures'],
      hint: (pod, { after }) => satisfies(after as Node, neededBy(pod)),
    },
    { events: ['TargetPodUpdateSpec'] },
  ],
  preFilter({ pod }): PreFilterAnswer<readonly string[]> {
    const needed = neededBy(pod);
    return needed.length === 0 ? SKIP : go(needed);
  },
  filter: (_, { node }, needed) => (satisfies(node, needed) ? undefined : LACKS_FEATURE),
});
