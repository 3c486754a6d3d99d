import { stringify } from 'yaml';
import type { ApiClient } from '../../api/client';
import type { JsonMap } from '../../api/json';
import { machineOf, manifestsOf, objectsIn } from '../../api/manifests';
import { dumpDocument } from '../../host/dump-document';
import { readDocuments } from '../../kubectl/manifest/stream';
import { declaredIn } from '../../lesson/build/declared';
import type { Page } from '../page/page.svelte';

/** What `kubectl get -o yaml` has printed, taken apart. */
export interface Dump {
  machines: JsonMap[];
  /** In an order in which they can be applied. */
  manifests: JsonMap[];
}

/** Reads YAML or JSON of a cluster. Returns the reason, in words for the learner, where there is nothing to read. */
export function readDump(text: string): Dump | { problem: string } {
  let objects: JsonMap[];
  try {
    objects = [...readDocuments(text)].flatMap(objectsIn);
  } catch (error) {
    return { problem: `This cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
  const known = objects.filter(({ kind, apiVersion }) => typeof kind === 'string' && typeof apiVersion === 'string');
  if (known.length === 0) return { problem: 'There are no Kubernetes objects in it.' };
  return {
    machines: known.filter(({ kind }) => kind === 'Node').map(machineOf),
    manifests: manifestsOf(known),
  };
}

export function manifestText(manifests: readonly JsonMap[]): string {
  return manifests.map((manifest) => stringify(manifest, { lineWidth: 0 })).join('---\n');
}

/**
 * Opens a dump: a new cluster with its nodes, and the rest as a file of the editor that is applied before the learner's
 * eyes. Returns what there is to say of it.
 */
export async function openDump(page: Page, name: string, text: string): Promise<string> {
  const dump = readDump(text);
  if ('problem' in dump) return dump.problem;
  const { machines, manifests } = dump;
  const written = manifestText(manifests);
  if (!page.files.accepts(written)) return `${name} holds more than the editor keeps.`;
  const problem = await page.documents.openText(JSON.stringify(dumpDocument(machines, manifests)));
  if (problem !== undefined) return problem;
  const said = `${name} is open: ${machines.length} nodes, ${manifests.length} other objects. Your own sandbox is kept.`;
  if (manifests.length === 0) return said;
  const file = page.files.add();
  page.files.edit(written);
  page.layout.show('terminal');
  await page.terminal.runShown(['apply', '-f', file]);
  return said;
}

/** All that somebody has declared in the cluster, as manifests that another cluster takes. Throws what the API server refuses. */
export async function exportManifests(client: ApiClient): Promise<string> {
  return manifestText(await declaredIn(client));
}
