import { hashText } from '../../base/random';
import { SANDBOX, wishesOf } from '../page/route';

/** A cluster that was started here, and not one that came by link or file. */
export interface StartedCluster {
  preset: string;
  /** The word that a class has in common, which seeds the cluster; none where it is empty. */
  classCode: string;
}

/** The learner's own. */
export const OWN: StartedCluster = { preset: 'ml', classCode: '' };

const OWN_NAME = 'sandbox';
const SEED = 1;

/** A class code as it is written: equal codes are equal texts. Undefined where it is none. */
export function classCodeOf(text: string): string | undefined {
  const code = text.trim().normalize('NFKC').toLowerCase();
  return /^[\p{L}\p{N}]{2,24}$/u.test(code) ? code : undefined;
}

/** The seed of a class's cluster: the same for the same code on every machine. */
export const seedOf = (classCode: string): number => (classCode === '' ? SEED : hashText(classCode));

/** The name under which its document is stored. */
export function nameOf({ preset, classCode }: StartedCluster): string {
  if (classCode !== '') return `class-${classCode}-${preset}`;
  return preset === OWN.preset ? OWN_NAME : `cluster-${preset}`;
}

/** The cluster that is stored under a name; undefined for one that came by link or file. */
export function startedAs(name: string): StartedCluster | undefined {
  if (name === OWN_NAME) return OWN;
  const [, classCode, preset] = /^(?:cluster|class-([^-]+))-(.+)$/.exec(name) ?? [];
  return preset === undefined ? undefined : { preset, classCode: classCode ?? '' };
}

/** The address that opens it: each machine has its own, as it was left there. */
export function addressOf({ preset, classCode }: StartedCluster): string {
  const cluster = encodeURIComponent(preset).replaceAll('%3A', ':').replaceAll('%2C', ',');
  if (classCode !== '') return `${SANDBOX}?cluster=${cluster}&class=${encodeURIComponent(classCode)}`;
  return preset === OWN.preset ? SANDBOX : `${SANDBOX}?cluster=${cluster}`;
}

/** The cluster that an address of the sandbox asks for, or the reason why it asks for none. */
export function wishedCluster(fragment: string): StartedCluster | { problem: string } {
  const wishes = wishesOf(fragment);
  const preset = wishes.get('cluster') ?? OWN.preset;
  const word = wishes.get('class');
  const classCode = word === null ? '' : classCodeOf(word);
  if (classCode !== undefined) return { preset, classCode };
  return {
    problem:
      'A class code is one word of letters and digits, 2 to 24 of them, and this link has another. Your own cluster is open instead.',
  };
}
