import { applyStrategicPatch } from '../../../api/patch/strategic';
import { CliError } from '../../errors';
import type { JsonObject } from '../../format/json';
import { isObject, objectAt, setAt, textAt } from '../../format/json';
import { yamlToJson } from '../../manifest/yaml';
import type { Session } from '../../session';
import { containersOf } from './profiles';

const CONTAINER = 'io.k8s.api.core.v1.Container';
const FIXED = ['name', 'command', 'image', 'lifecycle', 'volumeDevices'];

/** The partial container of `--custom`. Throws where it says what a profile may not. */
export function customContainer({ flags, io }: Session): JsonObject | undefined {
  const file = flags.text('custom');
  if (file === '') return undefined;
  const text = io.readFile(file);
  if (text === undefined)
    throw new CliError(
      `must pass a container spec json file for custom profile: open ${file}: no such file or directory`,
    );
  const custom = yamlToJson(text);
  if (!isObject(custom)) throw new CliError(`${file} does not contain a valid container spec`);
  if (FIXED.some((field) => custom[field] !== undefined))
    throw new CliError('name, command, image, lifecycle and volume devices are not modifiable via custom profile');
  return custom;
}

/** A container with a partial one in it. */
export function withCustom(container: JsonObject, custom: JsonObject | undefined): JsonObject {
  const merged = custom ? applyStrategicPatch(container, custom, CONTAINER) : container;
  return isObject(merged) ? merged : container;
}

/** What the flags say of the container that is added or changed. */
export function describedBy({ flags, args, argsBeforeDash }: Session): JsonObject {
  const command = argsBeforeDash < 0 ? [] : args.slice(argsBeforeDash);
  const env = flags
    .list('env')
    .map((pair) => ({ name: pair.split('=')[0] ?? '', value: pair.slice(pair.indexOf('=') + 1) }));
  return {
    ...(command.length === 0 ? {} : { [flags.bool('arguments-only') ? 'args' : 'command']: command }),
    ...(env.length === 0 ? {} : { env }),
    ...(flags.text('image') === '' ? {} : { image: flags.text('image') }),
    ...(flags.text('image-pull-policy') === '' ? {} : { imagePullPolicy: flags.text('image-pull-policy') }),
    ...(flags.bool('stdin') ? { stdin: true } : {}),
    ...(flags.bool('tty') ? { tty: true } : {}),
  };
}

/** A container that begins as Go writes an empty one. */
export const newContainer = (name: string): JsonObject => ({
  name,
  resources: {},
  terminationMessagePolicy: 'File',
});

/** The name of `-c`, or `debugger-1`, counted on where the Pod has such a container; that is said. */
export function debugName(session: Session, pod: JsonObject): string {
  const given = session.flags.text('container');
  if (given !== '') return given;
  const taken = containersOf(pod);
  let number = 1;
  while (taken.has(`debugger-${number}`)) number++;
  const name = `debugger-${number}`;
  if (!session.flags.bool('quiet')) session.print(`Defaulting debug container name to ${name}.\n`);
  return name;
}

/** Sets the images that `--set-image` names, `*` for all. */
export function setImages({ flags }: Session, pod: JsonObject): void {
  const images = new Map(
    flags
      .list('set-image')
      .map((pair): [string, string] => [pair.split('=')[0] ?? '', pair.slice(pair.indexOf('=') + 1)]),
  );
  const containers = objectAt(pod, 'spec')?.['containers'];
  for (const container of Array.isArray(containers) ? containers.filter(isObject) : []) {
    const image = images.get(textAt(container, 'name')) ?? images.get('*');
    if (image) setAt(container, image, 'image');
  }
}
