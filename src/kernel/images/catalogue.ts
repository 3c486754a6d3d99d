import type { Conventions, KnownImage, ProgramName } from './conventions';
import type { AnyProgram, Program } from './program';
import { database } from './programs/database';
import { evaluateModel } from './programs/evaluate';
import { daemon, server, unknownProgram } from './programs/idle';
import { load } from './programs/load';
import { modelServer } from './programs/model-server';
import { sgdRegressor } from './programs/sgd-regressor';
import { webServer } from './programs/web-server';
import { editDistance, type ImageReference } from './reference';
import { isProgram } from './shell/commands';
import { busyboxShell, scriptOf, tinyShell } from './shell/program';

/** Only the program itself knows its state's shape; whoever runs it hands back what it was given. */
const owned = <State extends object>(program: Program<State>): AnyProgram => program as unknown as AnyProgram;

/** The programs by name. */
export const PROGRAMS: Record<ProgramName, AnyProgram> = {
  'tiny-shell': owned(tinyShell),
  'busybox-shell': owned(busyboxShell),
  server: owned(server),
  unknown: owned(unknownProgram),
  nginx: owned(webServer('nginx')),
  httpd: owned(webServer('httpd')),
  redis: owned(database('redis')),
  postgres: owned(database('postgres')),
  'sgd-regressor': owned(sgdRegressor),
  'model-server': owned(modelServer),
  load: owned(load),
  evaluate: owned(evaluateModel),
  coredns: owned(daemon(16, [53, 8080, 8181, 9153], '.:53', 'CoreDNS-1.14.2')),
  'kube-proxy': owned(daemon(24, [10249, 10256], 'Using iptables Proxier', 'Caches are synced')),
  'nvidia-device-plugin': owned(daemon(20, [], "Registered device plugin for 'nvidia.com/gpu' with Kubelet")),
  'tpu-device-plugin': owned(daemon(20, [], 'Registered device plugin for google.com/tpu')),
};

/** Why a pull fails, in the words of containerd. `code` is the gRPC code's name. */
export interface PullFailure {
  readonly code: 'NotFound' | 'Unknown';
  readonly message: string;
}

/** What a registry says of an image: its size, or why it cannot be had. */
export function lookUp(conventions: Conventions, reference: ImageReference): { sizeMb: number } | PullFailure {
  const { repository, familiar, tag } = reference;
  for (const rule of conventions.refusals) {
    const named = rule.nameContains !== undefined && repository.includes(rule.nameContains);
    if (named || (rule.tag !== undefined && rule.tag === tag)) return REFUSALS[rule.refusal](reference);
  }
  const known = knownImage(conventions, familiar);
  if (known) return hasTag(known, tag) ? { sizeMb: known.sizeMb } : REFUSALS.notFound(reference);
  const isTypo = Object.keys(conventions.images).some((name) => editDistance(name, familiar) <= conventions.nearMiss);
  return isTypo && conventions.nearMiss > 0 ? REFUSALS.denied(reference) : { sizeMb: conventions.unknown.sizeMb };
}

function knownImage(conventions: Conventions, familiar: string): KnownImage | undefined {
  return Object.hasOwn(conventions.images, familiar) ? conventions.images[familiar] : undefined;
}

const VERSION = /^\d+(\.\d+){0,2}(-(alpine|slim|bookworm))?$|^(latest|alpine|slim|bookworm)$/;

const hasTag = (image: KnownImage, tag: string): boolean => image.tags?.includes(tag) ?? VERSION.test(tag);

const unpack = (reference: ImageReference, why: string): string =>
  `failed to pull and unpack image "${reference.full}": failed to resolve image: ${why}`;

const REFUSALS = {
  notFound: (reference: ImageReference): PullFailure => ({
    code: 'NotFound',
    message: unpack(reference, `${reference.full}: not found`),
  }),
  denied: (reference: ImageReference): PullFailure => ({
    code: 'Unknown',
    message: unpack(
      reference,
      `pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed: ${reference.repository}`,
    ),
  }),
};

/** What a pull says while no registry answers. */
export function registryDown(reference: ImageReference): PullFailure {
  return { code: 'Unknown', message: unpack(reference, 'failed to do request: dial tcp: i/o timeout') };
}

/** Virtual milliseconds of a pull. `onNode`: the node has the image already. */
export function pullMs(conventions: Conventions, sizeMb: number, megabytesPerSecond: number, onNode: boolean): number {
  const { firstMs, againMs } = conventions.pull;
  if (onNode) return againMs;
  return firstMs ?? Math.max(againMs, (sizeMb / megabytesPerSecond) * 1000);
}

/** What runs in a container, or why it cannot be started. */
export function processOf(
  conventions: Conventions,
  reference: ImageReference,
  command: readonly string[],
  args: readonly string[],
): { program: ProgramName } | { startError: string } {
  const known = knownImage(conventions, reference.familiar);
  const { unknown } = conventions;
  if (!known && !unknown.runsCommands) return { program: unknown.program };
  const words = command.length > 0 ? command : known?.argumentsReplace ? args : [];
  const own = known?.program ?? unknown.program;
  if (words[0] === undefined || known?.commands?.includes(words[0])) return { program: own };
  if (canRun(conventions, words)) return { program: conventions.shell };
  if (command.length === 0 && words[0].startsWith('-')) return { program: own };
  return { startError: startError(words[0]) };
}

/** Whether a container finds a program of a command's name. */
export function canRun({ dialect }: Conventions, command: readonly string[]): boolean {
  return scriptOf(command) !== undefined || (command[0] !== undefined && isProgram(dialect, command[0]));
}

function startError(name: string): string {
  return (
    'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: ' +
    `unable to start container process: error during container init: exec: "${name}": executable file not found in $PATH`
  );
}
