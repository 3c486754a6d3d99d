import { describe, expect, it, vi } from 'vitest';
import { Files } from './files.svelte';
import { FallbackStorage, type PageStorage, type TextStore } from './page-storage';

const STARTERS = [
  { name: 'a.yaml', text: 'a' },
  { name: 'b.yaml', text: 'b' },
];

function memoryStore(limit = Infinity): TextStore & { map: Map<string, string> } {
  const map = new Map<string, string>();
  return {
    map,
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, text) => {
      if (text.length > limit) throw new DOMException('full', 'QuotaExceededError');
      map.set(key, text);
    },
    removeItem: (key) => void map.delete(key),
  };
}

const storageOver = (store: TextStore): PageStorage => new FallbackStorage(() => store);

describe('FallbackStorage', () => {
  it('keeps text in memory where the browser refuses storage', () => {
    const storage = new FallbackStorage(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    storage.set('x', 'y');
    expect(storage.saved).toBe(false);
    expect(storage.get('x')).toBe('y');
  });

  it('says so when storage is full, and loses nothing', () => {
    const storage = storageOver(memoryStore(3));
    storage.set('x', 'ab');
    expect(storage.saved).toBe(true);
    storage.set('x', 'abcdef');
    expect(storage.saved).toBe(false);
    expect(storage.get('x')).toBe('abcdef');
  });
});

describe('Files', () => {
  it('comes back as it was left', () => {
    const store = memoryStore();
    const files = new Files(storageOver(store), STARTERS);
    files.show('b.yaml');
    files.edit('changed');
    expect(files.add()).toBe('manifest.yaml');
    expect(files.rename('manifest.yaml', 'c.yaml')).toBeUndefined();
    files.save();
    const again = new Files(storageOver(store), STARTERS);
    expect(again.names).toEqual(['a.yaml', 'b.yaml', 'c.yaml']);
    expect(again.openName).toBe('c.yaml');
    expect(again.read('b.yaml')).toBe('changed');
  });

  it.each([
    ['x/y.yaml', undefined],
    ['a.yaml/x', 'a.yaml/x would be a file and a folder.'],
    ['x//y', 'A name has letters, digits, dots and dashes, at most 63.'],
    ['../y', 'A name has letters, digits, dots and dashes, at most 63.'],
    ['/y', 'A name has letters, digits, dots and dashes, at most 63.'],
    ['a/b/c/d/e/f/g/h/i', 'Folders go 7 deep.'],
  ])('has folders where names have slashes: %s', (name, problem) => {
    expect(new Files(storageOver(memoryStore()), STARTERS).write(name, 'text')).toBe(problem);
  });

  it('saves by itself a moment after typing', () => {
    vi.useFakeTimers();
    const store = memoryStore();
    const files = new Files(storageOver(store), STARTERS);
    files.edit('x');
    expect(store.map.size).toBe(0);
    vi.advanceTimersByTime(400);
    expect([...store.map.values()].join()).toContain('"x"');
    vi.useRealTimers();
  });

  it.each(['', 'b.yaml', '../x', 'a b', 'x'.repeat(80), '.hidden'])('refuses the name %j', (name) => {
    const files = new Files(storageOver(memoryStore()), STARTERS);
    expect(files.rename('a.yaml', name)).toMatch(/./);
    expect(files.names).toEqual(['a.yaml', 'b.yaml']);
  });

  it('deletes, opens the neighbour, and puts back; the last file stays', () => {
    const files = new Files(storageOver(memoryStore()), STARTERS);
    const removed = files.remove('a.yaml')!;
    expect(files.openName).toBe('b.yaml');
    expect(files.remove('b.yaml')).toBeUndefined();
    files.restore(removed);
    expect(files.names).toEqual(['a.yaml', 'b.yaml']);
    expect(files.openName).toBe('a.yaml');
  });

  it.each(['', 'no json', '{}', '{"list":[]}', '{"list":[{"name":1}]}', 'null'])(
    'shows the starters where %j is stored',
    (text) => {
      const store = memoryStore();
      store.map.set('podium/files', text);
      expect(new Files(storageOver(store), STARTERS).names).toEqual(['a.yaml', 'b.yaml']);
    },
  );
});
