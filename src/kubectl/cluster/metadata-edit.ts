import { CliError } from '../errors';
import type { FlagSpec } from '../flags/flags';
import { bool, text } from '../flags/flags';
import {
  ALL_NAMESPACES_FLAG,
  DRY_RUN_FLAG,
  FIELD_SELECTOR_FLAG,
  FILENAME_FLAGS,
  RECORD_FLAG,
  SELECTOR_FLAG,
  fieldManagerFlag,
} from '../flags/standard';
import type { JsonObject } from '../format/json';
import { stringMapAt, textAt } from '../format/json';
import { PRINT_FLAGS } from '../printers/output';
import type { Session } from '../session';
import type { Info } from './info';
import { manifestOptions, namesManifests } from './manifest-sources';
import type { SelectOptions } from './select';

/** The flags that label and annotate share. */
export function metadataFlags(what: string, fieldManager: string): FlagSpec[] {
  return [
    ...PRINT_FLAGS,
    ...FILENAME_FLAGS,
    RECORD_FLAG,
    DRY_RUN_FLAG,
    SELECTOR_FLAG,
    FIELD_SELECTOR_FLAG,
    ALL_NAMESPACES_FLAG,
    bool('overwrite', `Change ${what} that are there.`),
    bool('list', `Print the ${what}.`),
    bool('local', 'Work on the files only, without the cluster.'),
    bool('all', 'Everything of the type in the namespace.'),
    text('resource-version', 'Only if the object has this version.'),
    fieldManagerFlag(fieldManager),
  ];
}

/** Resources come first, then `key=value` and `key-`. Throws for another order. Models GetResourcesAndPairs. */
export function splitPairs(args: readonly string[], what: string): { resources: string[]; pairs: string[] } {
  const resources: string[] = [];
  const pairs: string[] = [];
  for (const argument of args) {
    const isPair =
      (argument.includes('=') && !argument.startsWith('=')) || (argument.endsWith('-') && argument !== '-');
    if (isPair) pairs.push(argument);
    else if (pairs.length > 0)
      throw new CliError(`all resources must be specified before ${what} changes: ${argument}`);
    else resources.push(argument);
  }
  return { resources, pairs };
}

/** Refuses flags that do not go together. */
export function checkMetadataFlags(
  session: Session,
  resources: readonly string[],
  updates: number,
  what: string,
  file: string,
): void {
  const { flags } = session;
  const refuse = (wrong: boolean, words: string): void => {
    if (wrong) throw new CliError(words);
  };
  refuse(flags.bool('list') && flags.text('output') !== '', '--list and --output may not be specified together');
  refuse(flags.bool('all') && flags.text('selector') !== '', 'cannot set --all and --selector at the same time');
  refuse(
    flags.bool('all') && flags.text('field-selector') !== '',
    'cannot set --all and --field-selector at the same time',
  );
  const files = namesManifests(session);
  if (flags.bool('local')) {
    const both = 'cannot specify --local and --dry-run=server - did you mean --dry-run=client?';
    refuse(session.dryRun() === 'server', both);
    refuse(
      resources.length > 0,
      `can only use local files by -f ${file}.yaml or --filename=${file}.json when --local=true is set`,
    );
    refuse(!files, `one or more files must be specified as -f ${file}.yaml or --filename=${file}.json`);
  } else {
    const missing = 'one or more resources must be specified as <resource> <name> or <resource>/<name>';
    refuse(resources.length < 1 && !files, missing);
  }
  refuse(updates === 0 && !flags.bool('list'), `at least one ${what} update is required`);
}

export function metadataSelection(session: Session, resources: string[]): SelectOptions {
  const { flags } = session;
  const common: SelectOptions = {
    ...manifestOptions(session),
    continueOnError: true,
    flatten: true,
  };
  if (flags.bool('local')) return common;
  return {
    ...common,
    labelSelector: flags.text('selector'),
    fieldSelector: flags.text('field-selector'),
    allNamespaces: flags.bool('all-namespaces'),
    args: resources,
    allowEmptySelector: flags.bool('all'),
    latest: true,
  };
}

/** Prints a string map of one object, `key=value` a line. */
export function listMetadata(session: Session, info: Info, single: boolean, field: 'labels' | 'annotations'): void {
  const { group, kind } = info.mapping;
  const indent = single ? '' : ' ';
  if (!single) session.print(`Listing ${field} for ${kind}.${group}/${info.name}:\n`);
  for (const [key, value] of stringMapAt(info.object, 'metadata', field)) session.print(`${indent}${key}=${value}\n`);
}

export const hasEntry = (object: JsonObject, field: string, key: string): boolean =>
  stringMapAt(object, 'metadata', field).has(key);

export const entryOf = (object: JsonObject, field: string, key: string): string =>
  textAt(object, 'metadata', field, key);
