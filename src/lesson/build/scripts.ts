import type { ApiObject } from '../../api/objects';
import { isMap } from '../../api/json';
import type { LessonFiles } from '../format/lesson';
import type { Play } from './play';
import { deedLines, type DeedLines, type NewNames } from './solution';
import { reasonsBefore, type TriedGoal } from './trial';

/** The scripts of a lesson, from what its author did: the solution, other ways that must pass, and one that must not. */
export interface Scripts {
  readonly files: LessonFiles;
  /** What of the play no script can do. */
  readonly problems: readonly string[];
  /** What somebody types on the way to a goal, by its id. */
  readonly codes: ReadonlyMap<string, string>;
}

type MetGoal = TriedGoal & { readonly metAtMs: number };

/** `files` is the lesson without its scripts, and `goals` how its goals stood while it was played. */
export function scriptsOf(play: Play, files: LessonFiles, goals: readonly TriedGoal[]): Scripts {
  const met = goals
    .filter((goal): goal is MetGoal => goal.metAtMs !== undefined)
    .sort((left, right) => left.metAtMs - right.metAtMs);
  const lines = deedLines(play);
  return {
    files: {
      'solution.txt': scriptText(stepsOf(play, lines, met)),
      'other-ways.txt': otherWays(play, met),
      'not-enough.txt': notEnough(play, files, lines, met),
    },
    problems: lines.flatMap(({ problem }) => (problem === undefined ? [] : [problem])),
    codes: codesOf(lines, met),
  };
}

const scriptText = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

/** Deeds with the time between them; for each goal is waited where it came. */
function stepsOf({ startMs }: Play, deeds: readonly DeedLines[], goals: readonly MetGoal[]): string[] {
  const steps: string[] = [];
  const left = [...goals];
  let atMs = startMs;
  for (const deed of deeds) {
    while (left[0] && left[0].metAtMs < deed.atMs) {
      const goal = left.shift()!;
      steps.push(`wait goal ${goal.id}${within(goal.metAtMs - atMs)}`);
      atMs = Math.max(atMs, goal.metAtMs);
    }
    const gapS = Math.round((deed.atMs - atMs) / 1000);
    if (gapS > 0 && steps.length + deed.lines.length > 0) steps.push(`wait ${gapS}s`);
    steps.push(...deed.lines);
    atMs = deed.atMs;
  }
  return [...steps, ...left.map((goal) => `wait goal ${goal.id}${within(goal.metAtMs - atMs)}`)];
}

/** Ten minutes are what a script waits for unless it says otherwise. */
const within = (ms: number): string => (ms < 300_000 ? '' : ` within ${Math.ceil(ms / 30_000)}m`);

/** What is not named by others may have another name. */
const RENAMED: ReadonlySet<string> = new Set(['Deployment', 'Job', 'Pod', 'ReplicaSet', 'CronJob', 'DaemonSet']);
const BESIDE = 'kubectl create configmap beside --from-literal=this=counts-for-nothing';

function otherWays(play: Play, goals: readonly MetGoal[]): string {
  const names = newNames(play);
  const beside = ['# Something else is there, too.', BESIDE, ...stepsOf(play, deedLines(play), goals)];
  if (names.size === 0) return scriptText(beside);
  const renamed = ['# Everything has another name.', ...stepsOf(play, deedLines(play, names), goals)];
  return `${scriptText(renamed)}---\n${scriptText(beside)}`;
}

/** Other names for what the author made. */
function newNames({ deeds }: Play): NewNames {
  const names = new Map<string, string>();
  for (const deed of deeds) {
    if (deed.kind !== 'request' || deed.request.method !== 'POST' || !isMap(deed.request.body)) continue;
    const { kind, metadata } = deed.request.body as unknown as Partial<ApiObject>;
    /* An autoscaler says whom it scales by name. */
    if (kind === 'HorizontalPodAutoscaler') return new Map();
    if (kind && RENAMED.has(kind) && metadata?.name) names.set(`${kind}/${metadata.name}`, `my-${metadata.name}`);
  }
  return names;
}

/** Everything but the last thing that the last goal waited for. */
function notEnough(play: Play, files: LessonFiles, deeds: readonly DeedLines[], goals: readonly MetGoal[]): string {
  const last = deeds.findLast(({ atMs, lines }) => lines.length > 0 && goals.some(({ metAtMs }) => metAtMs >= atMs));
  const stopMs = last?.atMs ?? play.startMs;
  const reasons = reasonsBefore(play, files, stopMs);
  const open = goals.find(({ id, metAtMs }) => metAtMs >= stopMs && id in reasons);
  if (!open) return scriptText(['# A wrong way: its steps, then which goal stays open, and a part of its reason.']);
  const before = goals.filter(({ metAtMs }) => metAtMs < stopMs);
  const done = deeds.filter(({ atMs }) => atMs < stopMs);
  const words = wordsOf(reasons[open.id]!, play);
  return scriptText(['# The last step is left out.', ...stepsOf(play, done, before), `open ${open.id} "${words}"`]);
}

/** The longest part of a reason in which no Pod is named: in another run Pods have other names. */
function wordsOf(reason: string, { start, changes }: Play): string {
  const names = [...start, ...changes].flatMap((change) =>
    change.kind === 'put' && change.view === 'pods' ? [change.object.metadata.name] : [],
  );
  const parts = [...new Set(names)].reduce((all, name) => all.flatMap((part) => part.split(name)), reason.split('"'));
  return parts
    .map((part) => part.trim())
    .reduce((longest, part) => (part.length > longest.length ? part : longest), '');
}

/** The deeds since the goal before. */
function codesOf(deeds: readonly DeedLines[], goals: readonly MetGoal[]): Map<string, string> {
  let fromMs = -Infinity;
  return new Map(
    goals.map(({ id, metAtMs }) => {
      const own = deeds.filter(({ atMs }) => atMs > fromMs && atMs <= metAtMs);
      fromMs = metAtMs;
      return [id, own.flatMap(({ lines }) => lines).join('\n')];
    }),
  );
}
