import type { Json } from '../api/objects';
import { CliError } from './errors';
import type { FlagValues } from './flags/parse';
import type { KubeContext, Kubeconfig } from './io';

/** How an API server is reached: what the kubeconfig's context and the global flags come to. */
export interface ClusterAccess {
  /** Address without a path's slash at its end. */
  server: string;
  token?: string;
  username?: string;
  password?: string;
  /** PEM texts in base64, or names of files that hold PEM. */
  certificateAuthority?: Credential;
  clientCertificate?: Credential;
  clientKey?: Credential;
  insecure: boolean;
  tlsServerName?: string;
  /** Milliseconds for one request; 0 for ever. */
  timeoutMs: number;
}

export type Credential = { data: string } | { file: string };

/** The context in use. Throws where `--context` names none. Models clientcmd's getContext. */
export function contextOf(kubeconfig: Kubeconfig, flags: FlagValues): KubeContext {
  const wanted = flags.text('context') || kubeconfig.currentContext;
  const context = kubeconfig.contexts.find((one) => one.name === wanted);
  const overrides = { ...named('cluster', flags), ...named('user', flags) };
  if (context) return { ...context, ...overrides };
  if (flags.changed('context'))
    throw new CliError(`Error in configuration: context was not found for specified context: ${wanted}`);
  return { name: '', cluster: '', user: '', ...overrides };
}

function named(flag: 'cluster' | 'user', flags: FlagValues): Partial<KubeContext> {
  const name = flags.single(flag) ? flags.text(flag) : '';
  return name === '' ? {} : { [flag]: name };
}

/** Puts kubeconfig and flags together; a flag wins. Models clientcmd's ClientConfig. Throws for names that are not there. */
export function clusterAccess(kubeconfig: Kubeconfig, flags: FlagValues): ClusterAccess {
  const context = contextOf(kubeconfig, flags);
  const cluster = kubeconfig.clusters.find((one) => one.name === context.cluster)?.cluster;
  const user = kubeconfig.users.find((one) => one.name === context.user)?.user;
  if (flags.changed('cluster') && !cluster) throw new CliError(`no server found for cluster "${context.cluster}"`);
  if (flags.changed('user') && flags.single('user') && !user)
    throw new CliError(`auth info "${context.user}" does not exist`);
  checkAuthentication(context.user, flags);
  const text = (flag: string, value: Json | undefined): string =>
    flags.text(flag) || (typeof value === 'string' ? value : '');
  const credential = (flag: string, entry: Record<string, Json> | undefined): Credential | undefined => {
    if (flags.text(flag) !== '') return { file: flags.text(flag) };
    const [data, file] = [entry?.[`${flag}-data`], entry?.[flag]];
    if (typeof data === 'string' && data !== '') return { data };
    return typeof file === 'string' && file !== '' ? { file } : undefined;
  };
  return withoutEmpty({
    server: serverAddress(text('server', cluster?.['server'])),
    token: text('token', user?.['token']),
    username: text('username', user?.['username']),
    password: text('password', user?.['password']),
    certificateAuthority: credential('certificate-authority', cluster),
    clientCertificate: credential('client-certificate', user),
    clientKey: credential('client-key', user),
    insecure: flags.bool('insecure-skip-tls-verify') || cluster?.['insecure-skip-tls-verify'] === true,
    tlsServerName: text('tls-server-name', cluster?.['tls-server-name']),
    timeoutMs: requestTimeoutMs(flags.text('request-timeout')),
  });
}

/** Models clientcmd's validateAuthInfo, of what flags say. */
function checkAuthentication(user: string, flags: FlagValues): void {
  if (flags.single('token') && flags.text('token') !== '' && flags.text('username') !== '')
    throw new CliError(
      `more than one authentication method found for ${user}; found [token basicAuth], only one is allowed`,
    );
  const others =
    flags.list('as-group').length > 0 || flags.text('as-uid') !== '' || flags.list('as-user-extra').length > 0;
  if (others && flags.text('as') === '')
    throw new CliError(`requesting uid, groups or user-extra for ${user} without impersonating a user`);
}

const DEFAULT_SERVER = 'http://localhost:8080';

/** An address as it is asked for: http where no scheme is said. Models rest.DefaultServerURL. */
function serverAddress(text: string): string {
  if (text === '') return DEFAULT_SERVER;
  return (/^[a-z]+:\/\//.test(text) ? text : `http://${text}`).replace(/\/+$/, '');
}

const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Seconds, or a number with a unit. Models clientcmd.ParseTimeout. */
function requestTimeoutMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  if (!match)
    throw new CliError(
      'Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)',
    );
  return Number(match[1]) * UNITS[match[2] ?? 's']!;
}

function withoutEmpty(access: { [Key in keyof ClusterAccess]: ClusterAccess[Key] | undefined }): ClusterAccess {
  const kept = Object.entries(access).filter(([, value]) => value !== '' && value !== undefined);
  return Object.fromEntries(kept) as unknown as ClusterAccess;
}
