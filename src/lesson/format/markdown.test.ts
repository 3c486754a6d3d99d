import { expect, test } from 'vitest';
import type { Problem } from './lesson';
import { readPages } from './markdown';

function read(text: string): { pages: ReturnType<typeof readPages>; problems: string[] } {
  const problems: Problem[] = [];
  const pages = readPages(text, 5, 'lesson.md', problems);
  return { pages, problems: problems.map(({ line, message }) => `${line}: ${message}`) };
}

test('pages are headings with paragraphs, lists and code', () => {
  const { pages, problems } = read(
    [
      '# One',
      'Some **strong** and',
      '`code` words.',
      '',
      '- first',
      '- second',
      '',
      '```yaml',
      '# no heading',
      '```',
      '# Two',
    ].join('\n'),
  );
  expect(problems).toEqual([]);
  expect(pages.map(({ title, line, number, words }) => ({ title, line, number, words }))).toEqual([
    { title: 'One', line: 5, number: 1, words: 7 },
    { title: 'Two', line: 15, number: 2, words: 0 },
  ]);
  expect(pages[0]!.blocks).toEqual([
    {
      kind: 'paragraph',
      inlines: [
        { kind: 'text', text: 'Some ' },
        { kind: 'strong', text: 'strong' },
        { kind: 'text', text: ' and ' },
        { kind: 'code', text: 'code' },
        { kind: 'text', text: ' words.' },
      ],
    },
    { kind: 'list', items: [[{ kind: 'text', text: 'first' }], [{ kind: 'text', text: 'second' }]] },
    { kind: 'code', language: 'yaml', text: '# no heading' },
  ]);
});

test.each<[link: string, target: object]>([
  ['[a taint](term:taint)', { kind: 'term', term: 'taint' }],
  ['[a node](stage:node/gpu-a100-1)', { kind: 'stage', resource: 'nodes', name: 'gpu-a100-1' }],
  ['[a Pod](stage:pod/web-*)', { kind: 'stage', resource: 'pods', name: 'web-*' }],
  ['[it](stage:component/kube-scheduler)', { kind: 'stage', resource: 'components', name: 'kube-scheduler' }],
  ['[next](lesson:04-who)', { kind: 'lesson', slug: '04-who' }],
])('%s is a link', (link, target) => {
  const { pages, problems } = read(`# One\n${link}`);
  expect(problems).toEqual([]);
  const [block] = pages[0]!.blocks;
  expect(block).toMatchObject({ kind: 'paragraph', inlines: [{ kind: 'link', target }] });
});

test.each<[text: string, problem: RegExp]>([
  ['# One\n[x](https://example.com)', /^6: a link leads to term/],
  ['# One\n[x](javascript:alert)', /^6: a link leads to term/],
  ['# One\n\n[x](stage:galaxy/m31)', /^7: stage:KIND\/NAME points at one of node/],
  ['# One\n[x](stage:constructor/a)', /^6: stage:KIND\/NAME/],
  ['words\n# One', /^5: text stands before the first heading/],
  ['# One\n```\nopen', /a fence ``` is not closed/],
])('%j is told', (text, problem) => {
  const { problems } = read(text);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(problem);
});

test('markup is text', () => {
  const { pages } = read('# One\n<img src=x onerror=alert(1)> & <b>');
  expect(pages[0]!.blocks).toEqual([
    { kind: 'paragraph', inlines: [{ kind: 'text', text: '<img src=x onerror=alert(1)> & <b>' }] },
  ]);
});
