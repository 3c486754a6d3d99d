import type { ApiResponse } from '../api/client';
import { startTraining, type TrainingRequest, type TrainingResult } from '../api/training';
import type { Json } from '../api/objects';
import type { Input } from '../kernel/input';
import { parseDocument, type ClusterDocument } from './document';
import { Simulation, type Opened } from './simulation';
import type { DocumentHead, JournalStorage } from './storage';
import type { Trainer } from './trainer';

/** A storage in memory, for tests. `refuse` makes it fail as a full or forbidden IndexedDB does. */
export class MemoryStorage implements JournalStorage {
  readonly documents = new Map<string, { head: DocumentHead; inputs: Map<string, Input[]> }>();
  refuse = false;
  writes = 0;

  async load(name: string): Promise<ClusterDocument | { problem: string } | undefined> {
    this.#check();
    const stored = this.documents.get(name);
    if (!stored) return undefined;
    const branches = stored.head.branches.map((branch) => ({
      ...branch,
      inputs: [...(stored.inputs.get(branch.id) ?? [])],
    }));
    return parseDocument(JSON.stringify({ ...stored.head, branches }));
  }

  async append(
    name: string,
    head: DocumentHead,
    branch: string,
    index: number,
    inputs: readonly Input[],
  ): Promise<void> {
    await this.saveHead(name, head);
    const { inputs: stored } = this.documents.get(name)!;
    const list = stored.get(branch) ?? [];
    list.splice(index, inputs.length, ...inputs);
    stored.set(branch, list);
  }

  async saveHead(name: string, head: DocumentHead): Promise<void> {
    this.#check();
    this.writes += 1;
    const inputs = this.documents.get(name)?.inputs ?? new Map<string, Input[]>();
    this.documents.set(name, { head: structuredClone(head), inputs });
  }

  async replace(name: string, document: ClusterDocument): Promise<void> {
    this.#check();
    const { branches, ...rest } = document;
    const head = { ...rest, branches: branches.map(({ inputs: _inputs, ...branch }) => branch) };
    this.documents.set(name, {
      head: structuredClone(head),
      inputs: new Map(branches.map((branch) => [branch.id, [...branch.inputs]])),
    });
  }

  #check(): void {
    if (this.refuse) throw new Error('QuotaExceededError');
  }
}

/** Answers at once with weights that approach the line's. */
export const quickTrainer: Trainer = {
  train: async (request) => {
    const { run, config, from, steps } = request as unknown as TrainingRequest;
    const state = { ...(from ?? startTraining(config, 1)) };
    state.t += steps;
    const result: TrainingResult = { run, state, steps, loss: 1 / state.t, r2: 0.9, backend: 'cpu' };
    return result as unknown as Json;
  },
};

/** A simulation whose slices run as fast as the event loop turns, on a wall clock of its own. */
export class SimulationRig {
  readonly simulation: Simulation;
  #wallMs = 0;
  #stopped = false;

  constructor(
    readonly storage: MemoryStorage = new MemoryStorage(),
    trainer: Trainer | undefined = quickTrainer,
  ) {
    const host = { wallMs: () => this.#wallMs, storage, wake: () => {}, ...(trainer ? { trainer } : {}) };
    this.simulation = new Simulation(host);
    void this.#turn();
  }

  async #turn(): Promise<void> {
    while (!this.#stopped) {
      this.#wallMs += 1;
      this.simulation.slice();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  async open(preset = 'ml', seed = 1): Promise<Opened> {
    const opened = await this.simulation.openStored('default', preset, seed);
    this.simulation.pacer.setSpeed(0);
    return opened;
  }

  request(method: string, path: string, body?: Json, headers: Record<string, string> = {}): Promise<ApiResponse> {
    const [plain = '', search = ''] = path.split('?');
    const query = Object.fromEntries(new URLSearchParams(search));
    const all = { 'content-type': 'application/json', 'user-agent': 'test', ...headers };
    return this.simulation.request({
      method,
      path: plain,
      query,
      headers: all,
      ...(body === undefined ? {} : { body }),
    });
  }

  async time(body: Json): Promise<{ atMs: number; endMs: number }> {
    const answer = await this.request('POST', '/podium/v1/time', body);
    if (answer.code !== 200) throw new Error(JSON.stringify(answer.body));
    return answer.body as { atMs: number; endMs: number };
  }

  async hash(): Promise<string> {
    return ((await this.request('GET', '/podium/v1/hash')).body as { hash: string }).hash;
  }

  /** Names of a namespace's objects, in the order of the list. */
  async names(path: string): Promise<string[]> {
    const list = (await this.request('GET', path)).body as { items: { metadata: { name: string } }[] };
    return list.items.map((item) => item.metadata.name);
  }

  async text(): Promise<string> {
    return JSON.stringify((await this.request('GET', '/podium/v1/document')).body);
  }
}
