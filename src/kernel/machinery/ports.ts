import type { Json } from '../../api/objects';
import type { FailureKind, RequestFailure } from '../../api/requests';

/** A file on a volume. `atMs` is the virtual time of its last write. */
export interface VolumeFile {
  readonly text: string;
  readonly atMs: number;
}

/**
 * The bytes of volumes that outlive Pods, by the volume's handle (the PersistentVolume's name). Kubelets read and
 * write them for their containers; only the provisioner makes and removes them.
 */
export interface VolumeContents {
  exists(volume: string): boolean;
  create(volume: string): void;
  remove(volume: string): void;
  read(volume: string, path: string): VolumeFile | undefined;
  write(volume: string, path: string, text: string): void;
  delete(volume: string, path: string): void;
  /** Paths in the order of first writing. */
  list(volume: string): string[];
}

/** A request between programs, on its way to a Service's name or an address. */
export interface WireRequest {
  /** Unique; the answer carries it. */
  readonly id: string;
  /** Timer owner of the sender's kubelet (`kubelet/NODE`), and the key under which it knows the asking container. */
  readonly replyTo: { readonly owner: string; readonly key: string };
  readonly from: {
    readonly namespace: string;
    readonly pod: string;
    readonly node: string;
    readonly address: string;
  };
  readonly method: string;
  /** Such as `http://infer.default:80/predict`. */
  readonly url: string;
  readonly body?: Json;
  /** How long the client waits for the whole, and for the connection alone; it waits 15 minutes where it does not say. */
  readonly timeoutMs?: number;
  readonly connectTimeoutMs?: number;
}

/** An answer, or the reason why there is none. */
export interface WireResponse {
  readonly id: string;
  readonly code?: number;
  readonly body?: Json;
  readonly failure?: RequestFailure;
}

/**
 * The cluster's network between programs. `send` resolves the name, picks an endpoint and sets a timer
 * {owner: `kubelet/NODE`, kind: 'request', key: podUid/id} on the server's kubelet; the end of it, whichever it is, sets
 * {kind: 'response'} on the asker's. Both carry the request or response as the timer's data.
 */
export interface Wire {
  send(request: WireRequest): void;
  /** The server answers. */
  answer(request: WireRequest, response: Omit<WireResponse, 'failure'>, afterMs: number): void;
  /** The server's machine says that there is no answer, and why. */
  refuse(request: WireRequest, kind: FailureKind, afterMs: number): void;
  /** One of the network's own programs begins to work in a Pod of a node, or works no more. */
  works(program: 'kube-proxy' | 'coredns', node: string, uid: string, now: boolean): void;
}

/** A stretch of training that a container asks for. `request` is what the training worker understands. */
export interface TrainingAsk {
  /** Unique: Pod, container, restart and first step. */
  readonly run: string;
  /** `namespace/name` of the Pod. */
  readonly pod: string;
  readonly request: Json;
  /** The moment at which the stretch is finished in virtual time. */
  readonly completesAtMs: number;
  /** Where the result goes: a timer {owner, kind: 'training', key} with {run, result} as data. */
  readonly replyTo: { readonly owner: string; readonly key: string };
}

/** Where programs ask for real computation. */
export interface TrainingDesk {
  ask(ask: TrainingAsk): void;
  /** Nobody waits for this result any more. */
  cancel(run: string): void;
}

/** Where processes print that somebody has started from outside of the cluster, and what becomes of them. */
export interface ConnectionSink {
  print(connection: string, stream: 'stdout' | 'stderr', data: string): void;
  exited(connection: string, code: number): void;
}
