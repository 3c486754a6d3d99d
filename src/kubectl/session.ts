import type { ApiClient } from '../api/client';
import { clusterAccess, contextOf } from './access';
import type { ClusterAccess } from './access';
import { lateClient } from './cluster/late-client';
import { impersonationHeaders } from './cluster/impersonation';
import { requestTrace } from './cluster/request-trace';
import { Discovery } from './cluster/discovery';
import { Deadline } from './cluster/deadline';
import { Rest } from './cluster/rest';
import { CliError, InterruptedError } from './errors';
import type { FlagValues, ParsedLine } from './flags/parse';
import { defaultKubeconfig } from './io';
import type { KubeContext, Kubeconfig, KubectlIo } from './io';
import type { Sink } from './printers/printer';

const POLL_MS = 100;

/** How a command pretends only. */
export type DryRun = 'none' | 'client' | 'server';

/** One command line at work: its flags and arguments, the cluster, and where text goes. */
export class Session {
  readonly client: ApiClient;
  readonly io: KubectlIo;
  readonly flags: FlagValues;
  readonly args: string[];
  readonly argsBeforeDash: number;
  /** `kubectl create deployment`. */
  readonly commandPath: string;
  readonly rest: Rest;
  readonly discovery: Discovery;
  readonly kubeconfig: Kubeconfig;
  readonly out: Sink;
  /** How often the server has warned. */
  warnings = 0;
  private knownDryRun: DryRun | undefined;

  constructor(client: ApiClient, io: KubectlIo, line: ParsedLine, commandPath: string) {
    this.kubeconfig = io.kubeconfig ?? defaultKubeconfig();
    const { connect } = io;
    this.client = lateClient(() => {
      const { access } = this;
      return connect ? connect(access) : client;
    });
    this.io = io;
    this.flags = line.flags;
    this.args = line.args;
    this.argsBeforeDash = line.argsBeforeDash;
    this.commandPath = commandPath;
    this.rest = new Rest(this.client, {
      warn: (warning) => {
        this.warnings++;
        io.stderr(`Warning: ${warning}\n`);
      },
      server: () => this.access.server,
      headers: impersonationHeaders(this.flags),
      trace: requestTrace(this.flags.number('v'), () => this.access.server, io),
      ...(io.signal ? { signal: io.signal } : {}),
    });
    this.discovery = new Discovery(client, this.rest);
    this.out = { write: (text) => io.stdout(text) };
  }

  /** The context in use. Throws where `--context` names none. */
  get context(): KubeContext {
    return contextOf(this.kubeconfig, this.flags);
  }

  /** How the API server is reached. Throws where a flag names what the kubeconfig does not have. */
  get access(): ClusterAccess {
    return clusterAccess(this.kubeconfig, this.flags);
  }

  get namespace(): string {
    return this.flags.text('namespace') || this.context.namespace || 'default';
  }

  /** Whether the namespace was asked for, so that manifests must agree with it. */
  get explicitNamespace(): boolean {
    return this.flags.text('namespace') !== '';
  }

  get kubeconfigFile(): string {
    return this.io.kubeconfigFile ?? '.kube/config';
  }

  print(text: string): void {
    this.io.stdout(text);
  }

  printError(text: string): void {
    this.io.stderr(text);
  }

  /** The end of a wait that begins now. */
  deadline(timeoutMs: number): Deadline {
    return new Deadline(() => this.io.nowMs(), timeoutMs);
  }

  /** Waits on the cluster's clock, or until Ctrl-C, which throws. */
  async sleep(ms: number): Promise<void> {
    const deadline = this.deadline(ms);
    while (!deadline.hasPassed) await this.pause(Math.min(ms, POLL_MS));
  }

  /** Waits in real time, or until Ctrl-C, which throws. */
  pause(ms: number): Promise<void> {
    const { signal } = this.io;
    return new Promise((resolve, reject) => {
      const interrupt = (): void => {
        clearTimeout(timer);
        reject(new InterruptedError('interrupted'));
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', interrupt);
        resolve();
      }, ms);
      if (signal?.aborted) interrupt();
      else signal?.addEventListener('abort', interrupt, { once: true });
    });
  }

  /** Throws for another value than none, client and server. Models GetDryRunStrategy. */
  dryRun(): DryRun {
    this.knownDryRun ??= this.readDryRun();
    return this.knownDryRun;
  }

  private readDryRun(): DryRun {
    const value = this.flags.text('dry-run');
    if (value === 'none' || value === 'client' || value === 'server') return value;
    if (value === 'unchanged') {
      this.printError('Warning: --dry-run is deprecated and can be replaced with --dry-run=client.\n');
      return 'client';
    }
    throw new CliError(`Invalid dry-run value (${value}). Must be "none", "server", or "client".`);
  }

  /** `Strict`, `Warn` or `Ignore`, as the query field fieldValidation wants it. Models GetValidationDirective. */
  fieldValidation(): 'Strict' | 'Warn' | 'Ignore' {
    const value = this.flags.text('validate');
    switch (value) {
      case 'strict':
      case 'true':
        return 'Strict';
      case 'warn':
        return 'Warn';
      case 'ignore':
      case 'false':
        return 'Ignore';
      default:
        throw new CliError(
          `invalid - validate option "${value}"; must be one of: strict (or true), warn, ignore (or false)`,
        );
    }
  }
}

/** What is printed after an operation that was not carried out. */
export function withDryRun(operation: string, dryRun: DryRun): string {
  if (dryRun === 'client') return `${operation} (dry run)`;
  return dryRun === 'server' ? `${operation} (server dry run)` : operation;
}
