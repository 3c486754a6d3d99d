import type { Control } from '../connection/control';
import type { Simulation } from '../connection/simulation.svelte';
import { SANDBOX } from '../page/route';
import { holdsDocument, nameOfDocument, packFragment, unpackFragment } from './link';

const OWN = 'sandbox';
const STORED = '#open=';
/** How the documents of clusters are called that were started here, before their presets. */
const STARTED = 'cluster-';
const OWN_PRESET = 'ml';
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

  /** What the open cluster was started from; undefined for one that came by link or file. */
  get preset(): string | undefined {
    if (this.own) return OWN_PRESET;
    return this.name.startsWith(STARTED) ? this.name.slice(STARTED.length) : undefined;
  }

  /** Opens the learner's cluster of a preset as it was left, or a new one. Returns why it could not. */
  async openPreset(preset: string): Promise<string | undefined> {
    const name = preset === OWN_PRESET ? OWN : STARTED + preset;
    const problem = await this.simulation.open({ from: 'storage', name, preset, seed: 1 });
    if (problem === undefined) this.#opened(name);
    return problem;
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
    return this.openText(shared.text, shared.atMs);
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
    return this.openText(await file.text());
  }

  #start(name: string): Promise<string | undefined> {
    this.name = name;
    return this.openNamed(name, this.preset ?? OWN_PRESET, 1);
  }

  /** Starts the simulation with what is stored under a name, or with a new cluster. Returns why it could not. */
  openNamed(name: string, preset: string, seed: number): Promise<string | undefined> {
    this.name = name;
    return this.simulation.start({ from: 'storage', name, preset, seed });
  }

  /** Opens a document, at a moment. Returns why it could not; then what was open stays. */
  async openText(text: string, atMs?: number): Promise<string | undefined> {
    const name = nameOfDocument(text);
    const problem = await this.simulation.open({ from: 'document', name, text });
    if (problem === undefined && atMs !== undefined) await this.control.time({ rewindMs: atMs });
    this.#opened(problem === undefined ? name : this.name);
    return problem;
  }

  #opened(name: string): void {
    this.name = name;
    setFragment(this.own ? SANDBOX : `${STORED}${encodeURIComponent(name)}`);
  }
}

function setFragment(fragment: string): void {
  window.history.replaceState(null, '', window.location.pathname + window.location.search + fragment);
}
