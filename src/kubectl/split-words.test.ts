import { describe, expect, it } from 'vitest';
import { splitWords } from './split-words';

describe('splitWords', () => {
  it.each<[string, string[]]>([
    ['kubectl get pods', ['kubectl', 'get', 'pods']],
    ['  a   b ', ['a', 'b']],
    [`label pod x "note=two words"`, ['label', 'pod', 'x', 'note=two words']],
    [`a 'b"c' "d'e" f\\ g`, ['a', 'b"c', "d'e", 'f g']],
    [`-o jsonpath='{.items[0].a}'`, ['-o', 'jsonpath={.items[0].a}']],
    [`x ""`, ['x', '']],
    [`"a\\"b" "c\\d"`, ['a"b', 'c\\d']],
    ['', []],
  ])('%s', (line, words) => {
    expect(splitWords(line)).toEqual(words);
  });

  it.each(['get "pods', 'get pods | grep x', 'a > b'])('refuses %s', (line) => {
    expect(splitWords(line)).toHaveProperty('problem');
  });
});
