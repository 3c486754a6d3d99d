import type { Fault } from '../../api/faults';
import { objectKey, splitKey, type ApiObject, type Json } from '../../api/objects';
import type { Happening, StoryEvent, StoryView } from '../../api/story';
import { VIEW_OF, type ObjectView, type OtherView } from '../views/names';
import type { Change } from './change';

/** Turns what a host tells of a cluster into changes of views, in one order. */

const COMPONENTS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];
const TRAFFIC_KEPT = 200;

const RUNS_KEPT = 200;

/** A start of a training program, as far as it has come. */
interface Run {
  readonly run: string;
  readonly namespace: string;
  readonly kind: string;
  readonly owner: string;
  /** The step at which it began, and how many steps its owner had trained beyond that before. */
  readonly from: number;
  readonly lost: number;
  readonly step: number;
  readonly beganMs: number;
}

/** How many steps of an owner's run before are trained once more by one that begins at `from`. */
function lostBy(runs: readonly Run[], of: Pick<Run, 'namespace' | 'kind' | 'owner'>, from: number): number {
  const before = runs.findLast(
    (one) => one.namespace === of.namespace && one.kind === of.kind && one.owner === of.owner,
  );
  return Math.max(0, (before?.step ?? 0) - from);
}

const isSame = (one: { namespace: string; pod: string }, other: { namespace: string; pod: string }): boolean =>
  one.namespace === other.namespace && one.pod === other.pod;

type Other = Readonly<Record<OtherView, readonly Json[]>>;

const NOTHING: Other = {
  components: COMPONENTS.map((name) => ({ name, up: true })),
  faults: [],
  trainings: [],
  runs: [],
  requests: [],
};

/** What has been told so far, and what that makes of the next telling. */
export class Telling {
  #known = new Map<string, { view: ObjectView; key: string; object: ApiObject }>();
  #others = NOTHING;

  constructor(from?: Telling) {
    if (!from) return;
    this.#known = new Map(from.#known);
    this.#others = from.#others;
  }

  /** Everything that is known now, as changes of one moment. */
  all(atMs: number): Change[] {
    const objects = [...this.#known.values()].map((one): Change => ({ atMs, kind: 'put', by: '', ...one }));
    const others = (Object.keys(NOTHING) as OtherView[]).map((view): Change => ({
      atMs,
      kind: 'view',
      view,
      items: this.#others[view],
    }));
    return [...objects, ...others];
  }

  changes({ events, happenings, whole, atMs }: StoryView): Change[] {
    const gone = whole ? [] : this.#missing(events, atMs);
    const told = [
      ...happenings.flatMap((one) => this.#happened(one)),
      ...gone,
      ...events.flatMap((one) => this.#wrote(one)),
    ];
    /* Sorting is stable: of one moment, what happened comes before what was written. */
    return told.sort((left, right) => left.atMs - right.atMs);
  }

  #wrote({ atMs, type, resource, key, object, by }: StoryEvent): Change[] {
    const view = VIEW_OF.get(resource);
    if (!view) return [];
    if (type === 'DELETED') this.#known.delete(`${view} ${key}`);
    else this.#known.set(`${view} ${key}`, { view, key, object });
    const written = { atMs, view, key, object, by };
    return [type === 'DELETED' ? { kind: 'gone', ...written } : { kind: 'put', ...written }];
  }

  /** What was there and is not in a list of everything. */
  #missing(events: readonly StoryEvent[], atMs: number): Change[] {
    const there = new Set(events.map(({ resource, object }) => `${VIEW_OF.get(resource) ?? ''} ${objectKey(object)}`));
    const missing = [...this.#known].filter(([id]) => !there.has(id));
    for (const [id] of missing) this.#known.delete(id);
    return missing.map(([, one]) => ({ atMs, kind: 'gone', by: '', ...one }));
  }

  #happened(happening: Happening): Change[] {
    const { atMs, kind } = happening;
    switch (kind) {
      case 'request':
      case 'world':
        return [{ atMs, kind: 'deed' }];
      case 'fault':
        return [{ atMs, kind: 'deed' }, ...this.#fault(atMs, happening.fault)];
      case 'repair':
        return [this.#component(atMs, happening.component, true)];
      case 'training':
        return this.#training(happening);
      case 'traffic': {
        const { from, service, code, ok, failure } = happening;
        return [
          this.#set('requests', atMs, [
            ...this.#others.requests.slice(1 - TRAFFIC_KEPT),
            { atMs, from, service, code, ok, failure },
          ]),
        ];
      }
    }
  }

  #fault(atMs: number, fault: Fault): Change[] {
    const change = this.#set('faults', atMs, [...this.#others.faults, { ...fault, atMs } as unknown as Json]);
    if (fault.type !== 'ComponentDown' && fault.type !== 'ComponentUp') return [change];
    return [change, this.#component(atMs, fault.component, fault.type === 'ComponentUp')];
  }

  #component(atMs: number, name: string, up: boolean): Change {
    return this.#set(
      'components',
      atMs,
      COMPONENTS.map((one, index) => (one === name ? { name, up } : this.#others.components[index]!)),
    );
  }

  /** One entry a Pod that trains, the latest; and one a start of the program. */
  #training({ atMs, pod, owner, uid, run, from, step, loss, r2 }: Happening & { kind: 'training' }): Change[] {
    const [kind = '', path = ''] = owner.split(' ');
    const { namespace, name } = splitKey(pod);
    const entry = { namespace, pod: name, kind, owner: splitKey(path).name, step, loss, r2, atMs };
    const others = this.#others.trainings.filter((one) => !isSame(one as typeof entry, entry));
    const training = this.#set('trainings', atMs, [...others, entry]);
    const runs = this.#others.runs as unknown as readonly Run[];
    const at = runs.findIndex((one) => one.run === run);
    const begun = runs[at] ?? { run, uid, from, lost: lostBy(runs, entry, from), beganMs: atMs };
    const all = at < 0 ? [...runs, { ...begun, ...entry }] : runs.with(at, { ...begun, ...entry } as Run);
    return [training, this.#set('runs', atMs, all.slice(-RUNS_KEPT) as unknown as Json[])];
  }

  #set(view: OtherView, atMs: number, items: readonly Json[]): Change {
    this.#others = { ...this.#others, [view]: items };
    return { atMs, kind: 'view', view, items };
  }
}
