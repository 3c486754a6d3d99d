import type { Json } from '../../api/objects';
import { waitForDeletion } from '../cluster/deletion';
import type { Deadline } from '../cluster/deadline';
import { followObject } from '../cluster/follow';
import type { Info } from '../cluster/info';
import { objectName, pathOfInfo } from '../cluster/info';
import { manifestOptions } from '../cluster/manifest-sources';
import type { SelectOptions } from '../cluster/select';
import { select } from '../cluster/select';
import type { Command } from '../command';
import { CliError, ServerError, isNotFound } from '../errors';
import { array, bool, duration } from '../flags/flags';
import { ALL_NAMESPACES_FLAG, FIELD_SELECTOR_FLAG, FILENAME_FLAGS, SELECTOR_FLAG } from '../flags/standard';
import { goList, goQuote, goValue } from '../format/go-text';
import { isObject, listAt, numberAt, textAt } from '../format/json';
import { JsonPath, relaxedJsonPath } from '../format/json-path';
import { PRINT_FLAGS, printerFor } from '../printers/output';
import type { Session } from '../session';

export const waitCommand: Command = {
  name: 'wait',
  completes: 'resources',
  usage:
    "wait ([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]]",
  short: 'Wait for a specific condition on one or many resources',
  long: 'Ends when the condition holds for all that is named, or when time is up.',
  examples: `  # Until the training is done
  kubectl wait --for=condition=complete job/train-sgd --timeout=10m

  # Until a Pod runs
  kubectl wait --for=jsonpath='{.status.phase}'=Running pod/debug`,
  flags: [
    ...PRINT_FLAGS,
    ...FILENAME_FLAGS,
    SELECTOR_FLAG,
    FIELD_SELECTOR_FLAG,
    ALL_NAMESPACES_FLAG,
    bool('all', 'Everything of the type in the namespace.'),
    bool('local', 'Work on the files only, without the cluster.'),
    duration('timeout', 'How long to wait; 0 to look once, negative for a week.', { default: '30s' }),
    array(
      'for',
      "What to wait for: create, delete, condition=NAME[=VALUE] or jsonpath='{PATH}'[=VALUE]; may be repeated.",
    ),
  ],
  run: wait,
};

const WEEK_MS = 7 * 24 * 3600 * 1000;
const POLL_MS = 500;

/** Whether an object meets a condition. */
type Check = (object: Json) => boolean;
type Condition = { kind: 'create' } | { kind: 'delete' } | { kind: 'check'; check: Check };

async function wait(session: Session): Promise<void> {
  const { flags } = session;
  const printer = printerFor(flags, session.io, 'condition met');
  const conditions = conditionsOf(flags.list('for'));
  const given = flags.duration('timeout');
  const timeout = given < 0 ? WEEK_MS : given;
  const deadline = session.deadline(timeout);
  const options = selectOptions(session);
  if (conditions.some(({ kind }) => kind === 'create')) await waitForCreation(session, options, deadline);
  const forDelete = conditions.some(({ kind }) => kind === 'delete');
  let count = 0;
  const selection = await select(session, options);
  try {
    await selection.visit(async (info) => {
      count++;
      for (const condition of conditions) {
        const object = await waitForOne(session, info, condition, timeout, deadline);
        if (isObject(object)) printer.print(object, session.out);
      }
    });
  } catch (thrown) {
    if (!forDelete || !isNotFound(thrown)) throw thrown;
  }
  if (count === 0 && !forDelete) throw new CliError('no matching resources found');
}

function selectOptions(session: Session): SelectOptions {
  const { flags } = session;
  const common: SelectOptions = {
    ...manifestOptions(session),
    allNamespaces: flags.bool('all-namespaces'),
    continueOnError: true,
    flatten: true,
  };
  if (flags.bool('local')) return common;
  return {
    ...common,
    args: session.args,
    allowEmptySelector: flags.bool('all'),
    labelSelector: flags.text('selector'),
    fieldSelector: flags.text('field-selector'),
    latest: true,
  };
}

/** Throws for what is no condition. Models conditionFuncsFor. */
function conditionsOf(texts: readonly string[]): Condition[] {
  if (texts.length === 0) throw new CliError(`unrecognized condition: ${goList(texts)}`);
  return texts.map((text) => {
    const lower = text.toLowerCase();
    if (lower === 'delete' || lower === 'create') return { kind: lower };
    if (text.startsWith('condition=')) return { kind: 'check', check: statusCheck(text.slice('condition='.length)) };
    if (text.startsWith('jsonpath=')) return { kind: 'check', check: pathCheck(text.slice('jsonpath='.length)) };
    throw new CliError(`unrecognized condition: ${goQuote(text)}`);
  });
}

