/** A cluster to start from, as a person chooses it. */
export interface StarterCluster {
  preset: string;
  title: string;
  words: string;
}

export const CLUSTERS: readonly StarterCluster[] = [
  {
    preset: 'ml',
    title: 'Machine learning',
    words: 'Three CPU nodes, three with GPUs. The control plane is the provider’s.',
  },
  { preset: 'tpu', title: 'With a TPU', words: 'The same, and a node with four TPUs.' },
  {
    preset: 'self-managed',
    title: 'Self-managed',
    words: 'The same, and three control plane nodes that are yours to keep alive.',
  },
  { preset: 'laptop', title: 'A laptop', words: 'One small node, no GPU.' },
  { preset: 'empty', title: 'Nothing', words: 'A control plane without nodes.' },
  { preset: 'pool:200xlarge', title: '200 nodes', words: 'Large ones, for thousands of Pods.' },
  { preset: 'pool:5000xlarge', title: '5,000 nodes', words: 'The largest there is. It takes a while to boot.' },
];
