import type { Block, Inline, Page, Problem, Target } from './lesson';

/** Reads the small part of Markdown that pages are written in. What is not known is text, never markup. */

const FENCE = /^```([\w-]*)\s*$/;
const HEADING = /^# (.+)$/;
const ITEM = /^[-*] (.+)$/;
const INLINE = /\*\*([^*]+)\*\*|`([^`]+)`|\[([^\]]+)\]\(([^)\s]*)\)/g;
const TARGET = /^(term|stage|lesson):([\w./*-]+)$/;

/** The stage's own names of what a page may point at. */
export const STAGE_RESOURCES: Readonly<Record<string, string>> = {
  node: 'nodes',
  pod: 'pods',
  component: 'components',
  service: 'services',
  deployment: 'deployments',
  job: 'jobs',
  statefulset: 'statefulsets',
  pvc: 'persistentvolumeclaims',
  pv: 'persistentvolumes',
};

export type Report = (line: number, message: string) => void;

/** Reads pages; `firstLine` is the line of the file at which the text starts. */
export function readPages(text: string, firstLine: number, file: string, problems: Problem[]): Page[] {
  const report: Report = (line, message) => problems.push({ file, line, message });
  const pages: Page[] = [];
  let lines: [number, string][] = [];
  let open: { title: string; line: number } | undefined;
  const close = (): void => {
    if (open) pages.push(pageOf(open.title, open.line, pages.length + 1, lines, report));
    else
      for (const [line, words] of lines)
        if (words.trim() !== '') return report(line, 'text stands before the first heading');
    lines = [];
  };
  let fenced = false;
  for (const [index, words] of text.split(/\r?\n/).entries()) {
    const line = firstLine + index;
    if (FENCE.test(words)) fenced = !fenced;
    const heading = fenced ? null : HEADING.exec(words);
    if (heading) {
      close();
      open = { title: heading[1]!.trim(), line };
    } else lines.push([line, words]);
  }
  if (fenced) report(firstLine, 'a fence ``` is not closed');
  close();
  return pages;
}

function pageOf(title: string, line: number, number: number, lines: [number, string][], report: Report): Page {
  const blocks = blocksOf(lines, report);
  return { number, title, line, blocks, words: wordsOf(blocks) };
}

function blocksOf(lines: readonly [number, string][], report: Report): Block[] {
  const blocks: Block[] = [];
  let paragraph: string[] = [];
  let from = 0;
  const endParagraph = (): void => {
    if (paragraph.length > 0) blocks.push({ kind: 'paragraph', inlines: inlinesOf(paragraph.join(' '), from, report) });
    paragraph = [];
  };
  for (let at = 0; at < lines.length; at++) {
    const [line, words] = lines[at]!;
    const fence = FENCE.exec(words);
    const item = ITEM.exec(words);
    if (fence) {
      endParagraph();
      const end = lines.findIndex(([, text], index) => index > at && FENCE.test(text));
      const stop = end < 0 ? lines.length : end;
      const inside = lines.slice(at + 1, stop).map(([, text]) => text);
      blocks.push({ kind: 'code', language: fence[1] ?? '', text: inside.join('\n') });
      at = stop;
    } else if (item) {
      endParagraph();
      const last = blocks.at(-1);
      const inlines = inlinesOf(item[1]!, line, report);
      const follows = last?.kind === 'list' && ITEM.test(lines[at - 1]?.[1] ?? '');
      if (follows) blocks[blocks.length - 1] = { kind: 'list', items: [...last.items, inlines] };
      else blocks.push({ kind: 'list', items: [inlines] });
    } else if (words.trim() === '') endParagraph();
    else {
      if (paragraph.length === 0) from = line;
      paragraph.push(words.trim());
    }
  }
  endParagraph();
  return blocks;
}

/** Reads a line of text: **strong**, `code`, and links of the three kinds. */
export function inlinesOf(text: string, line: number, report: Report): Inline[] {
  const inlines: Inline[] = [];
  let at = 0;
  const plain = (end: number): void => {
    if (end > at) inlines.push({ kind: 'text', text: text.slice(at, end) });
  };
  for (const match of text.matchAll(INLINE)) {
    plain(match.index);
    at = match.index + match[0].length;
    const [, strong, code, label, address] = match;
    if (strong !== undefined) inlines.push({ kind: 'strong', text: strong });
    else if (code !== undefined) inlines.push({ kind: 'code', text: code });
    else inlines.push(linkOf(label!, address!, line, report));
  }
  plain(text.length);
  return inlines;
}

function linkOf(text: string, address: string, line: number, report: Report): Inline {
  const target = targetOf(address);
  if (typeof target !== 'string') return { kind: 'link', text, target };
  report(line, target);
  return { kind: 'text', text };
}

function targetOf(address: string): Target | string {
  const [, kind, rest = ''] = TARGET.exec(address) ?? [];
  if (kind === 'term') return { kind, term: rest };
  if (kind === 'lesson') return { kind, slug: rest };
  if (kind !== 'stage') return `a link leads to term:…, stage:… or lesson:…, not to ${JSON.stringify(address)}`;
  const slash = rest.indexOf('/');
  const short = rest.slice(0, slash);
  const resource = Object.hasOwn(STAGE_RESOURCES, short) ? STAGE_RESOURCES[short] : undefined;
  if (!resource || slash + 1 >= rest.length)
    return `stage:KIND/NAME points at one of ${Object.keys(STAGE_RESOURCES).join(', ')}, not at ${JSON.stringify(rest)}`;
  return { kind, resource, name: rest.slice(slash + 1) };
}

const textOf = (inlines: readonly Inline[]): string => inlines.map(({ text }) => text).join('');

/** The words of prose; code in fences is not prose. */
function wordsOf(blocks: readonly Block[]): number {
  const prose = blocks.map((block) => {
    if (block.kind === 'code') return '';
    return block.kind === 'list' ? block.items.map(textOf).join(' ') : textOf(block.inlines);
  });
  return prose
    .join(' ')
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}
