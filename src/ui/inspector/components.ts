/** The components of the control plane, as the stage names them. */
export const COMPONENTS: Record<string, { title: string; does: string }> = {
  etcd: {
    title: 'etcd',
    does: 'Remembers everything: each write is a new revision, and only the API server talks to it.',
  },
  'kube-apiserver': {
    title: 'API server',
    does: 'The only door: it checks every request, writes to etcd, and tells whoever watches.',
  },
  'kube-controller-manager': {
    title: 'Controllers',
    does: 'Loops that compare what is wanted with what is there, and write the difference.',
  },
  'kube-scheduler': {
    title: 'Scheduler',
    does: 'Chooses a node for each Pod that has none, and writes its name into the Pod. It sends nothing to nodes.',
  },
};
