import { assert } from '../../base/assert';
import type { VolumeContents, VolumeFile } from '../machinery/ports';
import type { Clock } from '../time/clock';

interface VolumeFilesState {
  /** Files by volume and path, in the order of first writing. */
  volumes: Map<string, Map<string, VolumeFile>>;
}

/** Characters one volume holds at most, whatever size it claims to have; the oldest files give way. */
const VOLUME_LIMIT = 8_000_000;

/** The bytes on the cluster's disks and network file systems. They outlive Pods and nodes. */
export class VolumeFiles implements VolumeContents {
  state: VolumeFilesState = { volumes: new Map() };

  constructor(private readonly clock: Clock) {}

  restore(state: VolumeFilesState): void {
    this.state = state;
  }

  exists(volume: string): boolean {
    return this.state.volumes.has(volume);
  }

  create(volume: string): void {
    if (!this.exists(volume)) this.state.volumes.set(volume, new Map());
  }

  remove(volume: string): void {
    this.state.volumes.delete(volume);
  }

  read(volume: string, path: string): VolumeFile | undefined {
    return this.state.volumes.get(volume)?.get(path);
  }

  write(volume: string, path: string, text: string): void {
    this.create(volume);
    const files = this.state.volumes.get(volume)!;
    assert(text.length <= VOLUME_LIMIT, `${path} is larger than a volume`);
    files.set(path, Object.freeze({ text, atMs: this.clock.nowMs }));
    let size = 0;
    for (const file of files.values()) size += file.text.length;
    for (const [oldest, file] of files) {
      if (size <= VOLUME_LIMIT) break;
      if (oldest === path) continue;
      files.delete(oldest);
      size -= file.text.length;
    }
  }

  delete(volume: string, path: string): void {
    this.state.volumes.get(volume)?.delete(path);
  }

  list(volume: string): string[] {
    return [...(this.state.volumes.get(volume)?.keys() ?? [])];
  }
}
