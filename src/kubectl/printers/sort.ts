type Less = (left: number, right: number) => boolean;
type Swap = (left: number, right: number) => void;

/**
 * Sorts as Go's sort.Sort does. It is not stable, and which of two equal rows comes first is part of what
 * `--sort-by` prints, so the steps are Go's own: pattern-defeating quicksort with insertion sort below 12.
 */
export function goSort<T>(items: T[], less: (left: T, right: T) => boolean): void {
  const sorter = new PatternSorter(
    (left, right) => less(items[left] as T, items[right] as T),
    (left, right) => {
      [items[left], items[right]] = [items[right] as T, items[left] as T];
    },
  );
  sorter.sort(0, items.length, 32 - Math.clz32(items.length));
}

type Hint = 'increasing' | 'decreasing' | 'unknown';
const INSERTION_MAX = 12;
const NINTHER_MIN = 50;
const SHIFT_MIN = 50;
const SWAPS_MAX = 12;

class PatternSorter {
  private readonly less: Less;
  private readonly swap: Swap;

  constructor(less: Less, swap: Swap) {
    this.less = less;
    this.swap = swap;
  }

  sort(from: number, to: number, badPivots: number): void {
    let a = from;
    let b = to;
    let limit = badPivots;
    let balanced = true;
    let partitioned = true;
    for (;;) {
      const length = b - a;
      if (length <= INSERTION_MAX) return this.insertionSort(a, b);
      if (limit === 0) return this.heapSort(a, b);
      if (!balanced) {
        this.breakPatterns(a, b);
        limit--;
      }
      let [pivot, hint] = this.choosePivot(a, b);
      if (hint === 'decreasing') {
        this.reverse(a, b);
        pivot = b - 1 - (pivot - a);
        hint = 'increasing';
      }
      if (balanced && partitioned && hint === 'increasing' && this.nearlySorted(a, b)) return;
      if (a > 0 && !this.less(a - 1, pivot)) {
        a = this.partitionEqual(a, b, pivot);
        continue;
      }
      const [middle, already] = this.partition(a, b, pivot);
      partitioned = already;
      const left = middle - a;
      const right = b - middle;
      balanced = Math.min(left, right) >= Math.floor(length / 8);
      if (left < right) {
        this.sort(a, middle, limit);
        a = middle + 1;
      } else {
        this.sort(middle + 1, b, limit);
        b = middle;
      }
    }
  }

  private insertionSort(a: number, b: number): void {
    for (let i = a + 1; i < b; i++) for (let j = i; j > a && this.less(j, j - 1); j--) this.swap(j, j - 1);
  }

  private heapSort(a: number, b: number): void {
    const high = b - a;
    for (let i = (high - 1) >> 1; i >= 0; i--) this.siftDown(i, high, a);
    for (let i = high - 1; i >= 0; i--) {
      this.swap(a, a + i);
      this.siftDown(0, i, a);
    }
  }

  private siftDown(low: number, high: number, first: number): void {
    for (let root = low; ;) {
      let child = 2 * root + 1;
      if (child >= high) return;
      if (child + 1 < high && this.less(first + child, first + child + 1)) child++;
      if (!this.less(first + root, first + child)) return;
      this.swap(first + root, first + child);
      root = child;
    }
  }

  private partition(a: number, b: number, pivot: number): [number, boolean] {
    this.swap(a, pivot);
    let i = a + 1;
    let j = b - 1;
    while (i <= j && this.less(i, a)) i++;
    while (i <= j && !this.less(j, a)) j--;
    if (i > j) {
      this.swap(j, a);
      return [j, true];
    }
    this.swap(i++, j--);
    for (;;) {
      while (i <= j && this.less(i, a)) i++;
      while (i <= j && !this.less(j, a)) j--;
      if (i > j) break;
      this.swap(i++, j--);
    }
    this.swap(j, a);
    return [j, false];
  }

  private partitionEqual(a: number, b: number, pivot: number): number {
    this.swap(a, pivot);
    let i = a + 1;
    let j = b - 1;
    for (;;) {
      while (i <= j && !this.less(a, i)) i++;
      while (i <= j && this.less(a, j)) j--;
      if (i > j) return i;
      this.swap(i++, j--);
    }
  }

  /** Sorts what is out of place in a few steps; true when nothing is left to do. */
  private nearlySorted(a: number, b: number): boolean {
    let i = a + 1;
    for (let step = 0; step < 5; step++) {
      while (i < b && !this.less(i, i - 1)) i++;
      if (i === b) return true;
      if (b - a < SHIFT_MIN) return false;
      this.swap(i, i - 1);
      if (i - a >= 2) for (let j = i - 1; j >= 1 && this.less(j, j - 1); j--) this.swap(j, j - 1);
      if (b - i >= 2) for (let j = i + 1; j < b && this.less(j, j - 1); j++) this.swap(j, j - 1);
    }
    return false;
  }

  /** Scatters three elements with a generator that is seeded by the length. */
  private breakPatterns(a: number, b: number): void {
    const length = b - a;
    if (length < 8) return;
    let random = BigInt(length);
    const modulus = 1n << BigInt(32 - Math.clz32(length));
    const index = a + Math.floor(length / 4) * 2 - 1;
    for (let i = 0; i < 3; i++) {
      random = BigInt.asUintN(64, random ^ (random << 13n));
      random ^= random >> 7n;
      random = BigInt.asUintN(64, random ^ (random << 17n));
      let other = Number(random & (modulus - 1n));
      if (other >= length) other -= length;
      this.swap(index + i, a + other);
    }
  }

  private choosePivot(a: number, b: number): [number, Hint] {
    const length = b - a;
    const swaps = { count: 0 };
    let i = a + Math.floor(length / 4);
    let j = a + Math.floor(length / 4) * 2;
    let k = a + Math.floor(length / 4) * 3;
    if (length >= 8) {
      if (length >= NINTHER_MIN) {
        i = this.median(i - 1, i, i + 1, swaps);
        j = this.median(j - 1, j, j + 1, swaps);
        k = this.median(k - 1, k, k + 1, swaps);
      }
      j = this.median(i, j, k, swaps);
    }
    if (swaps.count === 0) return [j, 'increasing'];
    return [j, swaps.count === SWAPS_MAX ? 'decreasing' : 'unknown'];
  }

  private median(first: number, second: number, third: number, swaps: { count: number }): number {
    let [a, b, c] = [first, second, third];
    const order = (left: number, right: number): [number, number] => {
      if (!this.less(right, left)) return [left, right];
      swaps.count++;
      return [right, left];
    };
    [a, b] = order(a, b);
    [b, c] = order(b, c);
    [a, b] = order(a, b);
    return b;
  }

  private reverse(a: number, b: number): void {
    for (let i = a, j = b - 1; i < j; i++, j--) this.swap(i, j);
  }
}
