import type { LessonFiles } from '../format/lesson';
import { yamlText } from './wording';

/** What an author has ticked and worded of a lesson. */

export interface DraftGoal {
  readonly id: string;
  readonly title: string;
  readonly check: string;
  readonly because: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly where: string;
  /** The page it belongs to, from 1. */
  readonly page: number;
}

export interface Draft {
  readonly title: string;
  readonly lead: string;
  readonly minutes: number;
  /** One sentence to keep, at the end. */
  readonly keep: string;
  /** Its pages in the lessons' own small Markdown, each under a line `# Heading`. */
  readonly pages: string;
  readonly goals: readonly DraftGoal[];
}

/** What stands in a lesson until its author writes it. */
export const UNWRITTEN: Omit<Draft, 'goals'> = {
  title: 'A lesson',
  lead: 'What it is about, in a sentence.',
  minutes: 5,
  keep: 'What to keep of it, in a sentence.',
  pages: '# What is here\nSay what is, then why, then one thing to do.\n',
};

/** lesson.md, goal.yaml and the plainest start of a draft; `codeOf` gives the last rung of a goal's hints. */
export function draftFiles(
  parts: Partial<Draft> & Pick<Draft, 'goals'>,
  codeOf: (goal: string) => string = () => '',
): LessonFiles {
  const draft = { ...UNWRITTEN, ...parts };
  return {
    'lesson.md': lessonText(draft),
    'goal.yaml': goalFile(draft, codeOf),
    'start.yaml': yamlText({ preset: 'empty', seed: 1 }),
  };
}

function lessonText({ title, lead, minutes, pages }: Draft): string {
  const front = yamlText({ title, lead, minutes });
  return `---\n${front}---\n${pages.trim()}\n`;
}

function goalFile({ goals, keep }: Draft, codeOf: (goal: string) => string): string {
  const facts = Object.assign({}, ...goals.map((goal) => goal.facts)) as Record<string, string>;
  const fields = {
    ...(Object.keys(facts).length > 0 ? { facts } : {}),
    goals: goals.map(({ id, title, page, check, because, where }) => ({
      id,
      title,
      page,
      check,
      because,
      hints: {
        question: `What is missing until this is so: ${title}?`,
        where,
        lines: 'This is one way to reach it.',
        code: codeOf(id) || '# Wait, and watch.',
      },
    })),
    recap: { keep },
  };
  return yamlText(fields);
}
