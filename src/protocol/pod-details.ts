import type { PodDetail } from './frame';

/** What all Pods of one template have in common. */
export type PodTemplate = Omit<PodDetail, 'id' | 'namespace' | 'name' | 'uid'>;

/**
 * Details of Pods on their way to the page: what is common to many goes once, and the rest as one text, so that ten
 * thousand Pods are a few values to copy and not ten thousand objects.
 */
export interface PodDetailColumns {
  /** Templates that were not told yet, with their numbers. */
  templates: { number: number; template: PodTemplate }[];
  id: Uint32Array;
  /** Number of the template. */
  template: Uint32Array;
  /** `namespace/name/uid` of each, a line each. */
  text: string;
}

/** Writes details down. Remembers the templates that it told. */
export class PodDetailWriter {
  readonly #numbers = new Map<string, number>();

  /** Whoever reads knows nothing any more. */
  reset(): void {
    this.#numbers.clear();
  }

  write(details: readonly PodDetail[]): PodDetailColumns {
    const templates: PodDetailColumns['templates'] = [];
    const template = Uint32Array.from(details, (detail) => this.#numberOf(detail, templates));
    const lines = details.map(({ namespace, name, uid }) => `${namespace}/${name}/${uid}`);
    return { templates, id: Uint32Array.from(details, (detail) => detail.id), template, text: lines.join('\n') };
  }

  #numberOf(detail: PodDetail, fresh: PodDetailColumns['templates']): number {
    const { id: _id, namespace: _namespace, name: _name, uid: _uid, ...template } = detail;
    const key = JSON.stringify(template);
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(key, number);
      fresh.push({ number, template });
    }
    return number;
  }
}

/** A detail as it was told: the line and the template of which it is made when somebody asks. */
interface Told {
  id: number;
  line: string;
  template: PodTemplate;
}

/**
 * Details of Pods by id. The object of a Pod is made when it is first asked for. What is read in makes another
 * `KnownPods`, which shares all that was known.
 */
export class KnownPods {
  readonly #told: Map<number, Told>;
  readonly #templates: Map<number, PodTemplate>;
  readonly #made: Map<number, PodDetail>;
  readonly #ids: Map<string, number>;

  private constructor(
    told: Map<number, Told>,
    templates: Map<number, PodTemplate>,
    made: Map<number, PodDetail>,
    ids: Map<string, number>,
  ) {
    this.#told = told;
    this.#templates = templates;
    this.#made = made;
    this.#ids = ids;
  }

  static none(): KnownPods {
    return new KnownPods(new Map(), new Map(), new Map(), new Map());
  }

  get size(): number {
    return this.#told.size;
  }

  get(id: number): PodDetail | undefined {
    const made = this.#made.get(id);
    if (made) return made;
    const told = this.#told.get(id);
    if (!told) return undefined;
    const [namespace = '', name = '', uid = ''] = told.line.split('/');
    const detail: PodDetail = { id, namespace, name, uid, ...told.template };
    this.#made.set(id, detail);
    return detail;
  }

  /** The id of the Pod with this `namespace/name`; the newest of them, should there have been several. */
  idOf(key: string): number | undefined {
    return this.#ids.get(key);
  }

  /** The Pod with this `namespace/name`; the newest of them, should there have been several. */
  named(key: string): PodDetail | undefined {
    const id = this.idOf(key);
    return id === undefined ? undefined : this.get(id);
  }

  *values(): Iterable<PodDetail> {
    for (const id of this.#told.keys()) {
      const detail = this.get(id);
      if (detail) yield detail;
    }
  }

  /** With what has been told since, and without those that are gone, once they are many. `present` are ids that stay. */
  with(columns: PodDetailColumns, present: Uint32Array): KnownPods {
    for (const { number, template } of columns.templates) this.#templates.set(number, template);
    const lines = columns.text.split('\n');
    for (const [index, id] of columns.id.entries()) {
      this.#made.delete(id);
      this.#told.delete(id);
      const line = lines[index]!;
      this.#told.set(id, { id, line, template: this.#templates.get(columns.template[index]!)! });
      this.#ids.set(keyOf(line), id);
    }
    if (this.#told.size > 2 * present.length + 64) this.#forgetBut(new Set(present));
    return new KnownPods(this.#told, this.#templates, this.#made, this.#ids);
  }

  #forgetBut(present: ReadonlySet<number>): void {
    for (const { id, line } of this.#told.values()) {
      if (present.has(id)) continue;
      if (this.#ids.get(keyOf(line)) === id) this.#ids.delete(keyOf(line));
      this.#told.delete(id);
      this.#made.delete(id);
    }
  }
}

/** `namespace/name` of a line. */
function keyOf(line: string): string {
  return line.slice(0, line.lastIndexOf('/'));
}
