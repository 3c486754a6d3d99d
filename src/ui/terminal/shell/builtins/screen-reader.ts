import type { Builtin } from '../builtin';
import { ToolError } from '../tool';

export const screenReader: Builtin = {
  names: ['screenreader'],
  about: 'on or off: whether output is read out as it comes',
  run: async ([wanted], { shell, stdout }) => {
    if (wanted !== undefined && wanted !== 'on' && wanted !== 'off') throw new ToolError('on or off');
    const on = shell.host.announce(wanted === undefined ? undefined : wanted === 'on');
    stdout(`Output is ${on ? '' : 'not '}read out as it comes.\n`);
    return 0;
  },
};
