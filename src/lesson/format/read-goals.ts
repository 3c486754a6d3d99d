import type { CelExpression } from '../../api/cel/cel';
import { CelSyntaxError } from '../../api/cel/values';
import type { LessonCel } from '../cel/lesson-cel';
import type { Choice, Fact, Goal, Hints, Placement, Prediction, Question, Recap, TurningPoint } from './lesson';
import type { YamlFields } from './yaml-fields';

/** Reads goal.yaml. Whatever is wrong is reported with its line; what is returned is whole only if nothing was. */

const ID = /^[a-z][a-z0-9-]*$/;
/** A group that is repeated, with something repeated inside: it can take a backtracking engine forever. */
const REPEATED_GROUP = /\([^()]*[*+}][^()]*\)\s*[*+{]/;

export class GoalReader {
  readonly #facts = new Set<string>();

  constructor(
    private readonly cel: LessonCel,
    private readonly pages: number,
  ) {}

  facts(root: YamlFields): Fact[] {
    const fields = root.at('facts');
    const ids = fields.keys();
    for (const id of ids) this.#facts.add(id);
    return ids.map((id) => ({ id, when: this.#cel(fields, id) }));
  }

  goals(root: YamlFields): Goal[] {
    const goals = root.items('goals').map((item) => this.#goal(item));
    if (goals.length === 0) root.report('a lesson has goals');
    this.#unique(root, goals, 'goal');
    return goals;
  }

  #goal(item: YamlFields): Goal {
    item.allow(['id', 'title', 'page', 'check', 'because', 'hints', 'hold', 'fails']);
    const fails = item.at('fails');
    if (item.has('fails')) fails.allow(['check', 'words']);
    return {
      id: this.#id(item),
      title: item.text('title'),
      page: this.#page(item),
      check: this.#cel(item, 'check'),
      because: this.#cel(item, 'because'),
      hints: this.#hints(item),
      hold: item.flag('hold'),
      ...(item.has('fails') ? { fails: { check: this.#cel(fails, 'check'), words: fails.text('words') } } : {}),
    };
  }

  #hints(item: YamlFields): Hints {
    const hints = item.at('hints');
    if (!item.has('hints')) item.report('a goal has hints: question, where, lines');
    hints.allow(['question', 'where', 'lines', 'code']);
    return {
      question: hints.text('question'),
      where: hints.text('where'),
      lines: { text: hints.text('lines'), code: hints.text('code') },
    };
  }

  predictions(root: YamlFields): Prediction[] {
    const predictions = root.items('predictions').map((item) => this.#prediction(item));
    this.#unique(root, predictions, 'prediction');
    return predictions;
  }

  #prediction(item: YamlFields): Prediction {
    item.allow(['id', 'page', 'question', 'when', 'because', 'choices', 'node', 'misconception']);
    const choices = item.items('choices').map((choice) => this.#choice(choice));
    const byNode = item.has('node');
    if (byNode === choices.length > 0) item.report('a prediction has either choices or node');
    if (!byNode && (choices.length < 2 || choices.length > 4)) item.report('a prediction has two to four choices');
    this.#unique(item, choices, 'choice');
    return {
      id: this.#id(item),
      page: this.#page(item),
      question: item.text('question'),
      when: this.#cel(item, 'when'),
      because: this.#cel(item, 'because'),
      form: byNode
        ? { kind: 'node', outcome: this.#cel(item, 'node'), misconception: item.text('misconception') }
        : { kind: 'choices', choices },
    };
  }

  #choice(item: YamlFields): Choice {
    item.allow(['id', 'text', 'check', 'misconception']);
    return {
      id: this.#id(item),
      text: item.text('text'),
      check: this.#cel(item, 'check'),
      misconception: item.text('misconception', ''),
    };
  }

  recap(root: YamlFields): Recap {
    const recap = root.at('recap');
    if (!root.has('recap')) root.report('a lesson has a recap');
    recap.allow(['keep', 'moments', 'try', 'next']);
    return {
      keep: recap.text('keep'),
      moments: recap.items('moments').map((item) => this.#moment(item)),
      tries: recap.items('try').map((item) => {
        item.allow(['label', 'from', 'lines']);
        return { label: item.text('label'), from: this.#fact(item, 'from'), lines: item.text('lines') };
      }),
      ...(recap.has('next') ? { next: recap.text('next') } : {}),
    };
  }

  #moment(item: YamlFields): TurningPoint {
    item.allow(['fact', 'label']);
    return { fact: this.#fact(item, 'fact'), label: item.text('label') };
  }

  #fact(item: YamlFields, field: string): string {
    const id = item.text(field);
    if (!this.#facts.has(id)) item.report(`there is no fact ${JSON.stringify(id)}`, item.at(field).line);
    return id;
  }

  questions(root: YamlFields, name: string): Question[] {
    const questions = root.items(name).map((item) => {
      item.allow(['ask', 'choices', 'from']);
      const choices = item.items('choices').map((choice) => {
        choice.allow(['text', 'right', 'why']);
        return { text: choice.text('text'), right: choice.flag('right'), why: choice.text('why') };
      });
      if (choices.filter(({ right }) => right).length !== 1) item.report('one choice of a question is right');
      return { ask: item.text('ask'), choices, ...(item.has('from') ? { from: item.text('from') } : {}) };
    });
    if (questions.length !== 0 && questions.length !== 2) root.report(`${name} has two questions`, root.at(name).line);
    return questions;
  }

  placements(root: YamlFields): Placement[] {
    return root.items('placements').map((item) => {
      item.allow(['pods', 'points']);
      return { pods: this.#cel(item, 'pods'), points: item.number('points', [5, 1000], 5) };
    });
  }

  #id(item: YamlFields): string {
    const id = item.text('id');
    if (!ID.test(id)) item.report(`an id is of small letters, digits and dashes, not ${JSON.stringify(id)}`);
    return id;
  }

  #page(item: YamlFields): number {
    return item.number('page', [1, Math.max(1, this.pages)]);
  }

  #unique(root: YamlFields, all: readonly { id: string }[], what: string): void {
    const ids = all.map(({ id }) => id);
    const twice = ids.find((id, index) => ids.indexOf(id) !== index);
    if (twice !== undefined) root.report(`two have the ${what} id ${JSON.stringify(twice)}`);
  }

  #cel(item: YamlFields, field: string): CelExpression {
    const source = item.text(field);
    const { line } = item.at(field);
    try {
      const expression = this.cel.compile(source === '' ? "''" : source);
      for (const problem of this.#problemsOf(expression, field)) item.report(`${field}: ${problem}`, line);
      return expression;
    } catch (error) {
      if (!(error instanceof CelSyntaxError)) throw error;
      item.report(`${field}: ${error.message}`, line);
      return this.cel.compile("''");
    }
  }

  #problemsOf(expression: CelExpression, field: string): string[] {
    const { calls, source } = expression;
    const timeless = field !== 'because' && this.cel.readsOf(expression).now;
    const unknown = calls.filter(([name, fact]) => this.cel.isOfFact(name) && !this.#facts.has(fact));
    const patterns = /\.(matches|find|findAll)\(/.test(source) && REPEATED_GROUP.test(source);
    return [
      ...unknown.map(([, fact]) => `there is no fact ${JSON.stringify(fact)}`),
      ...(timeless ? ["only because may speak of now; heldFor('a fact') waits for a moment"] : []),
      ...(patterns ? ['a pattern may not repeat a group in which something is repeated'] : []),
    ];
  }
}
