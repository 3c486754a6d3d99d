import { describe, expect, it } from 'vitest';
import { elementSnippet, frameSnippet, originOf, type SnippetChoice } from './embed-address';

const CHOICE: SnippetChoice = {
  site: 'https://podium.example/deep/',
  address: 'embed.html?title=a%22b&theme=dark#preset=ml',
  title: '"><script>alert(1)</script>',
  width: 640,
  origin: '',
};

/** What a page makes of a snippet. */
function parsed(snippet: string): HTMLElement {
  document.body.innerHTML = snippet;
  return document.body;
}

describe('a snippet', () => {
  it('is one frame, which may run scripts and nothing else', () => {
    const page = parsed(frameSnippet(CHOICE));
    const frame = page.querySelector('iframe')!;
    expect(frame.getAttribute('sandbox')).toBe('allow-scripts');
    expect(frame.src).toBe(CHOICE.site + CHOICE.address);
    expect(frame.title).toBe(CHOICE.title);
    expect(frame.width).toBe('640');
    expect(page.querySelectorAll('script')).toHaveLength(0);
  });

  it('listens where an origin is given', () => {
    const page = parsed(frameSnippet({ ...CHOICE, origin: 'https://school.example' }));
    expect(page.querySelector('script')?.textContent).toContain('podium-height');
  });

  it('is our element and its script', () => {
    const page = parsed(elementSnippet(CHOICE));
    expect([...page.children].map(({ localName }) => localName)).toEqual(['script', 'podium-sandbox']);
    const element = page.querySelector('podium-sandbox')!;
    expect(element.getAttribute('src')).toBe(CHOICE.site + CHOICE.address);
    expect(element.getAttribute('title')).toBe(CHOICE.title);
    expect(page.querySelector('script')!.src).toBe('https://podium.example/deep/podium-embed.js');
  });
});

it.each([
  ['https://school.example/course/1', 'https://school.example'],
  ['http://localhost:8080', 'http://localhost:8080'],
  ['*', undefined],
  ['data:text/html,x', undefined],
  ['school.example', undefined],
  ['', undefined],
])('reads the origin of %j as %j', (text, origin) => {
  expect(originOf(text)).toBe(origin);
});
