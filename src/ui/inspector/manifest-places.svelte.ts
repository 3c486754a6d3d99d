import type { JsonMap } from '../../api/json';
import type { Json } from '../../api/objects';
import type { TrialChange } from '../../api/scheduling';
import type { FieldEdit } from '../editor/manifest-edit';
import type { FieldPath } from '../editor/yaml-spans';
import type { Manifest, ManifestDocument } from '../editor/manifest';
import type * as ManifestChunk from '../editor/manifest-chunk';
import type { TextFile } from '../files/files.svelte';
import type { Page } from '../page/page.svelte';
import { originsOf, type Origin } from './origins';
import { at, listAt, textAt } from './reading';
import type { Spellings } from './responsible-fields';
import type { Subject } from './subjects';

/** Where a field stands in the editor. */
export interface Place {
  file: string;
  /** From 1. */
  line: number;
  /** False where nothing stands there yet: the line is that of what would hold it. */
  held: boolean;
}

/** A file as it is after a change. */
export interface ChangedFile {
  file: string;
  text: string;
  /** The line of the change, from 1; found when it is asked for. */
  line: () => number;
}

interface Source {
  file: TextFile;
  document: ManifestDocument;
  origin: Origin;
}

/** Where the editor's files say what the selected Pod is to be, and how they would be changed. */
export class ManifestPlaces {
  #chunk = $state.raw<typeof ManifestChunk | undefined>(undefined);
  #origins = $state.raw<readonly Origin[]>([]);
  /** A file's text changes by becoming another object, so what was read of one holds as long as it. */
  readonly #read = new WeakMap<TextFile, Manifest>();
  #originsOf = '';

  /** The document that says it: the outermost controller's before the Pod's own, in the open file before others. */
  readonly #source = $derived.by(() => this.#find());

  constructor(
    private readonly page: Page,
    private readonly subject: Subject,
  ) {}

  /** Looks for what made a Pod, once it is known; asking again for the same Pod asks nobody. */
  async follow(pod: JsonMap | undefined): Promise<void> {
    const uid = textAt(pod, 'metadata', 'uid');
    if (!pod || uid === this.#originsOf) return;
    this.#originsOf = uid;
    const [chunk, origins] = await Promise.all([
      import('../editor/manifest-chunk'),
      originsOf(this.page.client, this.subject, pod).catch(() => []),
    ]);
    if (uid !== this.#originsOf) return;
    this.#chunk = chunk;
    this.#origins = origins;
  }

  /** Where a Pod's field stands in the editor; `undefined` where no file speaks of the Pod or of what made it. */
  placeOf(spellings: Spellings): Place | undefined {
    const source = this.#source;
    const [likeliest] = spellings;
    if (!source || !likeliest) return undefined;
    const { file, document, origin } = source;
    const full = (path: FieldPath): FieldPath => [...origin.path, ...path];
    const written = spellings.map(full).find((path) => at(document.value, ...path) !== undefined);
    return { file: file.name, line: document.lineOf(written ?? full(likeliest)), held: written !== undefined };
  }

  /** The file with these changes; `undefined` where they are not changes of a manifest, or cannot be made in it. */
  withChanges(changes: readonly TrialChange[]): ChangedFile | undefined {
    const source = this.#source;
    const chunk = this.#chunk;
    if (!source || !chunk) return undefined;
    const edits = changes.map((change) => editOf(change, source));
    if (!edits.every((edit) => edit !== undefined)) return undefined;
    const { file, document } = source;
    const text = chunk.editManifest(file.text, document, edits.flat());
    if (text === undefined) return undefined;
    const line = (): number => {
      const changed = chunk.readManifest(text).documents.find(({ textLine }) => textLine === document.textLine);
      return changed?.lineOf(edits.flat()[0]?.path ?? []) ?? document.textLine;
    };
    return { file: file.name, text, line };
  }

  #find(): Source | undefined {
    const { list, open } = this.page.files;
    const files = open ? [open, ...list.filter((file) => file !== open)] : list;
    for (const origin of this.#origins.toReversed()) {
      for (const file of files) {
        const document = this.#manifestOf(file)?.documents.find((one) => isOf(one, origin));
        if (document) return { file, document, origin };
      }
    }
    return undefined;
  }

  #manifestOf(file: TextFile): Manifest | undefined {
    let manifest = this.#read.get(file);
    if (!manifest && this.#chunk) this.#read.set(file, (manifest = this.#chunk.readManifest(file.text)));
    return manifest;
  }
}

function isOf(document: ManifestDocument, { kind, namespace, name }: Origin): boolean {
  return document.kind === kind && document.name === name && (document.namespace || 'default') === namespace;
}

/** A toleration without an effect is for each of them. */
function sameEffect(one: JsonMap, value: Json | undefined): boolean {
  const effect = textAt(one, 'effect');
  return effect === '' || effect === textAt(value, 'effect');
}

/** A change of a Pod as edits of the manifest; both the request and the limit where both are written. */
function editOf({ kind, path, value }: TrialChange, { document, origin }: Source): FieldEdit[] | undefined {
  if (!path) return undefined;
  const full = [...origin.path, ...path];
  const isWritten = (one: FieldPath): boolean => at(document.value, ...one) !== undefined;
  if (kind === 'Tolerate') {
    const list = full.slice(0, -1);
    const written = listAt(document.value, ...list);
    const isThere = written.some((one) => textAt(one, 'key') === textAt(value, 'key') && sameEffect(one, value));
    return isThere ? undefined : [{ path: [...list, written.length], value }];
  }
  if (kind !== 'LowerRequest') return isWritten(full) ? [{ path: full, value }] : undefined;
  const amounts = path.indexOf('resources') + origin.path.length + 1;
  const written = ['requests', 'limits'].map((which) => full.with(amounts, which)).filter(isWritten);
  return written.length > 0 ? written.map((one) => ({ path: one, value })) : undefined;
}
