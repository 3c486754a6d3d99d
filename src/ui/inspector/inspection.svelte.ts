import type { RunningMachine } from '../../api/lifecycle';
import type { JsonMap } from '../../api/json';
import type { SchedulingRecord, WhatIf } from '../../api/scheduling';
import type { CauseLink } from '../../protocol/control';
import { NODE_FLAGS, type PodDetail } from '../../protocol/frame';
import { concerns } from '../connection/cluster-view.svelte';
import type { Page } from '../page/page.svelte';
import type { NodeTruth } from './breakages';
import type { PointedLine } from '../editor/problems';
import { liveObject, LiveReading } from './live-object.svelte';
import { ManifestPlaces } from './manifest-places.svelte';
import { pointedLines } from './pointed-lines';
import { keyOfSubject, type Subject } from './subjects';
import { waitOf, type Wait } from './waits';

/** Everything the inspector knows of the selected object; read again when the cluster writes about it. */
export class Inspection {
  readonly object: LiveReading<JsonMap> | undefined;
  /** Where the editor's files speak of a Pod. */
  readonly places: ManifestPlaces | undefined;
  readonly #attempts: LiveReading<SchedulingRecord[]> | undefined;

  constructor(
    private readonly page: Page,
    readonly subject: Subject,
  ) {
    if (subject.resource !== 'components') this.object = liveObject(page.client, page.view, subject);
    if (subject.resource === 'pods') {
      this.places = new ManifestPlaces(page, subject);
      this.#attempts = new LiveReading(
        () => this.#readAttempts(),
        page.view,
        (frame) =>
          frame.scheduling.some((record) => record.name === subject.name && record.namespace === subject.namespace),
      );
    }
  }

  stop(): void {
    this.object?.stop();
    this.#attempts?.stop();
  }

  /** Newest first. */
  get attempts(): readonly SchedulingRecord[] {
    return this.#attempts?.value ?? [];
  }

  /** The lines of the editor that keep nodes from the Pod, by the latest attempt. */
  get pointed(): PointedLine[] {
    const [latest] = this.attempts;
    const { places } = this;
    const pod = this.object?.value;
    return latest && places && pod ? pointedLines(latest, pod, (field) => places.placeOf(field)) : [];
  }

  get pod(): PodDetail | undefined {
    const { namespace, name, resource } = this.subject;
    return resource === 'pods' ? this.page.view.pods.named(`${namespace}/${name}`) : undefined;
  }

  /** Its row among the frame's Pods; −1 where it has none. */
  get podRow(): number {
    const { pod } = this;
    return pod ? (this.page.view.frame?.pods.id.indexOf(pod.id) ?? -1) : -1;
  }

  /** How a node really is, whatever the cluster believes. */
  nodeTruth(name: string): NodeTruth | undefined {
    const { frame, nodes } = this.page.view;
    const detail = [...nodes.values()].find((one) => one.name === name);
    const row = detail && frame ? frame.nodes.id.indexOf(detail.id) : -1;
    if (!frame || row < 0) return undefined;
    const flags = frame.nodes.flags[row]!;
    return {
      off: (flags & NODE_FLAGS.off) !== 0,
      cut: (flags & NODE_FLAGS.cut) !== 0,
      kubeletDown: (flags & NODE_FLAGS.kubeletDown) !== 0,
      proxyDown: (flags & NODE_FLAGS.proxyDown) !== 0,
      ownProxy: (flags & NODE_FLAGS.ownProxy) !== 0,
      diskPressure: (flags & NODE_FLAGS.diskPressure) !== 0,
      memoryPressure: (flags & NODE_FLAGS.memoryPressure) !== 0,
    };
  }

  get wait(): Wait | undefined {
    const { frame, nodes } = this.page.view;
    const named = (flag: number): Set<string> => {
      const names = new Set<string>();
      frame?.nodes.id.forEach((id, row) => {
        const name = nodes.get(id)?.name;
        if (name !== undefined && (frame.nodes.flags[row]! & flag) !== 0) names.add(name);
      });
      return names;
    };
    const { pod } = this;
    const pull = frame?.strains.find((one) => one.id === pod?.id)?.pull;
    return waitOf({
      ...(pull ? { pull } : {}),
      subject: this.subject,
      object: this.object?.value,
      attempts: this.attempts,
      volumes: frame?.volumes ?? [],
      off: named(NODE_FLAGS.off),
      cut: named(NODE_FLAGS.cut),
    });
  }

  /** The chain from the object back to what somebody did. */
  causes(): LiveReading<CauseLink[]> {
    const { resource } = this.subject;
    const key = keyOfSubject(this.subject);
    const read = async (): Promise<CauseLink[]> =>
      (await this.page.control.read<{ items: CauseLink[] }>('causes', { resource, key })).items;
    return new LiveReading(
      () => read().catch(() => []),
      this.page.view,
      (frame) => concerns(frame, resource, key),
    );
  }

  /** The state machines behind the Pod, by name; read again with each write to the Pod. */
  machines(): LiveReading<Record<string, RunningMachine>> {
    const pod = keyOfSubject(this.subject);
    const read = async (): Promise<Record<string, RunningMachine>> =>
      (await this.page.control.read<{ machines: Record<string, RunningMachine> }>('lifecycle', { pod })).machines;
    return new LiveReading(
      () => read().catch(() => ({})),
      this.page.view,
      (frame) => concerns(frame, 'pods', pod),
    );
  }

  /** What would make room for the Pod, read again with each attempt to place it; null for a Pod that does not wait. */
  whatIf(): LiveReading<WhatIf | null> {
    const { namespace, name } = this.subject;
    const pod = keyOfSubject(this.subject);
    return new LiveReading(
      () => this.page.control.read<WhatIf | null>('what-if', { pod }).catch(() => null),
      this.page.view,
      (frame) =>
        concerns(frame, 'pods', pod) ||
        frame.scheduling.some((record) => record.name === name && record.namespace === namespace),
    );
  }

  async #readAttempts(): Promise<SchedulingRecord[]> {
    try {
      const { items } = await this.page.control.read<{ items: SchedulingRecord[] }>('scheduling', {
        pod: keyOfSubject(this.subject),
      });
      return [...items].sort((left, right) => right.atMs - left.atMs);
    } catch {
      /* The Pod is not known at this moment, as after a rewind to before it. */
      return [];
    }
  }
}
