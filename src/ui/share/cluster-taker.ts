/** Who opens a cluster's file that is dropped on the page: the sandbox, while it is there. */

/** Opens the file and returns what there is to say of it. */
export type ClusterTaker = (file: File) => Promise<string>;

let taker: ClusterTaker | undefined;

/** Says who opens dropped files from now on. Returns what ends that. */
export function takeClusters(own: ClusterTaker): () => void {
  taker = own;
  return () => {
    if (taker === own) taker = undefined;
  };
}

export const clusterTaker = (): ClusterTaker | undefined => taker;

/** Whether a name is of a cluster's file: manifests, what `kubectl get -o` printed, a saved document. */
export const isClusterFile = (name: string): boolean => /\.(ya?ml|json)$/i.test(name);
