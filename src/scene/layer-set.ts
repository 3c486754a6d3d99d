/** What of the cluster the stage draws beside the things themselves. */
export interface LayerSet {
  /** Writes and watch events, as dots. */
  messages: boolean;
  /** What is used, over what is requested. */
  resources: boolean;
  /** What each kube-proxy knows, and the endpoints of every Service. */
  network: boolean;
  /** The cables of every volume. */
  storage: boolean;
  /** Renewals of leases, as dots. */
  leases: boolean;
}

export type LayerName = keyof LayerSet;

/** Cables show where volumes are plugged in, and that decides where Pods can run: they are there from the start. */
export const INITIAL_LAYERS: LayerSet = {
  messages: true,
  resources: false,
  network: false,
  storage: true,
  leases: false,
};
