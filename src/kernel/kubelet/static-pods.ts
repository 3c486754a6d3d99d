import { freezeDeep } from '../../base/state';
import type { Draft, Pod } from '../../api/objects';
import { isRefusal } from '../../api/status';
import type { StaticPodManifest } from '../machinery/machines';
import type { KubeletCore } from './core';
import { lastRun } from './core';
import { isAlive } from './container-run';
import { createRecord, graceSecondsOf } from './pod-record';
import type { PodWorkers } from './pod-workers';
import type { PodRecord } from './state';
import { writeStatus } from './status-writer';

const MIRROR = 'kubernetes.io/config.mirror';

/** Whether an object only shows what a kubelet runs by itself. Models pkg/kubelet/types IsMirrorPod. */
export const isMirror = (pod: Pod): boolean => pod.metadata.annotations?.[MIRROR] !== undefined;

/**
 * Pods that a kubelet takes from files on its machine and runs whether or not an API server answers. The API shows
 * mirrors of them, which nobody else can end. Models pkg/kubelet/config/file.go and pkg/kubelet/pod/mirror_client.go;
 * here a mirror has its Pod's own uid.
 */
export class StaticPods {
  constructor(
    private readonly core: KubeletCore,
    private readonly workers: PodWorkers,
  ) {}

  /** Starts what the files name, and ends what they name no more. */
  sync(): void {
    const { manifests } = this.core.machine;
    const { pods } = this.core.state;
    const wanted = new Set([...manifests.values()].map(({ uid }) => uid));
    for (const record of [...pods.values()]) if (record.isStatic && !wanted.has(record.uid)) this.#end(record);
    for (const manifest of manifests.values()) {
      const known = pods.get(manifest.uid);
      const record = known ?? { ...createRecord(podOf(manifest, this.core)), isStatic: true };
      if (!known) pods.set(record.uid, record);
      if (record.lastSyncMs === null) this.workers.update(record);
    }
    this.mirror();
  }

  /** Makes the API's mirrors those of the Pods that are there. */
  mirror(): void {
    const { core } = this;
    if (!core.online) return;
    const shown = [...core.parts.informers.all('pods')].filter(isMirror);
    for (const pod of shown) if (!this.#isOf(pod)) this.#remove(pod);
    for (const record of core.state.pods.values()) if (record.isStatic && !record.gone) this.#show(record);
  }

  /** Whether the main container of a static Pod runs. */
  runs(name: string): boolean {
    for (const record of this.core.state.pods.values()) {
      if (!record.isStatic || record.name !== name || !this.core.powered) continue;
      for (const container of record.containers.values()) if (isAlive(lastRun(container))) return true;
    }
    return false;
  }

  #end(record: PodRecord): void {
    if (record.gone) return;
    record.gone = true;
    this.workers.terminate(record, graceSecondsOf(record.pod));
  }

  /** Whether a mirror is that of a Pod that is to run here, and not itself on its way out. */
  #isOf(mirror: Pod): boolean {
    const record = this.core.pod(mirror.metadata.uid);
    return record?.isStatic === true && !record.gone && !mirror.metadata.deletionTimestamp;
  }

  #remove({ metadata }: Pod): void {
    const { namespace = '', name, uid } = metadata;
    this.core.parts.client.because([]);
    this.core.write(() => this.core.parts.client.remove('pods', namespace, name, { gracePeriodSeconds: 0, uid }));
  }

  #show(record: PodRecord): void {
    const { client } = this.core.parts;
    const node = client.get('nodes', '', this.core.nodeName);
    if (!node || client.get('pods', record.namespace, record.name)) return;
    const owner = {
      apiVersion: 'v1',
      kind: 'Node',
      name: node.metadata.name,
      uid: node.metadata.uid,
      controller: true,
    };
    const { resourceVersion: _revision, ...metadata } = record.pod.metadata;
    const draft = { ...record.pod, metadata: { ...metadata, ownerReferences: [owner] } };
    client.because([]);
    try {
      record.pod = client.create('pods', draft as unknown as Draft<Pod>);
    } catch (error) {
      if (!isRefusal(error, 'Forbidden') && !isRefusal(error, 'AlreadyExists')) throw error;
      return;
    }
    record.statusDirty = true;
    writeStatus(this.core, record);
  }
}

/** The Pod of a file, as its kubelet completes it. Models pkg/kubelet/config/common.go applyDefaults. */
function podOf({ uid, pod }: StaticPodManifest, core: KubeletCore): Pod {
  const hash = uid.replaceAll('-', '');
  const annotations = {
    ...pod.metadata.annotations,
    'kubernetes.io/config.hash': hash,
    [MIRROR]: hash,
    'kubernetes.io/config.seen': core.parts.clock.microTime,
    'kubernetes.io/config.source': 'file',
  };
  return freezeDeep({
    ...pod,
    metadata: { ...pod.metadata, uid, annotations, name: `${pod.metadata.name}-${core.nodeName}`, resourceVersion: '' },
    spec: { ...pod.spec, nodeName: core.nodeName },
    status: { phase: 'Pending', qosClass: 'Burstable' },
  } as Pod);
}
