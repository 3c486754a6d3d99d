/** What a flag takes. */
export type FlagType =
  'bool' | 'string' | 'int' | 'int32' | 'int64' | 'duration' | 'stringSlice' | 'stringArray' | 'stringToString';

/** One flag of a command. */
export interface FlagSpec {
  name: string;
  short?: string;
  type: FlagType;
  /** As text, the way help shows it. */
  default: string;
  /** The value of `--flag` without `=value`. */
  bare?: string;
  help: string;
  required?: boolean;
  /** Neither help nor Tab tells of it. */
  hidden?: boolean;
  /** The values that Tab offers. */
  values?: string[];
}

type Options = Partial<Pick<FlagSpec, 'short' | 'default' | 'bare' | 'required' | 'hidden' | 'values'>>;

function spec(type: FlagType, fallback: string, name: string, help: string, options: Options): FlagSpec {
  return { name, type, default: fallback, help, ...options };
}

export const bool = (name: string, help: string, options: Options = {}): FlagSpec =>
  spec('bool', 'false', name, help, { bare: 'true', ...options });
export const text = (name: string, help: string, options: Options = {}): FlagSpec =>
  spec('string', '', name, help, options);
export const int = (name: string, help: string, options: Options = {}): FlagSpec =>
  spec('int', '0', name, help, options);
export const int32 = (name: string, help: string, options: Options = {}): FlagSpec =>
  spec('int32', '0', name, help, options);
export const int64 = (name: string, help: string, options: Options = {}): FlagSpec =>
  spec('int64', '0', name, help, options);
export const duration = (name: string, help: string, options: Options = {}): FlagSpec =>
  spec('duration', '0s', name, help, options);
/** Values separated by commas, the flag repeated at will. */
export const slice = (name: string, help: string, options: Options = {}): FlagSpec =>
  spec('stringSlice', '[]', name, help, options);
/** Whole values, the flag repeated at will. */
export const array = (name: string, help: string, options: Options = {}): FlagSpec =>
  spec('stringArray', '[]', name, help, options);
export const pairs = (name: string, help: string, options: Options = {}): FlagSpec =>
  spec('stringToString', '[]', name, help, options);
