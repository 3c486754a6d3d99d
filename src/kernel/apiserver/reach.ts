/** What lies between a client and what is stored. */
export interface Reach {
  /** Whether any API server answers; otherwise connections are refused. */
  readonly serving: boolean;
  /** Whether etcd has its quorum; otherwise it answers nothing in time. */
  readonly quorum: boolean;
  /** Whether a component, such as `kube-scheduler`, answers who asks for its health. */
  isHealthy(component: string): boolean;
}

export const UNBROKEN: Reach = Object.freeze({ serving: true, quorum: true, isHealthy: () => true });
