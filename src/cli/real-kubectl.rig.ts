import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A real kubectl of this machine whose version is wanted: PODIUM_KUBECTL, or one on the PATH. */
export function realKubectl(wanted: (version: string) => boolean): string | undefined {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'kubectl'));
  return [process.env['PODIUM_KUBECTL'] ?? '', ...onPath].find((path) => path !== '' && wanted(versionOf(path)));
}

function versionOf(path: string): string {
  if (!existsSync(path)) return '';
  try {
    const told = execFileSync(path, ['version', '--client'], { encoding: 'utf8' });
    return /Client Version: (\S+)/.exec(told)?.[1] ?? '';
  } catch {
    return '';
  }
}
