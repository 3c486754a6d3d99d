import type { SchedulingRecord } from '../../api/scheduling';
import type { Lesson, LessonFiles, Problem } from '../../lesson/format/lesson';
import type { ReadLesson } from '../../lesson/format/read-lesson';
import type { Library } from '../../lesson/library';
import { startLesson } from '../../lesson/script/start-lesson';
import { ScriptPlayer } from '../../lesson/script/player';
import { readScript, readScripts, type Step } from '../../lesson/script/script';
import { LessonRun } from '../../lesson/watch/lesson-run';
import type { LessonState } from '../../lesson/watch/state';
import { linkProblems } from './links';
import { LocalCluster } from './local-cluster';

/** Placements are looked at on so many seeds, the lesson's own among them. */
const SEEDS = 3;

type Whole = Extract<ReadLesson, { lesson: Lesson }>;

interface Scripts {
  readonly solution: readonly Step[];
  readonly otherWays: readonly (readonly Step[])[];
  readonly notEnough: readonly (readonly Step[])[];
}

/** Proves a lesson: all that is wrong with it, with file and line; nothing where it is as it should be. */
export async function proveLesson(library: Library, slug: string): Promise<Problem[]> {
  const read = await library.lesson(slug);
  if (!read.lesson) return [...read.problems];
  const files = await library.files(slug);
  const problems: Problem[] = [];
  const scripts = readAll(files, problems);
  if (problems.length > 0) return problems;
  return new Proof(library, read, scripts).run();
}

function readAll(files: LessonFiles, problems: Problem[]): Scripts {
  const some = (name: string): readonly (readonly Step[])[] => {
    const scripts = readScripts(files[name] ?? '', name, problems);
    if (scripts.length === 0) problems.push({ file: name, line: 1, message: 'there is no script here' });
    return scripts;
  };
  const solution = readScript(files['solution.txt'] ?? '', 'solution.txt', problems);
  if (solution.length === 0) problems.push({ file: 'solution.txt', line: 1, message: 'there is no script here' });
  return { solution, otherWays: some('other-ways.txt'), notEnough: some('not-enough.txt') };
}

/** A lesson that has begun on a cluster of its own. */
interface Begun {
  readonly cluster: LocalCluster;
  readonly run: LessonRun;
}

class Proof {
  readonly #problems: Problem[] = [];

  constructor(
    private readonly library: Library,
    private readonly read: Whole,
    private readonly scripts: Scripts,
  ) {}

  async run(): Promise<Problem[]> {
    const { solution, otherWays, notEnough } = this.scripts;
    await this.#solves(solution, 'solution.txt', 0, true);
    for (let seed = 1; seed < SEEDS && this.read.lesson.placements.length > 0; seed++)
      await this.#solves(solution, 'solution.txt', seed, false);
    for (const script of otherWays) await this.#solves(script, 'other-ways.txt', 0, false);
    for (const script of notEnough) await this.#fallsShort(script);
    return this.#problems;
  }

