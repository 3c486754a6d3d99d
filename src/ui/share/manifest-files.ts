import { stringify } from 'yaml';
import type { ApiClient } from '../../api/client';
import { isMap, type JsonMap } from '../../api/json';
import { objectsIn } from '../../api/manifests';
import { settleDump, type Dump } from '../../host/dump/dump';
import { dumpDocument } from '../../host/dump/dump-document';
import { readDocuments } from '../../kubectl/manifest/stream';
import { declaredIn } from '../../lesson/build/declared';
import { plural } from '../../lesson/build/wording';
import type { Page } from '../page/page.svelte';
import { dumpWords } from './dump-words';

/** What has more characters is looked at as a document only, which says what is too much. */
const DUMP_LIMIT = 100_000_000;

/** Reads YAML or JSON of a cluster. Returns the reason, in words for the learner, where there is nothing to read. */
export function readDump(text: string): Dump | { problem: string } {
  let objects: JsonMap[];
  try {
    objects = [...readDocuments(text)].flatMap(objectsIn);
  } catch (error) {
    return { problem: `This cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
  const known = objects.filter(({ kind, apiVersion }) => typeof kind === 'string' && typeof apiVersion === 'string');
  return known.length === 0 ? { problem: 'There are no Kubernetes objects in it.' } : settleDump(known);
}

export function manifestText(manifests: readonly JsonMap[]): string {
  return manifests.map((manifest) => stringify(manifest, { lineWidth: 0 })).join('---\n');
}

/** The files of the editor that a dump becomes, in the order in which they are applied. */
export function dumpFiles({ definitions, manifests }: Dump): string[] {
  return [definitions, manifests].filter(({ length }) => length > 0).map(manifestText);
}

/**
 * Opens a dump: a new cluster with its nodes and Namespaces, and the rest as files of the editor that are applied before
 * the learner's eyes. Returns what there is to say of it.
 */
export async function openDump(page: Page, name: string, text: string): Promise<string> {
  const dump = readDump(text);
  if ('problem' in dump) return dump.problem;
  const files = dumpFiles(dump);
  if (!page.files.accepts(files.join(''))) return `${name} holds more than the editor keeps.`;
  const problem = await page.documents.openText(JSON.stringify(dumpDocument(dump)));
  if (problem !== undefined) return problem;
  if (files.length > 0) page.layout.show('terminal');
  let refused = false;
  for (const written of files) {
    const file = page.files.add();
    page.files.edit(written);
    refused = (await page.terminal.runShown(['apply', '-f', file])).code !== 0 || refused;
  }
  const others = dump.namespaces.length + dump.definitions.length + dump.manifests.length;
  return [
    `${name} is open: ${plural(dump.machines.length, 'node')}, ${plural(others, 'other object')}. Your own sandbox is kept.`,
    ...dumpWords(dump.told),
    ...(refused ? ['The terminal says what was refused.'] : []),
  ].join(' ');
}

/** Opens the file of a cluster: a saved document, or manifests. Returns what there is to say of it. */
export async function openClusterFile(page: Page, file: File): Promise<string> {
  if (file.size > DUMP_LIMIT || (await holdsDocument(file)))
    return (await page.documents.openFile(file)) ?? `${file.name} is open. Your own sandbox is kept.`;
  return openDump(page, file.name, await file.text());
}

/** JSON is either: what kubectl prints says of what kind it is. */
async function holdsDocument(file: File): Promise<boolean> {
  if (!/\.json$/i.test(file.name)) return false;
  try {
    const value: unknown = JSON.parse(await file.text());
    return !(isMap(value) && typeof value['kind'] === 'string');
  } catch {
    return true;
  }
}

/** All that somebody has declared in the cluster, as manifests that another cluster takes. Throws what the API server refuses. */
export async function exportManifests(client: ApiClient): Promise<string> {
  return manifestText(await declaredIn(client));
}
