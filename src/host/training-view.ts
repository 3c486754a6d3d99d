import type { TrainingConfig, TrainingRequest, TrainingResult } from '../api/training';
import { planTraining } from '../api/training';
import { trainingOwner } from '../api/training-owner';
import type { Pod } from '../api/objects';
import { hashState } from '../base/state';
import { readTrainingResult } from '../api/training-checkpoint';
import type { Input } from '../kernel/input';
import { containerOf } from '../kernel/machinery/training-queue';
import type { TrainingLine, TrainingRows, TrainingView, WeightsAt } from '../protocol/control';
import { loadDataset, trueWeights } from '../training/dataset';
import { learningRate } from '../training/schedule';
import { inputsOf } from './document';
import { hasTrained, pointsOf } from './frames/curves';
import { topOwner } from './frames/owners';
import type { Session } from './session';
import { sharedPart } from './timeline';

type TrainingInput = Input & { kind: 'training' };

/** Earlier weights are those of a half, a quarter … of the steps: a fit moves most at first. */
const EARLIER = [16, 8, 4, 2];
const ROWS_SHOWN = 160;
const POINTS_A_RUN = 400;

/**
 * The weights of an owner's training at the moment that is looked at, and some that came before; null before the first.
 * `atMs`: as of another moment of this branch, be it ahead.
 */
export function trainingView(session: Session, owner: string, atMs?: number): TrainingView | null {
  const { timeline } = session;
  const until =
    atMs === undefined
      ? timeline.inputs.slice(0, timeline.applied)
      : timeline.inputs.filter((input) => input.atMs <= atMs);
  const inputs = ofOwner(session, until, owner);
  const last = lastTrained(inputs);
  const config = last && configOf(session, last.input.run);
  if (!last) return null;
  const now = weightsOf(last);
  const weights = [...EARLIER.flatMap((part) => weightsAtStep(inputs, now.step / part) ?? []), now];
  return {
    container: nameOf(last.input.run, config),
    learningRate: config ? learningRate(config, last.result.state) : null,
    weights: weights.filter((one, index) => one.step > (weights[index - 1]?.step ?? 0)),
  };
}

/** The rows that an owner's training learns from, some of many, and the weights that made them, where those are known. */
export function trainingRows(session: Session, owner: string): TrainingRows | null {
  const { timeline, cluster } = session;
  const last = lastTrained(ofOwner(session, timeline.inputs.slice(0, timeline.applied), owner));
  const request =
    last && (cluster.training.latestOf(containerOf(last.input.run))?.request as unknown as TrainingRequest);
  if (!request) return null;
  const { config, csv } = request;
  const data = loadDataset(config, csv);
  if (typeof data === 'string') return null;
  const every = Math.max(1, data.rows / ROWS_SHOWN);
  const shown = Array.from({ length: Math.min(data.rows, ROWS_SHOWN) }, (_, index) => Math.floor(index * every));
  const { features } = data;
  return {
    container: nameOf(last.input.run, config),
    config,
    plan: planTraining(config, data),
    x: shown.flatMap((row) => [...data.x.subarray(row * features, (row + 1) * features)]),
    y: shown.map((row) => data.y[row]!),
    truth: trueWeights(config),
  };
}

/** An owner's curves elsewhere: on other branches since they left this one, and on this one after the moment shown. */
export function trainingLines(session: Session, owner: string): TrainingLine[] {
  const { document, timeline, branch } = session;
  const lines: TrainingLine[] = [];
  for (const { id, name, parent } of document.branches) {
    const here = id === branch.id;
    const inputs = here ? timeline.inputs : inputsOf(document, id);
    const shared = here ? timeline.applied : sharedPart(timeline.inputs, inputs).shared;
    const runs = runsOf(session, inputs, shared, owner);
    if (runs.length > 0) lines.push({ branch: id, name, trunk: parent === null, ahead: here, runs });
  }
  return lines;
}