/** `Ready`, `Ready=false`. Models ConditionalWait. */
function statusCheck(text: string): Check {
  const equals = text.indexOf('=');
  const name = (equals < 0 ? text : text.slice(0, equals)).toLowerCase();
  const value = (equals < 0 ? 'true' : text.slice(equals + 1)).toLowerCase();
  return (object) => {
    const condition = listAt(object, 'status', 'conditions').find((one) => textAt(one, 'type').toLowerCase() === name);
    if (condition === undefined || textAt(condition, 'status') === '') return false;
    const generation = numberAt(object, 'metadata', 'generation');
    const observed = numberAt(condition, 'observedGeneration') ?? numberAt(object, 'status', 'observedGeneration');
    if (generation !== undefined && observed !== undefined && observed < generation) return false;
    return textAt(condition, 'status').toLowerCase() === value;
  };
}

/** `{.status.phase}=Running`, or a path alone for any value. Models JSONPathWait. */
function pathCheck(text: string): Check {
  const parts = splitAtSingleEquals(text);
  if (parts.length > 2) {
    throw new CliError(
      "jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'",
    );
  }
  const expression = relaxedJsonPath(parts[0] ?? '');
  const wanted = parts[1]?.replace(/^['"]+|['"]+$/g, '');
  if (wanted === '') {
    throw new CliError(
      "jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3",
    );
  }
  if (expression === '') throw new CliError('jsonpath expression cannot be empty');
  const path = new JsonPath(expression, true);
  return (object) => {
    const [values = [], ...more] = path.find(object);
    const [value, ...others] = values;
    if (value === undefined) return false;
    if (more.length > 0) throw new CliError('given jsonpath expression matches more than one list');
    if (others.length > 0) throw new CliError('given jsonpath expression matches more than one value');
    if (wanted === undefined) return true;
    if (typeof value === 'object' && value !== null) {
      throw new CliError('jsonpath leads to a nested object or list which is not supported');
    }
    return goValue(value).trim() === wanted.trim();
  };
}

/** `a==b=c` → `a==b` and `c`. */
function splitAtSingleEquals(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  for (let index = 0; index < text.length; index++) {
    const isDouble = text.startsWith('==', index);
    if (text[index] === '=' && !isDouble) {
      parts.push(part);
      part = '';
      continue;
    }
    part += isDouble ? '==' : (text[index] ?? '');
    if (isDouble) index++;
  }
  return [...parts, part];
}

/** Asks again and again until what is named is there. */
async function waitForCreation(session: Session, options: SelectOptions, deadline: Deadline): Promise<void> {
  for (;;) {
    let found = false;
    try {
      const selection = await select(session, options);
      await selection.visit(async () => {
        found = true;
      });
    } catch (thrown) {
      if (!isNotFound(thrown)) throw thrown;
    }
    if (found) return;
    if (deadline.hasPassed) throw new CliError('timed out waiting for the condition');
    await session.pause(POLL_MS);
  }
}

/** The object once it meets the condition. Throws when time is up. */
async function waitForOne(
  session: Session,
  info: Info,
  condition: Condition,
  timeout: number,
  deadline: Deadline,
): Promise<Json | undefined> {
  if (info.name === '') throw new CliError('resource name must be provided');
  if (condition.kind === 'create') return info.object;
  if (condition.kind === 'delete') {
    if (timeout === 0) throw new CliError(`condition not met for ${objectName(info)}`);
    await waitForDeletion(session, [{ info, uid: '' }], deadline);
    return info.object;
  }
  const { check } = condition;
  if (timeout === 0) {
    const object = await session.rest.json('GET', pathOfInfo(info));
    if (!check(object)) throw new CliError(`condition not met for ${objectName(info)}`);
    return object;
  }
  let met: Json | undefined;
  let seen = false;
  const outcome = await followObject(session, info, deadline, (object) => {
    if (object === undefined) {
      if (seen) return false;
      throw missing(info);
    }
    seen = true;
    if (check(object)) met = object;
    return met !== undefined;
  });
  if (outcome === 'timeout') throw new CliError(`timed out waiting for the condition on ${objectName(info)}`);
  return withKind(info, met);
}

function missing(info: Info): ServerError {
  const { resource, group } = info.mapping;
  return new ServerError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `${group ? `${resource}.${group}` : resource} "${info.name}" not found`,
    reason: 'NotFound',
    code: 404,
  });
}

/** Items of lists have no kind of their own. */
function withKind(info: Info, object: Json | undefined): Json | undefined {
  const { group, version, kind } = info.mapping;
  return isObject(object) ? { apiVersion: group ? `${group}/${version}` : version, kind, ...object } : object;
}
