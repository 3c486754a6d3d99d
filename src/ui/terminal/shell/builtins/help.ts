import type { Builtin } from '../builtin';

const LAST = [
  '',
  '|, >, >>, <, <<EOF, $(…), NAME=VALUE, ;, && and || work as in a shell.',
  'Tab completes, → takes what is shown in grey, ↑ and ↓ bring earlier lines back, Ctrl R searches them,',
  'Shift Enter begins another line, Ctrl C ends what runs.',
];

/** `help`, for a list of programs. */
export function helpFor(programs: readonly { name: string; about: string }[]): Builtin {
  return {
    names: ['help'],
    about: '',
    run: async (_args, { stdout }) => {
      const rows = [
        {
          name: 'kubectl VERB …',
          about: 'talks to this cluster, as it would to a real one; k for short; try kubectl --help',
        },
        ...programs.filter(({ about }) => about !== ''),
      ];
      for (const { name, about } of rows) stdout(`${name.padEnd(16)} ${about}\n`);
      for (const line of LAST) stdout(`${line}\n`);
      return 0;
    },
  };
}