function runsOf(session: Session, inputs: readonly Input[], shared: number, owner: string): number[][] {
  const runs: { run: string; points: number[] }[] = [];
  const before = lastTrained(ofOwner(session, inputs.slice(0, shared), owner));
  if (before) runs.push({ run: attemptOf(before.input.run), points: tripled(before).slice(-3) });
  for (const input of ofOwner(session, inputs.slice(shared), owner)) {
    const trained = readTrained(input);
    if (!trained) continue;
    const run = attemptOf(input.run);
    const open = runs.at(-1);
    if (open?.run === run) open.points.push(...tripled(trained));
    else runs.push({ run, points: tripled(trained) });
  }
  /* The point that was shared begins the line of a run that goes on, and is none by itself. */
  if (before && runs[0]!.points.length <= 3) runs.shift();
  return runs.map(({ points }) => thinned(points));
}

const attemptOf = (run: string): string => run.split('/', 3).join('/');

const tripled = ({ input, result }: Trained): number[] =>
  pointsOf(result).flatMap(([step, loss]) => [step, loss, input.atMs]);

/** Every so many points, and the last. */
function thinned(points: readonly number[]): number[] {
  const count = points.length / 3;
  const every = Math.ceil(count / POINTS_A_RUN);
  return points.filter((_, at) => Math.floor(at / 3) % every === 0 || Math.floor(at / 3) === count - 1);
}

interface Trained {
  input: TrainingInput;
  result: TrainingResult;
}

function readTrained(input: TrainingInput): Trained | undefined {
  const result = readTrainingResult(input.result);
  return result && hasTrained(result) ? { input, result } : undefined;
}

function lastTrained(inputs: readonly TrainingInput[]): Trained | undefined {
  for (let index = inputs.length - 1; index >= 0; index--) {
    const trained = readTrained(inputs[index]!);
    if (trained) return trained;
  }
  return undefined;
}

/** Tells a container and how it was configured: on another branch the same uid may be another Pod's. */
const nameOf = (run: string, config: TrainingConfig | undefined): string =>
  `${containerOf(run)}/${config ? hashState(config).toString(16) : ''}`;

const weightsOf = ({ input, result }: Trained): WeightsAt => ({
  step: result.state.t - 1,
  atMs: input.atMs,
  coef: result.state.coef,
  intercept: result.state.intercept,
});

/** The latest weights of at most so many steps. */
function weightsAtStep(inputs: readonly TrainingInput[], step: number): WeightsAt | undefined {
  for (let index = inputs.length - 1; index >= 0; index--) {
    const { result } = inputs[index]! as { result: { state?: { t?: unknown } } | null };
    if (!(Number(result?.state?.t) - 1 <= step)) continue;
    const trained = readTrained(inputs[index]!);
    if (trained) return weightsOf(trained);
  }
  return undefined;
}

function configOf(session: Session, run: string): TrainingConfig | undefined {
  const request = session.cluster.training.latestOf(containerOf(run))?.request as unknown as
    TrainingRequest | undefined;
  return request?.config;
}

/** The training among inputs that is this owner's. Inputs that do not say whose they are are asked of their Pods. */
function ofOwner(session: Session, inputs: readonly Input[], owner: string): TrainingInput[] {
  let owners: Map<string, string> | undefined;
  const ownerOf = ({ of, run }: TrainingInput): string | undefined => {
    if (of) return of.owner;
    owners ??= ownersByUid(session);
    return owners.get(run.slice(0, run.indexOf('/')));
  };
  return inputs.filter((input): input is TrainingInput => input.kind === 'training' && ownerOf(input) === owner);
}

function ownersByUid({ cluster }: Session): Map<string, string> {
  const owners = new Map<string, string>();
  for (const object of cluster.store.all('pods').values()) {
    const { kind, name } = topOwner(cluster, object as Pod);
    owners.set(object.metadata.uid, trainingOwner(kind, object.metadata.namespace, name));
  }
  return owners;
}
