import type { ApiClient } from '../../api/client';
import type { JsonMap } from '../../api/json';
import type { Frame } from '../../protocol/frame';
import { concerns, type ClusterView } from '../connection/cluster-view.svelte';
import type { Files } from '../files/files.svelte';
import type { TerminalSession } from '../terminal/terminal-session.svelte';
import type { ClusterCheck } from './cluster-check';
import type { Manifest, ManifestDocument } from './manifest';
import type { Problem } from './problems';
import type { Rejection } from './rejection';

export interface ApplyParts {
  client: ApiClient;
  view: ClusterView;
  files: Files;
  terminal: TerminalSession;
}

/** How the open file stands to the cluster. */
export type Standing =
  | { state: 'reading' }
  | { state: 'empty' }
  /** Part of it is no YAML. */
  | { state: 'broken' }
  | { state: 'same' }
  /** `lines` of the file say something else than the cluster; objects named in `fresh` are not there at all. */
  | { state: 'differs'; lines: number[]; fresh: string[] };

const CHECK_AFTER_MS = 350;
/** Writes to what the file names come in bursts while Pods start; the cluster is asked once for several. */
const LIVE_AFTER_MS = 400;
const SAID_FOR_MS = 4_000;

/**
 * From text to cluster: checks the open file as one types, says how it differs from the cluster, and applies it by the
 * same kubectl as the terminal. The code that reads YAML is loaded after the first view.
 */
export class ApplyFlow {
  standing = $state.raw<Standing>({ state: 'reading' });
  problems = $state.raw<readonly Problem[]>([]);
  rejection = $state.raw<Rejection | undefined>(undefined);
  applying = $state(false);
  /** `Applied` for a moment after it was. */
  applied = $state('');

  readonly #parts: ApplyParts;
  #check: ClusterCheck | undefined;
  #manifest: Manifest = { documents: [], problems: [] };
  #watched: { resource: string; prefix: string }[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saying: ReturnType<typeof setTimeout> | undefined;
  #run = 0;

  constructor(parts: ApplyParts) {
    this.#parts = parts;
    parts.view.listen((frame, anew) => this.#onFrame(frame, anew));
  }

  /** The open file is another, or has other text. */
  textChanged(): void {
    this.rejection = undefined;
    this.applied = '';
    this.#checkSoon(CHECK_AFTER_MS);
  }

  /** Runs `kubectl apply -f` on the open file, as the terminal would. */
  async apply(): Promise<void> {
    const file = this.#parts.files.open;
    if (!file || this.applying) return;
    await this.#carryOut(['apply', '-f', file.name], {}, '');
  }

  /** Deletes what cannot be changed and makes it anew: `kubectl replace --force` with those documents only. */
  async replace(): Promise<void> {
    const { rejection } = this;
    if (!rejection?.replace || this.applying) return;
    await this.#carryOut(
      ['replace', '--force', '-f', '-'],
      { stdin: rejection.replace },
      rejection.replaceNames.join(', '),
    );
  }

  async #carryOut(args: string[], options: { stdin?: string }, comment: string): Promise<void> {
    this.applying = true;
    this.rejection = undefined;
    this.applied = '';
    try {
      const { RecordingClient, rejectionOf } = await import('./manifest-chunk');
      const client = new RecordingClient(this.#parts.client);
      const { code, stderr } = await this.#parts.terminal.runShown(args, { ...options, client }, comment);
      if (code === 0) this.#say(args[0] === 'apply' ? 'Applied' : 'Replaced');
      else this.rejection = rejectionOf(client.refusals, stderr, this.#manifest.documents);
    } finally {
      this.applying = false;
      this.#checkSoon(0);
    }
  }

  /** Says what was done for a moment; then the file's standing is told again. */
  #say(words: string): void {
    this.applied = words;
    clearTimeout(this.#saying);
    this.#saying = setTimeout(() => (this.applied = ''), SAID_FOR_MS);
  }

  #onFrame(frame: Frame, anew: boolean): void {
    const touched = this.#watched.some(({ resource, prefix }) => concerns(frame, resource, prefix));
    if (anew || touched) this.#checkSoon(LIVE_AFTER_MS);
  }

  #checkSoon(afterMs: number): void {
    if (afterMs === 0 || afterMs === CHECK_AFTER_MS) clearTimeout(this.#timer);
    else if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#look();
    }, afterMs);
  }

  async #look(): Promise<void> {
    const run = ++this.#run;
    const { readManifest, differingLines, ClusterCheck: Check } = await import('./manifest-chunk');
    this.#check ??= new Check(this.#parts.client);
    const check = this.#check;
    this.#manifest = readManifest(this.#parts.files.open?.text ?? '');
    const { documents, problems } = this.#manifest;
    if (problems.length > 0) this.problems = problems;
    const broken = problems.some((problem) => problem.severity === 'error');
    const [answers, lives, resources] = await Promise.all([
      broken ? [] : Promise.all(documents.map((document) => check.problems(document))),
      Promise.all(documents.map((document) => check.live(document))),
      Promise.all(documents.map((document) => check.resource(document))),
    ]);
    if (run !== this.#run) return;
    this.problems = [...problems, ...answers.flat()].sort((left, right) => left.line - right.line);
    this.#watched = resources.flatMap((served, index) => {
      const document = documents[index]!;
      const namespace = served?.namespaced ? `${document.namespace || 'default'}/` : '';
      return served ? [{ resource: served.resource, prefix: namespace + document.name }] : [];
    });
    this.standing = broken ? { state: 'broken' } : standingOf(documents, lives, differingLines);
  }
}

function standingOf(
  documents: readonly ManifestDocument[],
  lives: readonly (JsonMap | undefined)[],
  differingLines: (document: ManifestDocument, live: JsonMap) => number[],
): Standing {
  if (documents.length === 0) return { state: 'empty' };
  const lines: number[] = [];
  const fresh: string[] = [];
  documents.forEach((document, index) => {
    const live = lives[index];
    if (live) lines.push(...differingLines(document, live));
    else fresh.push(`${document.kind} ${document.name}`.trim());
  });
  return lines.length === 0 && fresh.length === 0 ? { state: 'same' } : { state: 'differs', lines, fresh };
}
