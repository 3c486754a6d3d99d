import { owned, without } from '../../base/shared-map';
import type { ProgramFiles } from '../images/program';
import type { KubeletCore } from './core';
import { specOf } from './core';
import type { PodRecord, Run, VolumeRecord } from './state';

/** What a path of a container stands for. */
type Place = { kind: 'run'; path: string } | { kind: 'volume'; volume: VolumeRecord; path: string; readOnly: boolean };

/** The files of one run of a container: its own file system, and the volumes mounted in it. */
export class ContainerFiles implements ProgramFiles {
  constructor(
    private readonly core: KubeletCore,
    private readonly record: PodRecord,
    private readonly container: string,
    private readonly run: Run,
  ) {}

  read(path: string): string | undefined {
    const place = this.#place(path);
    if (place.kind === 'run') return this.run.files.get(place.path);
    const { volume } = place;
    if (volume.place.kind === 'network') return this.core.parts.volumes.read(volume.place.handle, place.path)?.text;
    return this.#local(volume).get(this.#localPath(volume, place.path));
  }

  exists(path: string): boolean {
    if (this.read(path) !== undefined || this.list(path).length > 0) return true;
    const mounts = specOf(this.record, this.container).volumeMounts ?? [];
    return path === '/' || mounts.some((mount) => trimSlash(mount.mountPath) === path);
  }

  list(directory: string): string[] {
    const prefix = directory === '/' ? '/' : `${directory}/`;
    const found = [...this.run.files.keys()].filter((path) => path.startsWith(prefix));
    for (const mount of specOf(this.record, this.container).volumeMounts ?? []) {
      const volume = this.record.volumes.get(mount.name);
      if (!volume) continue;
      const root = trimSlash(mount.mountPath);
      const sub = mount.subPath ? `/${trimSlash(mount.subPath)}` : '';
      for (const file of this.#filesOf(volume)) {
        if (sub && !file.startsWith(`${sub}/`)) continue;
        const path = root + file.slice(sub.length);
        if (path.startsWith(prefix)) found.push(path);
      }
    }
    return found;
  }

  /** Whether a write to the path would hang: its volume cannot be reached. */
  hangs(path: string): boolean {
    const place = this.#place(path);
    return place.kind === 'volume' && place.volume.place.kind === 'network' && !this.core.machine.linked;
  }

  /** Writes a file; `undefined` takes it away. A read-only volume stays as it is. */
  write(path: string, text: string | undefined): void {
    const place = this.#place(path);
    if (place.kind === 'run') {
      this.run.files = withFile(this.run.files, place.path, text);
      return;
    }
    if (place.readOnly) return;
    const { volume } = place;
    const { volumes } = this.core.parts;
    if (volume.place.kind === 'pod') volume.files = withFile(volume.files, place.path, text);
    else if (volume.place.kind === 'host')
      this.core.state.hostFiles = withFile(this.core.state.hostFiles, volume.place.path + place.path, text);
    else if (text === undefined) volumes.delete(volume.place.handle, place.path);
    else volumes.write(volume.place.handle, place.path, text);
  }

  #place(path: string): Place {
    let best: { root: string; place: Place } | undefined;
    for (const mount of specOf(this.record, this.container).volumeMounts ?? []) {
      const root = trimSlash(mount.mountPath);
      if (path !== root && !path.startsWith(`${root}/`)) continue;
      const volume = this.record.volumes.get(mount.name);
      if (!volume || (best && best.root.length >= root.length)) continue;
      const sub = mount.subPath ? `/${trimSlash(mount.subPath)}` : '';
      const readOnly = volume.readOnly || mount.readOnly === true;
      best = { root, place: { kind: 'volume', volume, path: sub + path.slice(root.length), readOnly } };
    }
    return best?.place ?? { kind: 'run', path };
  }

  #local(volume: VolumeRecord): ReadonlyMap<string, string> {
    return volume.place.kind === 'host' ? this.core.state.hostFiles : volume.files;
  }

  #localPath(volume: VolumeRecord, path: string): string {
    return volume.place.kind === 'host' ? volume.place.path + path : path;
  }

  #filesOf(volume: VolumeRecord): string[] {
    if (volume.place.kind === 'network') return this.core.parts.volumes.list(volume.place.handle);
    if (volume.place.kind === 'pod') return [...volume.files.keys()];
    const { path } = volume.place;
    const files = [...this.core.state.hostFiles.keys()].filter((file) => file.startsWith(`${path}/`));
    return files.map((file) => file.slice(path.length));
  }
}

function withFile(
  files: ReadonlyMap<string, string>,
  path: string,
  text: string | undefined,
): ReadonlyMap<string, string> {
  return text === undefined ? without(files, path) : owned(files).set(path, text);
}

const trimSlash = (path: string): string => path.replace(/\/+$/, '');
