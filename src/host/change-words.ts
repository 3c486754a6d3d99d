import type { ApiRequest } from '../api/client';
import type { Json } from '../api/objects';
import { RESOURCES } from '../api/schema/tables';
import type { Input, InputAction } from '../kernel/input';
import type { FieldChange } from '../protocol/control';
import { changesBetween } from './changes';
import { inputLabel, targetOf, verbOf } from './input-words';

/** What a branch is called that an input begins; `telling` unless nothing is known to be otherwise than before. */
export interface ChangeName {
  name: string;
  telling: boolean;
}

/** What a request changes is seen from the object before and after it, or from what was sent in the old future. */
export interface ChangeContext {
  before?: Json | undefined;
  after?: Json | undefined;
  /** Inputs that follow on the line which is left. */
  future: readonly Input[];
}

/** `tolerations added`, `replicas 3 → 5`, `delete pod train-sgd-x7k2p`, `power off cpu-2`. */
export function changeName(action: InputAction, context: ChangeContext): ChangeName {
  if (action.kind !== 'request') return { name: lowered(inputLabel(action).label), telling: true };
  const { request } = action;
  const target = targetOf(request);
  const verb = lowered(verbOf(request, target));
  const act = `${verb} ${singular(target.resource)} ${target.name}`.trim();
  if (request.method === 'DELETE') {
    return { name: target.name === '' ? `delete all ${target.resource}` : act, telling: true };
  }
  if (context.before !== undefined) return named(changesOf(context.before, context.after), act);
  const sent = sentLater(request, context.future);
  return sent === undefined ? { name: act, telling: true } : named(changesOf(sent, request.body), act);
}

function named(changes: readonly string[], act: string): ChangeName {
  const [first, ...more] = changes;
  if (first === undefined) return { name: act, telling: false };
  return { name: more.length === 0 ? first : `${first} and ${more.length} more`, telling: true };
}

/** The body with which the same object is created or changed later on the line that is left. */
function sentLater(request: ApiRequest, future: readonly Input[]): Json | undefined {
  const { path, subresource } = targetOf(request);
  for (const input of future) {
    if (input.kind !== 'request' || input.request.method === 'DELETE') continue;
    const target = targetOf(input.request);
    if (path !== '' && target.path === path && target.subresource === subresource) return input.request.body;
  }
  return undefined;
}

const lowered = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

function singular(resource: string): string {
  return RESOURCES.find((row) => row.resource === resource)?.singular ?? resource;
}

/** Fields that the cluster writes, or that say the same again. */
const IGNORED = new Set([
  'status',
  'managedFields',
  'resourceVersion',
  'generation',
  'uid',
  'creationTimestamp',
  'apiVersion',
  'kind',
  'kubectl.kubernetes.io/last-applied-configuration',
  'deployment.kubernetes.io/revision',
]);
/** Changes whose field says less than what is done by it. */
const ACTS = new Map<string, (after: unknown) => string>([
  ['unschedulable', (after) => (after === true ? 'cordoned' : 'uncordoned')],
  ['kubectl.kubernetes.io/restartedAt', () => 'rollout restart'],
  ['suspend', (after) => (after === true ? 'suspended' : 'not suspended')],
]);
const VALUE_LIMIT = 16;

/** What is otherwise, in words, each once. */
function changesOf(before: Json | undefined, after: Json | undefined): string[] {
  return [...new Set(changesBetween(before, after, IGNORED).map(wordsOf))];
}

/** The field as one speaks of it; the value of an environment variable goes under the variable's name. */
function nameOf({ path, element }: FieldChange): string {
  const last = path.at(-1) ?? '';
  return element === true || last === 'value' ? (path.at(-2) ?? last) : last;
}

function wordsOf(change: FieldChange): string {
  const { before, after } = change;
  const name = nameOf(change);
  const act = ACTS.get(name)?.(after);
  if (act !== undefined) return act;
  if (before === undefined) return `${name} added`;
  if (after === undefined) return `${name} removed`;
  const [from, to] = shortened(String(before), String(after));
  const told = typeof before !== 'object' && typeof after !== 'object' && from.length + to.length <= 2 * VALUE_LIMIT;
  return told ? `${name} ${from} → ${to}` : `${name} changed`;
}

/** Of two versions of one image only the tags. */
function shortened(before: string, after: string): [string, string] {
  const repository = /^(.*):[^:/]+$/.exec(before)?.[1];
  if (repository === undefined || !after.startsWith(`${repository}:`)) return [before, after];
  return [before.slice(repository.length + 1), after.slice(repository.length + 1)];
}
