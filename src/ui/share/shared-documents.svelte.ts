import { looksBack } from '../../protocol/frame';
import type { Control } from '../connection/control';
import type { Simulation } from '../connection/simulation.svelte';
import { LINKED, STORED } from '../page/route';
import { addressOf, nameOf, OWN, seedOf, startedAs, wishedCluster, type StartedCluster } from './started-clusters';

const FILE_LIMIT = 100_000_000;

/** Links are rare, and reading and writing them is no part of the first view. */
const links = () => import('./link');

/** Which document is open, and the ways in and out of it: links and files. */
export class SharedDocuments {
  /** The name under which the open document is stored. */
  name = $state(nameOf(OWN));

  constructor(
    private readonly simulation: Simulation,
    private readonly control: Control,
  ) {}

  /** Whether this is the learner's own cluster, and not one that came by link or file, or of another preset or class. */
  get own(): boolean {
    return this.name === nameOf(OWN);
  }

  /** What the open cluster was started from; undefined for one that came by link or file. */
  get preset(): string | undefined {
    return startedAs(this.name)?.preset;
  }

  /** The class that has the open cluster in common; none where it is empty. */
  get classCode(): string {
    return startedAs(this.name)?.classCode ?? '';
  }

  /** What the open cluster is called, where it is not the learner's own. */
  get title(): string {
    const { classCode, preset } = this;
    return (preset ?? 'Shared cluster') + (classCode && `, class ${classCode}`);
  }

  /** What its random numbers come from. */
  get seed(): number {
    return seedOf(this.classCode);
  }

  /** Opens the cluster of a preset as it was left, or a new one; that of the class where one is open. Returns why it could not. */
  async openPreset(preset: string): Promise<string | undefined> {
    return this.#openStarted({ preset, classCode: this.classCode });
  }

  /** Opens what the address asks for. Returns why it could not; then the learner's own cluster is open. */
  async openAtStart(): Promise<string | undefined> {
    const fragment = window.location.hash;
    if (fragment.startsWith(LINKED)) return this.#openLink(fragment);
    if (fragment.startsWith(STORED)) return this.#start(decodeURIComponent(fragment.slice(STORED.length)));
    const wished = wishedCluster(fragment);
    if ('problem' in wished) return (await this.#start(nameOf(OWN))) ?? wished.problem;
    const problem = await this.#start(nameOf(wished));
    return problem === undefined || this.own ? problem : ((await this.#openStarted(OWN)) ?? problem);
  }

  async #openLink(fragment: string): Promise<string | undefined> {
    const [shared] = await Promise.all([
      links().then((link) => link.unpackFragment(fragment)),
      this.#start(nameOf(OWN)),
    ]);
    if ('text' in shared) return this.openText(shared.text, shared.atMs);
    setFragment(addressOf(OWN));
    return shared.problem;
  }

  /** The address that rebuilds this cluster in another browser; where an earlier moment is looked at, at that moment. */
  async link(): Promise<string> {
    const { frame } = this.simulation.view;
    const atMs = frame && looksBack(frame) ? frame.atMs : undefined;
    return new URL('./', window.location.href).href + (await (await links()).packFragment(await this.text(), atMs));
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
    const { preset, classCode } = startedAs(name) ?? OWN;
    return this.openNamed(name, preset, seedOf(classCode));
  }

  async #openStarted(cluster: StartedCluster): Promise<string | undefined> {
    const { preset, classCode } = cluster;
    const name = nameOf(cluster);
    const problem = await this.simulation.open({ from: 'storage', name, preset, seed: seedOf(classCode) });
    if (problem === undefined) this.#opened(name);
    return problem;
  }

  /** Starts the simulation with what is stored under a name, or with a new cluster. Returns why it could not. */
  openNamed(name: string, preset: string, seed: number): Promise<string | undefined> {
    this.name = name;
    return this.simulation.start({ from: 'storage', name, preset, seed });
  }

  /** Opens a document, at a moment. Returns why it could not; then what was open stays. */
  async openText(text: string, atMs?: number): Promise<string | undefined> {
    const name = (await links()).nameOfDocument(text);
    const problem = await this.simulation.open({ from: 'document', name, text, atMs });
    this.#opened(problem === undefined ? name : this.name);
    return problem;
  }

  #opened(name: string): void {
    this.name = name;
    const started = startedAs(name);
    setFragment(started ? addressOf(started) : `${STORED}${encodeURIComponent(name)}`);
  }
}

function setFragment(fragment: string): void {
  window.history.replaceState(null, '', window.location.pathname + window.location.search + fragment);
}
