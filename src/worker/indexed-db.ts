import { assert } from '../base/assert';
import type { BranchRecord, ClusterDocument } from '../host/document';
import type { DocumentHead, JournalStorage } from '../host/storage';
import type { Input } from '../kernel/input';

const DATABASE = 'podium';
const VERSION = 1;
const HEADS = 'heads';
const INPUTS = 'inputs';

type InputRow = { document: string; branch: string; index: number; input: Input };

/** The journal in IndexedDB: a head per document, a row per input. Rejects where the browser refuses storage. */
export class IndexedDbStorage implements JournalStorage {
  #database: Promise<IDBDatabase> | undefined;

  async load(name: string): Promise<ClusterDocument | { problem: string } | undefined> {
    const database = await this.#open();
    const transaction = database.transaction([HEADS, INPUTS], 'readonly');
    const [head, rows] = await Promise.all([
      answer<DocumentHead | undefined>(transaction.objectStore(HEADS).get(name)),
      answer<InputRow[]>(transaction.objectStore(INPUTS).getAll(rangeOf(name))),
    ]);
    if (!head) return undefined;
    if (head.format !== 1) return { problem: `What is saved was made by a newer Podium (format ${String(head.format)}). It is kept; reload the page to get the newer version.` };
    return { ...head, branches: head.branches.map((branch) => withInputs(branch, rows)) };
  }

  async append(name: string, head: DocumentHead, branch: string, index: number, inputs: readonly Input[]): Promise<void> {
    const database = await this.#open();
    const transaction = database.transaction([HEADS, INPUTS], 'readwrite', { durability: 'relaxed' });
    const store = transaction.objectStore(INPUTS);
    inputs.forEach((input, offset) => store.put({ document: name, branch, index: index + offset, input } satisfies InputRow));
    transaction.objectStore(HEADS).put(head, name);
    await completed(transaction);
  }

  async saveHead(name: string, head: DocumentHead): Promise<void> {
    const database = await this.#open();
    const transaction = database.transaction([HEADS], 'readwrite', { durability: 'relaxed' });
    transaction.objectStore(HEADS).put(head, name);
    await completed(transaction);
  }

  async replace(name: string, document: ClusterDocument): Promise<void> {
    const database = await this.#open();
    const transaction = database.transaction([HEADS, INPUTS], 'readwrite', { durability: 'relaxed' });
    const store = transaction.objectStore(INPUTS);
    store.delete(rangeOf(name));
    for (const { id, inputs } of document.branches) {
      inputs.forEach((input, index) => store.put({ document: name, branch: id, index, input } satisfies InputRow));
    }
    const branches = document.branches.map(({ inputs: _inputs, ...branch }) => branch);
    transaction.objectStore(HEADS).put({ ...document, branches }, name);
    await completed(transaction);
  }

  #open(): Promise<IDBDatabase> {
    this.#database ??= openDatabase();
    return this.#database;
  }
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
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB is not available'));
    request.onblocked = () => reject(new Error('IndexedDB is in use by an older version of this page'));
  });
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
