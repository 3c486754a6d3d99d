import { describe, expect, it } from 'vitest';
import { bool, duration, int64, pairs, slice, text } from './flags';
import { parseFlags } from './parse';

const FLAGS = [
  bool('watch', '', { short: 'w' }),
  text('output', '', { short: 'o' }),
  slice('filename', '', { short: 'f' }),
  int64('tail', '', { default: '-1' }),
  duration('timeout', ''),
  pairs('set-image', ''),
  text('dry-run', '', { default: 'none', bare: 'unchanged' }),
];

describe('flags', () => {
  it('stand anywhere, long or short, with or without =', () => {
    const { flags, args, argsBeforeDash } = parseFlags(
      ['get', '-wo', 'wide', 'pods', '--tail=5', '-f', 'a,b', '-f=c', '--dry-run', '--', '-x'],
      FLAGS,
    );
    expect(args).toEqual(['get', 'pods', '-x']);
    expect(argsBeforeDash).toBe(2);
    expect([
      flags.bool('watch'),
      flags.text('output'),
      flags.number('tail'),
      flags.list('filename'),
      flags.text('dry-run'),
    ]).toEqual([true, 'wide', 5, ['a', 'b', 'c'], 'unchanged']);
    expect([flags.changed('timeout'), flags.duration('timeout')]).toEqual([false, 0]);
  });

  it.each([
    [['--bananas'], 'unknown flag: --bananas'],
    [['-z'], "unknown shorthand flag: 'z' in -z"],
    [['-o'], "flag needs an argument: 'o' in -o"],
    [['--output'], 'flag needs an argument: --output'],
    [['--tail=x'], 'invalid argument "x" for "--tail" flag: strconv.ParseInt: parsing "x": invalid syntax'],
    [['--watch=x'], 'invalid argument "x" for "-w, --watch" flag: strconv.ParseBool: parsing "x": invalid syntax'],
    [['--timeout=5'], 'invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"'],
    [['--set-image=a'], 'invalid argument "a" for "--set-image" flag: a must be formatted as key=value'],
    [['--=x'], 'bad flag syntax: --=x'],
  ])('%j is refused', (line, words) => {
    expect(() => parseFlags(line, FLAGS)).toThrow(words);
  });
});
