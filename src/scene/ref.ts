/** What one can point at on the stage: an object by its resource, or one of the `components` `etcd`, `kube-apiserver`, `kube-controller-manager`, `kube-scheduler`. */
export interface Ref {
  resource: string;
  /** Empty for what has no namespace. */
  namespace: string;
  name: string;
}

/** One text for one thing, to compare and to key by. */
export function refKey(ref: Ref): string {
  return `${ref.resource}/${ref.namespace}/${ref.name}`;
}

export function sameRef(a: Ref | null | undefined, b: Ref | null | undefined): boolean {
  return !!a && !!b && refKey(a) === refKey(b);
}
