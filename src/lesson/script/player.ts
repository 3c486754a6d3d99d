import type { Json } from '../../api/objects';
import { parseFault } from '../../api/faults';
import { CelError, CelSyntaxError } from '../../api/cel/values';
import { parseWorldChange } from '../../api/world-change';
import { YamlFields } from '../format/yaml-fields';
import type { Problem } from '../format/lesson';
import type { LessonState } from '../watch/state';
import type { LessonRun } from '../watch/lesson-run';
import { control, type Hands } from './hands';
import { filled, type Step } from './script';

/** Time goes on in such steps while something is waited for. */
const STEP_MS = 1_000;

/** Thrown where a step cannot be done, or what it expects is not so. */
class StepError extends Error {
  override name = 'StepError';
}

/** Plays scripts as a learner would: by kubectl, the editor, the stage's menu, and waiting. Time stands between steps. */
export class ScriptPlayer {
  constructor(
    private readonly hands: Hands,
    private readonly run: LessonRun,
    /** Called after each step and while time passes. */
    private readonly after: (state: LessonState) => Promise<void> | void = () => {},
  ) {}

  /** Plays a script. Returns what went wrong first, at its line. */
  async play(steps: readonly Step[], file: string): Promise<Problem | undefined> {
    for (const step of steps) {
      try {
        await this.#take(step);
      } catch (error) {
        return { file, line: step.line, message: (error as Error).message };
      }
    }
    return undefined;
  }

  async #take(step: Step): Promise<void> {
    await this.#carryOut(step);
    await this.#look();
  }

  async #look(): Promise<LessonState> {
    const state = await this.run.look();
    await this.after(state);
    return state;
  }

  async #carryOut(step: Step): Promise<void> {
    const { files } = this.hands;
    switch (step.do) {
      case 'kubectl':
        return this.#kubectl(
          this.#filled(step.command),
          step.stdin === undefined ? undefined : this.#filled(step.stdin),
        );
      case 'file':
        return void files.set(step.name, this.#filled(step.text));
      case 'edit':
        return this.#edit(step.name, step.old, step.new);
      case 'apply':
        return this.#kubectl(`apply -f ${step.name}`);
      case 'fault':
      case 'world':
        return this.#happen(step.do, this.#filled(step.yaml));
      case 'page':
        return this.run.openPage(step.page);
      case 'predict':
        return this.#predict(step.id, step.choice);
      case 'wait':
        return this.#pass(step.ms);
      case 'wait for':
        return this.#waitFor(step);
      case 'open':
        return this.#expectOpen(step.goal, step.words);
      case 'failing':
        return expect(this.#goal(step.goal).fails !== undefined, `${step.goal} can still be reached`);
    }
  }

  async #kubectl(line: string, stdin?: string): Promise<void> {
    const args = this.hands.split(line);
    if ('problem' in args) throw new StepError(args.problem);
    const { code, stderr } = await this.hands.kubectl(args, stdin);
    if (code !== 0) throw new StepError(stderr.trim() || `kubectl ended with ${code}`);
  }

  #edit(name: string, old: string, by: string): void {
    const text = this.hands.files.get(name);
    expect(text !== undefined, `there is no file ${name}`);
    expect(
      text!.split(old).length === 2,
      `${JSON.stringify(old)} stands ${text!.split(old).length - 1} times in ${name}`,
    );
    this.hands.files.set(
      name,
      text!.replace(old, () => by),
    );
  }

  async #happen(what: 'fault' | 'world', yaml: string): Promise<void> {
    const problems: Problem[] = [];
    const value = YamlFields.read(yaml, '', problems).json();
    expect(problems.length === 0, problems[0]?.message ?? '');
    const parsed = what === 'fault' ? parseFault(value) : parseWorldChange(value);
    if ('problem' in parsed) throw new StepError(parsed.problem);
    await control(this.hands.client, what === 'fault' ? 'faults' : 'world', parsed as unknown as Json);
  }

  #predict(id: string, choice: string): void {
    const known = this.run.lesson.predictions.find((one) => one.id === id);
    expect(known !== undefined, `there is no prediction ${id}`);
    const { form } = known!;
    const there = form.kind === 'node' || form.choices.some((one) => one.id === choice);
    expect(there, `prediction ${id} has no choice ${choice}`);
    this.run.predict(id, choice);
  }

  async #pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= STEP_MS) {
      await control(this.hands.client, 'time', { advanceMs: Math.min(left, STEP_MS) });
      await this.#look();
    }
  }

  async #waitFor({ what, id, withinMs }: Step & { do: 'wait for' }): Promise<void> {
    const isSo = (): boolean => (what === 'goal' ? this.#goal(id).met : this.run.fact(id).holds);
    for (let passedMs = 0; ; passedMs += STEP_MS) {
      await this.#look();
      if (isSo()) return;
      if (passedMs >= withinMs) break;
      await this.#pass(STEP_MS);
    }
    const why = what === 'goal' ? `: ${this.#goal(id).because}` : '';
    throw new StepError(`${what} ${id} is not so within ${withinMs / 1000} s${why}`);
  }

  #expectOpen(id: string, words: string): void {
    const { met, because } = this.#goal(id);
    expect(!met, `${id} is met`);
    expect(because.includes(words), `the reason of ${id} is ${JSON.stringify(because)}`);
  }

  #goal(id: string): LessonState['goals'][number] {
    const goal = this.run.state.goals.find((one) => one.id === id);
    if (goal) return goal;
    throw new StepError(`there is no goal ${id}`);
  }

  #filled(text: string): string {
    return filled(text, (source) => {
      try {
        return this.run.text(source);
      } catch (error) {
        if (error instanceof CelError || error instanceof CelSyntaxError)
          throw new StepError(`${source}: ${error.message}`);
        throw error;
      }
    });
  }
}

function expect(so: boolean, otherwise: string): void {
  if (!so) throw new StepError(otherwise);
}