  #report(file: string, line: number, message: string): void {
    this.#problems.push({ file, line, message });
  }

  /** A script reaches every goal; the first time everything that pages speak of is looked for, and a replay is compared. */
  async #solves(script: readonly Step[], file: string, otherSeed: number, first: boolean): Promise<void> {
    const begun = await this.#begin(otherSeed);
    if (!begun) return;
    const { cluster, run } = begun;
    try {
      const seen = first ? linkProblems(this.library, this.read.lesson) : undefined;
      if (first) this.#checkStart(run.state);
      await seen?.look(cluster);
      const player = new ScriptPlayer(cluster, run, async (state) => {
        this.#checkReasons(state, file);
        await seen?.look(cluster);
      });
      const problem = await player.play(script, file);
      if (problem) return void this.#problems.push(this.#onSeed(problem, otherSeed));
      this.#checkEnd(run.state, file, script.at(-1)?.line ?? 1);
      await this.#checkPlacements(begun, file, otherSeed);
      if (!first) return;
      this.#problems.push(...seen!.problems());
      await this.#checkReplay(cluster);
    } finally {
      cluster.close();
    }
  }

  /** A plausible wrong way does not reach every goal, and shows a reason that the script names. */
  async #fallsShort(script: readonly Step[]): Promise<void> {
    const file = 'not-enough.txt';
    const line = script[0]!.line;
    if (!script.some((step) => step.do === 'open' || step.do === 'failing'))
      this.#report(file, line, 'a wrong way says which goal stays open, and with which reason: open GOAL "words"');
    const begun = await this.#begin(0);
    if (!begun) return;
    const problem = await new ScriptPlayer(begun.cluster, begun.run).play(script, file);
    if (problem) this.#problems.push(problem);
    else if (begun.run.state.done) this.#report(file, line, 'this way reaches every goal');
    begun.cluster.close();
  }

  async #begin(otherSeed: number): Promise<Begun | undefined> {
    const cluster = await LocalCluster.open();
    try {
      await startLesson(this.library, cluster, this.read.lesson, otherSeed);
      return { cluster, run: await LessonRun.begin(cluster.client, this.read.lesson, this.read.cel) };
    } catch (error) {
      this.#report('start.yaml', 1, (error as Error).message);
      cluster.close();
      return undefined;
    }
  }

  #checkStart({ goals }: LessonState): void {
    for (const { id, met } of goals) if (met) this.#report('goal.yaml', 1, `goal ${id} is met at the start`);
    this.#checkReasons({ goals } as LessonState, 'goal.yaml');
  }

  #checkReasons({ goals }: Pick<LessonState, 'goals'>, file: string): void {
    for (const { id, met, because } of goals) {
      const message = `while ${file} runs, goal ${id} is open and gives no reason`;
      const told = this.#problems.some((one) => one.message === message);
      if (!met && because === '' && !told) this.#report('goal.yaml', 1, message);
    }
  }

  #checkEnd({ goals, predictions, done, moments }: LessonState, file: string, line: number): void {
    for (const { id, met, because } of goals) if (!met) this.#report(file, line, `goal ${id} is not met: ${because}`);
    if (!done) return;
    if (file !== 'solution.txt') return;
    for (const { prediction, outcome } of predictions) {
      if (!outcome) this.#report(file, line, `prediction ${prediction.id} has no outcome at the end`);
      else if (outcome.choices.length === 0 || outcome.choices[0] === '')
        this.#report('goal.yaml', 1, `prediction ${prediction.id}: what came is none of its choices`);
      else if (outcome.because === '')
        this.#report('goal.yaml', 1, `prediction ${prediction.id} does not say what happened`);
      else if (!/[.?]$/.test(outcome.because))
        this.#report('goal.yaml', 1, `prediction ${prediction.id} says what happened without an end to its sentence`);
    }
    if (moments.length < this.read.lesson.recap.moments.length)
      this.#report('goal.yaml', 1, 'some moment of the recap has not come by the solution');
  }

  /** Another way may do without the Pods whose placement the lesson speaks of. */
  async #checkPlacements({ cluster, run }: Begun, file: string, otherSeed: number): Promise<void> {
    for (const { pods, points } of this.read.lesson.placements) {
      const names = run.names(pods);
      if (names.length === 0 && file === 'solution.txt')
        this.#report('goal.yaml', 1, 'placements names no Pod at the end of the solution');
      for (const name of names) {
        const lead = await leadOf(cluster, `${this.read.lesson.start.namespace}/${name}`);
        if (lead >= points) continue;
        this.#report(
          'goal.yaml',
          1,
          `Pod ${name} won its node by ${lead} points, less than ${points}${seedWords(otherSeed)}`,
        );
      }
    }
  }

  async #checkReplay(cluster: LocalCluster): Promise<void> {
    const text = async (path: string): Promise<string> =>
      JSON.stringify((await cluster.client.request({ method: 'GET', path })).body);
    /* A result of training may come in between two requests: hash and document are taken until they are of one moment. */
    let hash: string;
    let document: string;
    do {
      hash = await text('/podium/v1/hash');
      document = await text('/podium/v1/document');
    } while (hash !== (await text('/podium/v1/hash')));
    const again = await LocalCluster.open();
    await again.simulation.openText('lesson', document);
    const replayed = JSON.stringify((await again.client.request({ method: 'GET', path: '/podium/v1/hash' })).body);
    again.close();
    if (replayed !== hash) this.#report('solution.txt', 1, 'replayed from its journal, the cluster is another one');
  }

  #onSeed(problem: Problem, otherSeed: number): Problem {
    return { ...problem, message: problem.message + seedWords(otherSeed) };
  }
}

const seedWords = (otherSeed: number): string => (otherSeed === 0 ? '' : ` (with the seed + ${otherSeed})`);

/** By how many points a Pod's node was ahead of the next best; infinite where no other node fits. */
async function leadOf({ client }: LocalCluster, pod: string): Promise<number> {
  const { body } = await client.request({ method: 'GET', path: '/podium/v1/scheduling', query: { pod } });
  const records = (body as unknown as { items: SchedulingRecord[] }).items;
  const placed = records.findLast(({ outcome }) => outcome === 'Scheduled');
  if (!placed) return 0;
  const [best, next] = placed.scores;
  return best && next ? best.total - next.total : Infinity;
}
