import type { Json } from '../api/objects';
import type { Kubeconfig } from './io';
import { CliError } from './errors';
import { helpText } from './help';
import type { Session } from './session';
import type { Command } from './command';

export const byName = (left: { name: string }, right: { name: string }): number =>
  left.name < right.name ? -1 : left.name > right.name ? 1 : 0;

/** Takes an entry out of a list of the kubeconfig. Returns whether it was there. */
export function removeNamed<T extends { name: string }>(list: T[], name: string): boolean {
  const index = list.findIndex((one) => one.name === name);
  if (index >= 0) list.splice(index, 1);
  return index >= 0;
}

/** Prints the help of a `config` command and says that the arguments are wrong. */
export function refuseArguments(session: Session, command: Command): CliError {
  session.print(helpText(command, session.commandPath.split(' ')));
  return new CliError(`Unexpected args: [${session.args.join(' ')}]`);
}

/** Sets or, with undefined, takes away what a dotted path names, such as `contexts.podium.namespace`. */
export function changeProperty(kubeconfig: Kubeconfig, property: string, value: string | undefined): void {
  const [section = '', ...path] = property.split('.');
  const field = path.at(-1) ?? '';
  const name = path.slice(0, -1).join('.');
  if (section === 'current-context' && path.length === 0) {
    kubeconfig.currentContext = value ?? '';
    return;
  }
  const list = sectionOf(kubeconfig, section);
  if (!list) throw new CliError(`unable to parse ${property} after [] at api.Config`);
  if (path.length === 0) {
    if (value !== undefined) throw new CliError(`can't set a map to a value: ${section}`);
    list.clear();
  } else if (name === '') {
    if (value !== undefined) throw new CliError(`can't set a map to a value: ${property}`);
    list.remove(field);
  } else {
    const fields = list.fields(name, value !== undefined);
    if (!fields) throw new CliError(`current map key \`${name}\` is invalid`);
    if (value === undefined) delete fields[field];
    else fields[field] = value === 'true' || value === 'false' ? value === 'true' : value;
  }
}

interface Section {
  clear(): void;
  remove(name: string): void;
  fields(name: string, make: boolean): Record<string, Json> | undefined;
}

function sectionOf(kubeconfig: Kubeconfig, section: string): Section | undefined {
  const { clusters, contexts, users } = kubeconfig;
  if (section === 'clusters') {
    return sectionFor(
      clusters,
      (name) => ({ name, cluster: { server: '' } }),
      (entry) => entry.cluster,
    );
  }
  if (section === 'users')
    return sectionFor(
      users,
      (name) => ({ name, user: {} }),
      (entry) => entry.user,
    );
  if (section !== 'contexts') return undefined;
  return sectionFor(
    contexts,
    (name) => ({ name, cluster: '', user: '' }),
    (entry) => entry as unknown as Record<string, Json>,
  );
}

function sectionFor<T extends { name: string }>(
  list: T[],
  make: (name: string) => T,
  fieldsOf: (entry: T) => Record<string, Json>,
): Section {
  return {
    clear: () => void list.splice(0),
    remove: (name) => void removeNamed(list, name),
    fields: (name, wanted) => {
      const known = list.find((one) => one.name === name);
      if (known || !wanted) return known && fieldsOf(known);
      const entry = make(name);
      list.push(entry);
      return fieldsOf(entry);
    },
  };
}
