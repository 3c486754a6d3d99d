import { assert } from '../base/assert';
import type { BranchRecord, ClusterDocument } from '../host/document';
import { headOf, TakenOver, type DocumentHead, type JournalStorage } from '../host/storage';
import type { Input } from '../kernel/input';

const DATABASE = 'podium';
const VERSION = 1;
const HEADS = 'heads';
const INPUTS = 'inputs';
/** Who has claimed a document last, by its name. */
const OWNERS = 'owners';
const STORES = [HEADS, INPUTS, OWNERS];

type InputRow = { document: string; branch: string; index: number; input: Input };

/** The journal in IndexedDB: a head per document, a row per input. Rejects where the browser refuses storage. */
export class IndexedDbStorage implements JournalStorage {
  /** Who this is. `crypto.randomUUID` is only there in secure contexts, which a sandboxed frame is not. */
  readonly #self = crypto.getRandomValues(new Uint32Array(4)).join('-');
  #database: Promise<IDBDatabase> | undefined;
  /** Documents that could be read but not claimed, such as on a full disk: the next write claims them, or fails. */
  readonly #unclaimed = new Set<string>();

  async load(name: string, claim: boolean): Promise<ClusterDocument | { problem: string } | undefined> {
    const database = await this.#open();
    if (!claim) return this.#read(database, name, false);
    try {
      return await this.#read(database, name, true);
    } catch {
      this.#unclaimed.add(name);
      return this.#read(database, name, false);
    }
  }

  async #read(
    database: IDBDatabase,
    name: string,
    claim: boolean,
  ): Promise<ClusterDocument | { problem: string } | undefined> {
    const transaction = database.transaction(STORES, claim ? 'readwrite' : 'readonly', { durability: 'relaxed' });
    const done = completed(transaction);
    if (claim) transaction.objectStore(OWNERS).put(this.#self, name);
    const [head, rows] = await Promise.all([
      answer<DocumentHead | undefined>(transaction.objectStore(HEADS).get(name)),
      answer<InputRow[]>(transaction.objectStore(INPUTS).getAll(rangeOf(name))),
      done,
    ]);
    if (!head) return undefined;
    if (head.format !== 1) return { problem: newerProblem(head.format) };
    return { ...head, branches: head.branches.map((branch) => withInputs(branch, rows)) };
  }

  append(name: string, head: DocumentHead, branch: string, index: number, inputs: readonly Input[]): Promise<void> {
    return this.#write(name, (transaction) => {
      const store = transaction.objectStore(INPUTS);
      inputs.forEach((input, offset) =>
        store.put({ document: name, branch, index: index + offset, input } satisfies InputRow),
      );
      transaction.objectStore(HEADS).put(head, name);
    });
  }

  saveHead(name: string, head: DocumentHead): Promise<void> {
    return this.#write(name, (transaction) => transaction.objectStore(HEADS).put(head, name));
  }

  async replace(name: string, document: ClusterDocument): Promise<void> {
    const database = await this.#open();
    const transaction = database.transaction(STORES, 'readwrite', { durability: 'relaxed' });
    const done = completed(transaction);
    const store = transaction.objectStore(INPUTS);
    transaction.objectStore(OWNERS).put(this.#self, name);
    store.delete(rangeOf(name));
    for (const { id, inputs } of document.branches) {
      inputs.forEach((input, index) => store.put({ document: name, branch: id, index, input } satisfies InputRow));
    }
    transaction.objectStore(HEADS).put(headOf(document), name);
    await done;
  }

  /** One transaction, in which it is first made sure that nobody else has claimed the document. */
  async #write(name: string, work: (transaction: IDBTransaction) => void): Promise<void> {
    const database = await this.#open();
    const transaction = database.transaction(STORES, 'readwrite', { durability: 'relaxed' });
    const done = completed(transaction);
    let taken = false;
    let broke: unknown;
    const owner = transaction.objectStore(OWNERS).get(name);
    owner.onsuccess = () => {
      const claims = this.#unclaimed.has(name);
      taken = owner.result !== this.#self && !claims;
      if (taken) return transaction.abort();
      try {
        if (claims) transaction.objectStore(OWNERS).put(this.#self, name);
        work(transaction);
      } catch (error) {
        broke = error;
        if (transaction.error === null) transaction.abort();
      }
    };
    try {
      await done;
      this.#unclaimed.delete(name);
    } catch (error) {
      throw taken ? new TakenOver(`${name} is written by another tab`) : (broke ?? error);
    }
  }

  #open(): Promise<IDBDatabase> {
    this.#database ??= openDatabase();
    return this.#database;
  }
}

function newerProblem(format: unknown): string {
  return `What is saved was made by a newer Podium (format ${String(format)}). It is kept; reload the page to get the newer version.`;
}

function withInputs(branch: Omit<BranchRecord, 'inputs'>, rows: readonly InputRow[]): BranchRecord {
  const own = rows.filter((row) => row.branch === branch.id).sort((a, b) => a.index - b.index);
  own.forEach((row, index) => assert(row.index === index, `input ${index} of branch ${branch.id} is missing`));
  return { ...branch, inputs: own.map((row) => Object.freeze(row.input)) };
}

/** All rows of one document: keys are [document, branch, index]. */
function rangeOf(name: string): IDBKeyRange {
  return IDBKeyRange.bound([name], [name, []]);
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(HEADS);
      request.result.createObjectStore(INPUTS, { keyPath: ['document', 'branch', 'index'] });
      request.result.createObjectStore(OWNERS);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(openError(request.error));
    request.onblocked = () => reject(new Error('IndexedDB is in use by an older version of this page'));
  });
}

function openError(error: DOMException | null): Error {
  if (error?.name === 'VersionError')
    return new Error('it was made by a newer Podium. It is kept; reload the page to get the newer version');
  return error ?? new Error('IndexedDB is not available');
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB refused'));
  });
}

function completed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error ?? new Error('IndexedDB refused'));
    transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB is full'));
  });
}
