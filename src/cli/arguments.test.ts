import { describe, expect, it } from 'vitest';
import { readArguments, type Command } from './arguments';

const STORM: Command = {
  name: 'storm',
  says: 'storms',
  options: [
    { name: 'runs', value: 'N', is: 'whole number', says: 'how many' },
    { name: 'quiet', says: 'no scripts' },
  ],
};

describe('a command line', () => {
  it('gives what it names', () => {
    const read = readArguments(STORM, ['--runs', '3', '--quiet']);
    expect('options' in read && [...read.options]).toEqual([
      ['runs', '3'],
      ['quiet', 'true'],
    ]);
    const alone = readArguments({ ...STORM, rest: 'FOLDER' }, ['here', '--runs=2']);
    expect('rest' in alone && [alone.rest, alone.options.get('runs')]).toEqual([['here'], '2']);
  });

  it('says what there is', () => {
    expect(readArguments(STORM, ['--help'])).toEqual({
      usage: 'npm run storm -- [options]: storms\n  --runs N  how many\n  --quiet   no scripts\n  --help    this\n',
      problem: '',
    });
  });

  it.each([
    [['--run', '3'], "Unknown option '--run'"],
    [['--runs', 'many'], '--runs must be a whole number, not "many"'],
    [['--runs', ''], '--runs must be a whole number, not ""'],
    [['--runs'], "Option '--runs <value>' argument missing"],
    [['--quiet=yes'], "Option '--quiet' does not take an argument"],
    [['here'], "Unexpected argument 'here'"],
  ])('refuses %j', (argv, problem) => {
    const read = readArguments(STORM, argv);
    expect('problem' in read && read.problem).toBe(problem);
  });
});
