import type { TrainingResult } from '../../api/training';
import { readTrainingResult } from '../../api/training-checkpoint';
import { trainingOwner } from '../../api/training-owner';
import { CONVENTIONS } from '../../kernel/images/conventions';
import { parseImage } from '../../kernel/images/reference';
import type { Input } from '../../kernel/input';
import type { CurvePiece } from '../../protocol/frame';
import { stretchOf } from '../training-run';
import type { PodRow } from './pod-table';

/** Whose curve it is; remembered after the Pod is gone, since its curve stays. */
interface Subject {
  pod: string;
  owner: string;
  hue: number;
  /** `namespace/name` of the claims it mounts, on which its checkpoints appear. */
  claims: readonly string[];
}

interface Open extends Subject {
  points: number[];
  backend: string;
  resumedFrom?: number;
}

const SUBJECTS_KEPT = 4_000;

/** Turns training results of the journal into pieces of loss curves. */
export class Curves {
  readonly #subjects = new Map<string, Subject>();
  /** The container run whose points came last, by Pod. */
  readonly #runs = new Map<string, string>();
  /** What trained, by Pod, the latest last, and on which backend. */
  readonly #trained = new Map<string, { subject: Subject; backend: string }>();
  #taken = 0;
  /** Pods that will train, whose owners' curves no frame has told of yet. */
  #waiting = new Map<string, Subject>();
  #told = new Set<string>();

  /** Curves are told from the beginning again. */
  reset(): void {
    this.#waiting.clear();
    this.#told.clear();
    this.#runs.clear();
    this.#trained.clear();
    this.#taken = 0;
  }

  /** Remembers whose Pod a uid names. */
  know(row: PodRow): void {
    const { detail } = row;
    const owner = trainingOwner(detail.ownerKind, detail.namespace, detail.ownerName);
    const kept = this.#subjects.get(row.pod.metadata.uid);
    /* On another branch the same uid may be another Pod's. */
    const known = kept?.pod === row.key && kept.owner === owner ? kept : undefined;
    if (known && (this.#told.has(owner) || this.#waiting.has(owner))) return;
    const claims = detail.claims.map((claim) => `${detail.namespace}/${claim}`);
    const subject = known ?? { pod: row.key, owner, hue: detail.hue, claims };
    if (!this.#told.has(owner) && trains(row)) this.#waiting.set(owner, subject);
    this.#subjects.set(detail.uid, subject);
    if (this.#subjects.size > SUBJECTS_KEPT) this.#subjects.delete(this.#subjects.keys().next().value!);
  }

  /** The pieces that the inputs up to `applied` add to what was taken before. */
  take(inputs: readonly Input[], applied: number): CurvePiece[] {
    const open: Open[] = [];
    for (const input of inputs.slice(this.#taken, applied)) if (input.kind === 'training') this.#add(open, input);
    this.#taken = Math.max(this.#taken, applied);
    this.#announce(open);
    return open.map(({ points, claims: _claims, ...piece }) => ({
      ...piece,
      points: Float64Array.from(points),
      checkpoints: [],
    }));
  }

  /** Of whom nothing has been told an empty piece says that there will be a curve. */
  #announce(open: Open[]): void {
    for (const { owner } of open) this.#told.add(owner);
    for (const [owner, subject] of this.#waiting) {
      if (!this.#told.has(owner)) open.unshift({ ...subject, points: [], backend: '' });
      this.#told.add(owner);
    }
    this.#waiting.clear();
  }

  /** Whose run it is. A document that was opened again knows its lost Pods by what its inputs say of them. */
  #subjectOf(uid: string, { of }: Input & { kind: 'training' }): Subject | undefined {
    const known = this.#subjects.get(uid);
    if (!of || (known?.pod === of.pod && known.owner === of.owner)) return known;
    const alike = [...this.#subjects.values()].find((one) => one.owner === of.owner);
    const subject = { ...of, hue: alike?.hue ?? 0, claims: alike?.claims ?? [] };
    this.#subjects.set(uid, subject);
    return subject;
  }

  /**
   * Gives new checkpoints on a claim's volume to the runs that may have written them: those among `pieces`, else the one
   * that trained last, for which an empty piece is added.
   */
  tellCheckpoints(pieces: CurvePiece[], claim: string, steps: readonly number[]): void {
    const writers = [...this.#trained.values()].filter(({ subject }) => subject.claims.includes(claim));
    const told = pieces.filter((piece) => writers.some(({ subject }) => subject.pod === piece.pod));
    for (const piece of told) piece.checkpoints.push(...steps);
    const last = writers.at(-1);
    if (told.length > 0 || !last) return;
    const { pod, owner, hue } = last.subject;
    pieces.push({ pod, owner, hue, backend: last.backend, points: new Float64Array(), checkpoints: [...steps] });
  }

  #add(open: Open[], input: Input & { kind: 'training' }): void {
    const { uid, run, from } = stretchOf(input.run);
    const subject = this.#subjectOf(uid, input);
    const result = readTrainingResult(input.result);
    if (!subject || !result || !hasTrained(result)) return;
    this.#trained.delete(subject.pod);
    this.#trained.set(subject.pod, { subject, backend: result.backend });
    const begins = this.#runs.get(subject.pod) !== run;
    let piece = open.findLast((one) => one.pod === subject.pod);
    if (begins || !piece || piece.backend !== result.backend) {
      open.push(
        (piece = { ...subject, points: [], backend: result.backend, ...(begins ? { resumedFrom: from } : {}) }),
      );
      this.#runs.set(subject.pod, run);
    }
    for (const [step, loss] of pointsOf(result)) piece.points.push(step, loss, input.atMs);
  }
}

/** Whether a result is of training: an evaluation does no step, and a failure none either. */
export function hasTrained(result: TrainingResult): boolean {
  return result.failure === undefined && result.steps > 0;
}

/** The step and the loss of each point that a result adds to its curve. */
export function pointsOf({ curve, state, loss }: TrainingResult): readonly (readonly [number, number])[] {
  return curve ?? [[state.t - 1, loss]];
}

/** Whether one of a Pod's images is the training program. */
function trains({ pod }: PodRow): boolean {
  return pod.spec.containers.some(({ image = '' }) => {
    const reference = parseImage(image);
    return !('problem' in reference) && CONVENTIONS.podium.images[reference.familiar]?.program === 'sgd-regressor';
  });
}
