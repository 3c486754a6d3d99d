import { describe, expect, it } from 'vitest';
import { GoTemplate } from '../template/go-template';
import { goDuration, parseGoDuration } from './go-text';
import { JsonPath, relaxedJsonPath } from './json-path';
import { asStruct } from './struct';
import { unifiedDiff } from './unified-diff';
import { wordWrap } from './word-wrap';

const DATA = {
  kind: 'List',
  items: [
    { metadata: { name: 'a', labels: { 'k8s.io/x': '1' } }, spec: { n: 1, ready: true } },
    { metadata: { name: 'b' }, spec: { n: 2, ready: false } },
  ],
};

describe('JSONPath', () => {
  it.each([
    ['{.kind}', 'List'],
    ['{.items[*].metadata.name}', 'a b'],
    ['{.items[-1:].metadata.name}', 'b'],
    ['{.items[0,1].spec.n}', '1 2'],
    ['{range .items[*]}{.metadata.name}={.spec.n}{"\\n"}{end}', 'a=1\nb=2\n'],
    ['{.items[?(@.spec.n>1)].metadata.name}', 'b'],
    ['{.items[?(@.spec.ready==true)].metadata.name}', 'a'],
    ["{.items[0].metadata.labels['k8s\\.io/x']}", '1'],
    ['{..name}', 'a b'],
    ['{.items[0].spec}', '{"n":1,"ready":true}'],
    ['{.none}', ''],
  ])('%s', (template, text) => {
    expect(new JsonPath(template).print(DATA)).toBe(text);
  });

  it.each([
    ['{.items[', 'unterminated array'],
    ['{.a', 'unclosed action'],
    ['{range .items[*]}', undefined],
  ])('%s is refused', (template, words) => {
    if (words === undefined) expect(() => new JsonPath(template).print(DATA)).not.toThrow(TypeError);
    else expect(() => new JsonPath(template)).toThrow(words);
  });

  it('is relaxed where braces are left out', () => {
    expect(['x.y', '.x', '{.x}', '{x}'].map(relaxedJsonPath)).toEqual(['{.x.y}', '{.x}', '{.x}', '{.x}']);
  });
});

describe('Go templates', () => {
  it.each([
    ['{{.kind}}', 'List'],
    ['{{range .items}}{{.metadata.name}} {{end}}', 'a b '],
    ['{{range $i, $e := .items}}{{$i}}:{{$e.metadata.name}};{{end}}', '0:a;1:b;'],
    ['{{if eq .kind "List"}}yes{{else}}no{{end}}', 'yes'],
    ['{{len .items}}', '2'],
    ['{{(index .items 1).metadata.name}}', 'b'],
    ['{{with .none}}x{{else}}none{{end}}', 'none'],
    ['{{- .kind -}}  !', 'List!'],
    ['{{printf "%s-%d" .kind 3}}', 'List-3'],
  ])('%s', (template, text) => {
    let out = '';
    new GoTemplate('t', template, true).execute(DATA, (part) => (out += part));
    expect(out).toBe(text);
  });
});

describe('text', () => {
  it("durations are Go's", () => {
    expect(['1h30m', '0', '2.5s', '100ms'].map((text) => parseGoDuration(text))).toEqual([5_400_000, 0, 2500, 100]);
    expect([0, 90_000, 3_600_000].map(goDuration)).toEqual(['0s', '1m30s', '1h0m0s']);
    expect(parseGoDuration('banana')).toEqual({ error: 'time: invalid duration "banana"' });
  });

  it('wraps at blanks and keeps line breaks', () => {
    expect(wordWrap('one two three\n\nfour', 8)).toBe('one two\nthree\n\nfour');
    expect(wordWrap('unbreakable-word', 5)).toBe('unbreakable-word');
  });

  it('shows differences in hunks', () => {
    const lines = Array.from({ length: 20 }, (_none, index) => `line ${index}`);
    const changed = lines.with(2, 'two').toSpliced(15, 1);
    expect(unifiedDiff(`${lines.join('\n')}\n`, `${changed.join('\n')}\n`)).toBe(
      '@@ -1,6 +1,6 @@\n line 0\n line 1\n-line 2\n+two\n line 3\n line 4\n line 5\n' +
        '@@ -13,7 +13,6 @@\n line 12\n line 13\n line 14\n-line 15\n line 16\n line 17\n line 18\n',
    );
    expect(unifiedDiff('a\n', 'a\n')).toBe('');
    expect(unifiedDiff('', 'a\n')).toBe('@@ -0,0 +1 @@\n+a\n');
  });

  it('structs have the order and the empty parts of their declaration', () => {
    const pod = asStruct({
      spec: { containers: [{ image: 'x', name: 'a' }] },
      metadata: { name: 'a' },
      apiVersion: 'v1',
      kind: 'Pod',
    });
    expect(JSON.stringify(pod)).toBe(
      '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"},"spec":{"containers":[{"name":"a","image":"x","resources":{}}]},"status":{}}',
    );
  });
});
