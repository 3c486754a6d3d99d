// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** Words that the page does not use: they belittle, joke about failure, or say that something goes on without saying what. */
const UNSAID =
  /\b(simply|just|easily|oops|whoops|sorry|successfully|please)\b|\bLoading\b|Are you sure|[a-z]!(['"`<\s]|$)(?![=.)\],;])/i;

function textsIn(path: string): string[] {
  const source = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\/|<!--[\s\S]*?-->|(^|\s)\/\/.*$/gm, '');
  const code = path.endsWith('.svelte') ? (/<script[^>]*>([\s\S]*?)<\/script>/.exec(source)?.[1] ?? '') : source;
  const markup = path.endsWith('.svelte') ? source.replace(/<(script|style)[\s\S]*?<\/\1>/g, '') : '';
  const literals = [...code.matchAll(/'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g)].map(
    (one) => one[1] ?? one[2] ?? '',
  );
  const shown = [...markup.matchAll(/>([^<>{}]+)</g)].map((one) => one[1] ?? '');
  const attributes = [...markup.matchAll(/(?:aria-label|title|placeholder)="([^"{]*)"/g)].map((one) => one[1] ?? '');
  return [...literals, ...shown, ...attributes].filter((text) => /[a-z] |[A-Z][a-z]/.test(text));
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(svelte|ts)$/.test(entry.name) && !/\.(test|rig)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

it('says what is, without belittling words, shouting or apologies', () => {
  const folders = ['ui', 'scene', 'embed'].map((folder) => join(import.meta.dirname, '..', folder));
  const files = folders.flatMap(filesBelow);
  const texts = files.flatMap((path) => textsIn(path).map((text) => `${path.split('/src/')[1]}: ${text.trim()}`));
  expect(texts.length).toBeGreaterThan(1_000);
  expect(texts.filter((text) => UNSAID.test(text))).toEqual([]);
});

it('would notice', () => {
  for (const text of ['It just works', 'Loading…', 'Done!', 'Oops, wrong']) expect(UNSAID.test(text)).toBe(true);
  for (const text of ['adjust', 'uploading', 'a != b']) expect(UNSAID.test(text)).toBe(false);
});
