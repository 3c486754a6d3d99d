import { stringify } from 'yaml';

/** Texts for CEL, for files and for people. */

/** YAML without anchors: a lesson's files know none. */
export const yamlText = (value: unknown): string => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });

/** A text as CEL writes it. */
export const celText = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;

/** `1 Pod`, `3 Pods`. */
export const plural = (count: number, one: string): string => `${count} ${count === 1 ? one : `${one}s`}`;

/** `a`, `a and b`, `a, b and c`. */
export const listed = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
