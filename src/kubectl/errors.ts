import type { Status } from '../api/status';

/** An error whose words kubectl prints after `error: `. */
export class CliError extends Error {
  override name = 'CliError';
}

/** No resource has that name. Its words stand without a prefix. Models checkErr on meta.NoResourceMatchError. */
export class NoResourceError extends Error {
  override name = 'NoResourceError';

  constructor(resource: string) {
    super(`the server doesn't have a resource type "${resource}"`);
  }
}

/** A refusal of the API server: the Status object of its answer. Models apierrors.StatusError. */
export class ServerError extends Error {
  override name = 'ServerError';
  readonly status: Status;

  constructor(status: Status) {
    super(status.message ?? '');
    this.status = status;
  }

  get reason(): string {
    return this.status.reason ?? '';
  }

  get code(): number {
    return this.status.code ?? 0;
  }
}

/** Nobody listened where the API server should be. Its words are StandardErrorMessage's for such a url.Error. */
export class ConnectionRefusedError extends Error {
  override name = 'ConnectionRefusedError';

  constructor(server: string) {
    super(`The connection to the server ${server} was refused - did you specify the right host or port?`);
  }
}

/** Several errors at once. Models k8s.io/apimachinery/pkg/util/errors Aggregate. */
export class ErrorList extends Error {
  override name = 'ErrorList';
  readonly errors: readonly Error[];

  constructor(errors: readonly Error[]) {
    super(aggregateText(errors));
    this.errors = errors;
  }
}

/** The single errors inside a list of lists. */
export function flatErrors(error: Error): Error[] {
  return error instanceof ErrorList ? error.errors.flatMap(flatErrors) : [error];
}

function aggregateText(errors: readonly Error[]): string {
  const texts = [...new Set(errors.flatMap(flatErrors).map((error) => error.message))];
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
}

/** Ends the command with a code after all has been said already. */
export class ExitError extends Error {
  override name = 'ExitError';
  readonly code: number;

  constructor(code = 1) {
    super('exit');
    this.code = code;
  }
}

/** Raised at Ctrl-C. */
export class InterruptedError extends Error {
  override name = 'InterruptedError';
}

/** One error for several, the error itself for one, nothing for none. */
export function throwAll(errors: readonly Error[]): void {
  const [first] = errors;
  if (errors.length === 1 && first) throw first;
  if (errors.length > 1) throw new ErrorList(errors);
}

export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

export function isNotFound(error: unknown): error is ServerError {
  return error instanceof ServerError && (error.reason === 'NotFound' || error.code === 404);
}

export function isConflict(error: unknown): error is ServerError {
  return error instanceof ServerError && error.reason === 'Conflict';
}

/** Adds what was being done to which file. Models pkg/cmd/util AddSourceToErr. */
export function withSource(verb: string, source: string, thrown: unknown): Error {
  const error = asError(thrown);
  if (source === '' || error instanceof ConnectionRefusedError) return error;
  const text = `error when ${verb} "${source}": ${error.message}`;
  return error instanceof ServerError ? new ServerError({ ...error.status, message: text }) : new CliError(text);
}

/** A misuse of a command, with the pointer to its help. Models pkg/cmd/util UsageErrorf. */
export function usageError(commandPath: string, message: string): CliError {
  return new CliError(`${message}\nSee '${commandPath} -h' for help and examples`);
}

/** What a failed command prints, and its exit code. Models pkg/cmd/util checkErr. */
export function describeFailure(thrown: unknown): { text: string; code: number } {
  let error = asError(thrown);
  if (error instanceof ErrorList && error.errors.length === 1 && error.errors[0]) error = error.errors[0];
  if (error instanceof ExitError) return { text: '', code: error.code };
  if (error instanceof InterruptedError) return { text: '', code: 130 };
  if (error instanceof ServerError && error.reason === 'Invalid') return { text: invalidText(error.status), code: 1 };
  if (error instanceof ErrorList) return { text: error.errors.map((one) => `${errorLine(one)}\n`).join(''), code: 1 };
  if (error instanceof NoResourceError) return { text: `${error.message}\n`, code: 1 };
  const text =
    serverText(error) ??
    (/^(error: |Error in configuration: )/.test(error.message) ? error.message : `error: ${error.message}`);
  return { text: text.endsWith('\n') ? text : `${text}\n`, code: 1 };
}

/** One error among several, without the prefix `error: `. Models messageForError. */
function errorLine(error: Error): string {
  return serverText(error) ?? error.message;
}

/** The words for an answer of the server. Models StandardErrorMessage. */
function serverText(error: Error): string | undefined {
  if (error instanceof ConnectionRefusedError) return error.message;
  if (!(error instanceof ServerError)) return undefined;
  if (error.reason === 'Unauthorized') return `error: You must be logged in to the server (${error.message})`;
  if (error.reason !== '') return `Error from server (${error.reason}): ${error.message}`;
  return `Error from server: ${error.message}`;
}

function invalidText(status: Status): string {
  const { details, message = '' } = status;
  if (!details) return message ? `The request is invalid: ${message}\n` : 'The request is invalid\n';
  const causes = [...new Set((details.causes ?? []).map((cause) => `${cause.field ?? ''}: ${cause.message ?? ''}`))];
  let head = 'The request is invalid';
  if (details.kind || details.name) head = `The ${details.kind ?? ''} "${details.name ?? ''}" is invalid`;
  else if (message && causes.length === 0) head += `: ${message}`;
  if (causes.length === 0) return `${head}\n`;
  if (causes.length === 1) return `${head}: ${causes[0]}\n`;
  return `${head}: \n${causes.map((cause) => `* ${cause}\n`).join('')}`;
}

/** What is read; `undefined` where it is refused as kubectl refuses. */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof CliError) return undefined;
    throw thrown;
  }
}
