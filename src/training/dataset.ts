import type { BuiltInDataset, TrainingConfig, TrainingData } from '../api/training';
import { BUILT_IN_DATASETS, isBuiltInDataset } from '../api/training';
import { parseTrainingCsv } from '../api/training-csv';
import type { RandomState } from '../base/random';
import { nextBetween, nextFraction, seedRandom } from '../base/random';

const LINE = { slope: 2.4, intercept: 1.1, noise: 0.25, reach: 2 };
/** Only every fifth feature of the wide set matters, so that an L1 penalty has something to find. */
const WIDE = { informativeEvery: 5, weight: 3, intercept: 0.5, noise: 0.5 };

/** The rows a run trains on, or what is wrong with them. `csv` is the text of the file that the config names. */
export function loadDataset(config: TrainingConfig, csv: string | undefined): TrainingData | string {
  if (isBuiltInDataset(config.dataset)) return generate(config.dataset, config.seed);
  if (csv === undefined) return `${config.dataset}: no such file`;
  const parsed = parseTrainingCsv(csv);
  return 'error' in parsed ? `${config.dataset}: ${parsed.error}` : parsed.data;
}

/** Additions and multiplications only: no function whose last bit differs from one engine to the next. */
function generate(name: BuiltInDataset, seed: number): TrainingData {
  const { rows, features } = BUILT_IN_DATASETS[name];
  const data = { rows, features, x: new Float32Array(rows * features), y: new Float32Array(rows) };
  FILLERS[name](data, seedRandom(seed, streamOf(name)));
  return data;
}

const streamOf = (name: BuiltInDataset): string => `dataset ${name}`;

const FILLERS: Record<BuiltInDataset, (data: TrainingData, random: RandomState) => void> = {
  /** Features and target are noise: there is nothing to learn but the mean. */
  'random-100x5': ({ x, y }, random) => {
    for (let index = 0; index < x.length; index++) x[index] = nextFraction(random);
    for (let row = 0; row < y.length; row++) y[row] = nextFraction(random);
  },
  'line-1000': ({ x, y }, random) => {
    for (let row = 0; row < y.length; row++) {
      const at = nextBetween(random, -LINE.reach, LINE.reach);
      x[row] = at;
      y[row] = LINE.slope * at + LINE.intercept + LINE.noise * nextBell(random);
    }
  },
  'wide-10000x50': ({ features, x, y }, random) => {
    const weights = wideWeights(features, random);
    for (let row = 0; row < y.length; row++) {
      let sum = WIDE.intercept;
      for (let feature = 0; feature < features; feature++) {
        const value = nextBetween(random, -1, 1);
        x[row * features + feature] = value;
        sum += value * weights[feature]!;
      }
      y[row] = sum + WIDE.noise * nextBell(random);
    }
  },
};

/** The first numbers that the wide set draws. */
function wideWeights(features: number, random: RandomState): Float64Array {
  const weights = new Float64Array(features);
  for (let feature = 0; feature < features; feature += WIDE.informativeEvery) {
    weights[feature] = nextBetween(random, -WIDE.weight, WIDE.weight);
  }
  return weights;
}

/** The weights that made the targets of a data set; of noise, what is best for it: the mean. Null for a file's rows. */
export function trueWeights({
  dataset,
  seed,
}: Pick<TrainingConfig, 'dataset' | 'seed'>): { coef: number[]; intercept: number } | null {
  if (!isBuiltInDataset(dataset)) return null;
  const { features } = BUILT_IN_DATASETS[dataset];
  if (dataset === 'line-1000') return { coef: [LINE.slope], intercept: LINE.intercept };
  if (dataset === 'random-100x5') return { coef: new Array<number>(features).fill(0), intercept: 0.5 };
  return { coef: [...wideWeights(features, seedRandom(seed, streamOf(dataset)))], intercept: WIDE.intercept };
}

/** Nearly normal, mean 0 and deviation 1: the sum of twelve uniform numbers. */
function nextBell(random: RandomState): number {
  let sum = -6;
  for (let draw = 0; draw < 12; draw++) sum += nextFraction(random);
  return sum;
}
