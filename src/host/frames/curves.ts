import { readTrainingResult } from '../../api/training-checkpoint';
import type { Input } from '../../kernel/input';
import type { CurvePiece } from '../../protocol/frame';
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

  /** Curves are told from the beginning again. */
  reset(): void {
    this.#runs.clear();
    this.#trained.clear();
    this.#taken = 0;
  }

  /** Remembers whose Pod a uid names. */
  know(row: PodRow): void {
    if (this.#subjects.has(row.pod.metadata.uid)) return;
    const { detail } = row;
    const owner = `${detail.ownerKind} ${detail.ownerName}`;
    const claims = detail.claims.map((claim) => `${detail.namespace}/${claim}`);
    this.#subjects.set(detail.uid, { pod: row.key, owner, hue: detail.hue, claims });
    if (this.#subjects.size > SUBJECTS_KEPT) this.#subjects.delete(this.#subjects.keys().next().value!);
  }

  /** The pieces that the inputs up to `applied` add to what was taken before. */
  take(inputs: readonly Input[], applied: number): CurvePiece[] {
    const open: Open[] = [];
    for (const input of inputs.slice(this.#taken, applied)) if (input.kind === 'training') this.#add(open, input);
    this.#taken = Math.max(this.#taken, applied);
    return open.map(({ points, claims: _claims, ...piece }) => ({
      ...piece,
      points: Float64Array.from(points),
      checkpoints: [],
    }));
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

  /** A run is named `UID/CONTAINER/ATTEMPT/PROCESS/step-N`. */
  #add(open: Open[], input: Input & { kind: 'training' }): void {
    const [uid = '', container = '', attempt = '', , first = ''] = input.run.split('/');
    const subject = this.#subjects.get(uid);
    const result = readTrainingResult(input.result);
    if (!subject || !result || result.failure !== undefined) return;
    this.#trained.delete(subject.pod);
    this.#trained.set(subject.pod, { subject, backend: result.backend });
    const run = `${uid}/${container}/${attempt}`;
    const begins = this.#runs.get(subject.pod) !== run;
    let piece = open.findLast((one) => one.pod === subject.pod);
    if (begins || !piece || piece.backend !== result.backend) {
      const start = Number(first.slice('step-'.length)) || 0;
      open.push(
        (piece = { ...subject, points: [], backend: result.backend, ...(begins ? { resumedFrom: start } : {}) }),
      );
      this.#runs.set(subject.pod, run);
    }
    for (const [step, loss] of result.curve ?? [[result.state.t - 1, result.loss]])
      piece.points.push(step, loss, input.atMs);
  }
}
