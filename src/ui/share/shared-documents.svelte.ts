import type { Control } from '../connection/control';
import type { Simulation } from '../connection/simulation.svelte';
import { SANDBOX } from '../page/route';
import { holdsDocument, nameOfDocument, packFragment, unpackFragment } from './link';

const OWN = 'sandbox';
const STORED = '#open=';
const FILE_LIMIT = 100_000_000;

/** Which document is open, and the ways in and out of it: links and files. */
export class SharedDocuments {
  /** The name under which the open document is stored. */
  name = $state(OWN);

  constructor(
    private readonly simulation: Simulation,
    private readonly control: Control,
  ) {}

  /** Whether this is the learner's own cluster, and not one that came by link or file. */
  get own(): boolean {
    return this.name === OWN;
  }

  /** Opens what the address asks for. Returns why it could not; then the learner's own cluster is open. */
  async openAtStart(): Promise<string | undefined> {
    const fragment = window.location.hash;
    const shared = holdsDocument(fragment) ? await unpackFragment(fragment) : undefined;
    const stored = fragment.startsWith(STORED) ? decodeURIComponent(fragment.slice(STORED.length)) : OWN;
    const storedProblem = await this.#start(shared && 'text' in shared ? OWN : stored);
    if (!shared) return storedProblem;
    if ('problem' in shared) {
      setFragment(SANDBOX);
      return shared.problem;
    }
    return this.#openText(shared.text, shared.atMs);
  }

  /** The address that rebuilds this cluster in another browser; where an earlier moment is looked at, at that moment. */
  async link(): Promise<string> {
    const { frame } = this.simulation.view;
    const atMs = frame && frame.atMs < frame.endMs ? frame.atMs : undefined;
    return new URL('./', window.location.href).href + (await packFragment(await this.text(), atMs));
  }

  /** The open document as text. */
  async text(): Promise<string> {
    return JSON.stringify(await this.control.read('document'));
  }

  /** Opens a document file. Returns why it could not; then what was open stays. */
  async openFile(file: File): Promise<string | undefined> {
    if (file.size > FILE_LIMIT) return `${file.name} has more than 100 MB, which no cluster of Podium needs.`;
    return this.#openText(await file.text());
  }

  async #start(name: string): Promise<string | undefined> {
    this.name = name;
    return this.simulation.start({ from: 'storage', name, preset: 'ml', seed: 1 });
  }

  async #openText(text: string, atMs?: number): Promise<string | undefined> {
    const name = nameOfDocument(text);
    const problem = await this.simulation.open({ from: 'document', name, text });
    if (problem === undefined) this.name = name;
    if (problem === undefined && atMs !== undefined) await this.control.time({ rewindMs: atMs });
    setFragment(this.own ? SANDBOX : `${STORED}${encodeURIComponent(this.name)}`);
    return problem;
  }
}

function setFragment(fragment: string): void {
  window.history.replaceState(null, '', window.location.pathname + window.location.search + fragment);
}
