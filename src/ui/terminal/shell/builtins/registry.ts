import type { Builtin } from '../builtin';
import { TOOLS } from '../tools/registry';
import { alias } from './alias';
import { clear } from './clear';
import { exportVariable } from './export';
import { helpFor } from './help';
import { history } from './history';
import { screenReader } from './screen-reader';
import { unalias } from './unalias';
import { vi } from './vi';
import { watch } from './watch';
import { xargs } from './xargs';

const OWN: readonly Builtin[] = [alias, clear, exportVariable, history, screenReader, unalias, vi, watch, xargs];

const listed = [...TOOLS, ...OWN.map(({ names, about }) => ({ name: names[0]!, about }))];

/** Programs that need the shell or the page around it. */
export const BUILTINS: readonly Builtin[] = [
  ...OWN,
  helpFor(listed.toSorted((left, right) => (left.name < right.name ? -1 : 1))),
];

/** The names that may stand first in a line, beside kubectl and aliases. */
export const PROGRAM_NAMES: readonly string[] = ['help', ...listed.map(({ name }) => name)].sort();
