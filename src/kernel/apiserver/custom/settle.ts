import { freezeDeep } from '../../../base/state';
import { splitKey } from '../../../api/objects';
import type { Core, Write } from '../core';
import { removeObject } from '../deletion';
import { ownersToKeep } from '../ownership/pending';
import { customResource } from './custom-kind';
import { DEFINITIONS, hasCondition, storageKey, type Condition, type Definition, type Names } from './definition';

/**
 * What the API server does by itself after a definition, or an object of one, was written. Models
 * apiextensions-apiserver/pkg/controller: establish, status and finalizer.
 */

export const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';
const KEYS = ['plural', 'singular', 'kind', 'listKind'] as const;

/** Accepts names, establishes what has them, and takes away what is deleted together with its objects. */
export function settleDefinitions(core: Core, write: Write): void {
  for (const object of [...core.store.all(DEFINITIONS).values()]) {
    const definition = object as Definition;
    if (definition.metadata.deletionTimestamp) clear(core, definition, write);
    else if (!isSettled(definition)) accept(core, definition, write);
  }
}

function isSettled({ spec, status }: Definition): boolean {
  const accepted = status.acceptedNames;
  return Boolean(status.conditions?.length) && KEYS.every((key) => accepted?.[key] === spec.names[key]);
}

function accept(core: Core, definition: Definition, write: Write): void {
  const others = [...core.store.all(DEFINITIONS).values()] as Definition[];
  const rivals = others.filter(
    (one) => one !== definition && one.spec.group === definition.spec.group && hasCondition(one, 'NamesAccepted'),
  );
  const taken = KEYS.flatMap((key) => rivals.flatMap(({ status }) => status.acceptedNames?.[key] ?? []));
  const clash = KEYS.map((key) => definition.spec.names[key]).find(
    (name) => name !== undefined && taken.includes(name),
  );
  const time = core.clock.time;
  const of = (type: string, status: string, reason: string, message: string): Condition => ({
    type,
    status,
    reason,
    message,
    lastTransitionTime: time,
  });
  const conditions: Condition[] =
    clash === undefined
      ? [
          of('NamesAccepted', 'True', 'NoConflicts', 'no conflicts found'),
          of('Established', 'True', 'InitialNamesAccepted', 'the initial names have been accepted'),
        ]
      : [
          of('NamesAccepted', 'False', 'NameConflict', `${JSON.stringify(clash)} is already in use`),
          of('Established', 'False', 'NotAccepted', 'not all names are accepted'),
        ];
  const acceptedNames: Partial<Names> = clash === undefined ? definition.spec.names : { plural: '', kind: '' };
  put(core, definition, { ...definition, status: { ...definition.status, acceptedNames, conditions } }, write);
}

function put(core: Core, definition: Definition, next: Definition, write: Write): void {
  const owners = ownersToKeep(definition);
  core.store.put(DEFINITIONS, definition.metadata.name, freezeDeep(next), core.clock.nowMs, write.cause, owners);
}

/** Deletes the objects of a definition; once the last has gone the definition goes. */
function clear(core: Core, definition: Definition, write: Write): void {
  if (!definition.metadata.finalizers?.includes(CLEANUP)) return;
  const key = storageKey(definition);
  const stored = definition.spec.versions.find((one) => one.storage) ?? definition.spec.versions[0]!;
  const resource = customResource(definition, stored);
  for (const object of [...core.store.all(key).keys()]) {
    const { namespace, name } = splitKey(object);
    removeObject(core, resource, namespace, name, {}, write);
  }
  if (core.store.all(key).size > 0) return;
  const finalizers = definition.metadata.finalizers.filter((one) => one !== CLEANUP);
  if (finalizers.length > 0)
    put(core, definition, { ...definition, metadata: { ...definition.metadata, finalizers } }, write);
  else core.store.remove(DEFINITIONS, definition.metadata.name, core.clock.nowMs, write.cause);
}
