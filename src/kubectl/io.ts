import type { ApiClient } from '../api/client';
import type { Json } from '../api/objects';
import type { ClusterAccess } from './access';

/** One entry of a kubeconfig's contexts, as `config get-contexts` lists it. */
export interface KubeContext {
  name: string;
  cluster: string;
  user: string;
  namespace?: string;
}

/** What a kubeconfig file says. Commands of `config` change it in place. */
export interface Kubeconfig {
  currentContext: string;
  clusters: { name: string; cluster: Record<string, Json> }[];
  contexts: KubeContext[];
  users: { name: string; user: Record<string, Json> }[];
}

/** What a command may touch beside the cluster. */
export interface KubectlIo {
  stdout(text: string): void;
  stderr(text: string): void;
  /** The text of a file of the current folder, or undefined where there is none. */
  readFile(name: string): string | undefined;
  /** The path of the current folder, with which errors name files; the root without one. */
  folder?: string;
  /** Every file name of the current folder and below, with slashes; needed for `-f FOLDER`. */
  fileNames?(): string[];
  /** Writes a file of the current folder; absent where nothing can be written. Throws where that cannot be. */
  writeFile?(name: string, text: string): void;
  stdin?: string;
  /**
   * Lets a person change a text in an editor, as a file whose name ends so. Returns it as it was saved, or as it was where
   * nothing was; needed for `edit`.
   */
  edit?(text: string, suffix: string): Promise<string>;
  /** The cluster's clock in milliseconds since the Unix epoch; ages are counted from it. */
  nowMs(): number;
  /** Aborted by Ctrl-C: ends `-w`, `-f` and waiting. */
  signal?: AbortSignal;
  /** Reaches the server that the flags and the kubeconfig name; without it all commands go to the client that is given. */
  connect?(access: ClusterAccess): ApiClient;
  /** Kept by the caller between commands. Without one a context `podium` is assumed. */
  kubeconfig?: Kubeconfig;
  /** How messages call the kubeconfig; a page has no such file. */
  kubeconfigFile?: string;
}

/** The kubeconfig of a cluster that is reached without a file. `server` is the API server's address. */
export function defaultKubeconfig(server = 'https://podium'): Kubeconfig {
  return {
    currentContext: 'podium',
    clusters: [{ name: 'podium', cluster: { 'insecure-skip-tls-verify': true, server } }],
    contexts: [{ name: 'podium', cluster: 'podium', user: 'learner' }],
    users: [{ name: 'learner', user: { token: 'REDACTED' } }],
  };
}
