import type { ApiResponse } from '../../api/client';
import { CliError } from '../errors';
import { manifestSources } from '../manifest/files';
import type { Session } from '../session';

/** Sends the one file of `-f` as it is to the path of `--raw`, and prints the answer. Models pkg/rawhttp. */
export async function sendRaw(session: Session, method: 'POST' | 'PUT', raw: string): Promise<void> {
  const { flags, io } = session;
  if (flags.list('filename').length !== 1) throw new CliError('--raw can only use a single local file or stdin');
  const problems: Error[] = [];
  const [source] = manifestSources(io, flags.list('filename'), false, problems);
  if (!source || problems.length > 0)
    throw problems[0] ?? new CliError('--raw can only use a single local file or stdin');
  const url = new URL(raw, 'http://server');
  const response = await session.rest.request(method, url.pathname, {
    query: Object.fromEntries(url.searchParams),
    body: source.text,
  });
  session.print(rawText(url.pathname, response));
}

/** An answer as the server writes it: one line of JSON, but for its version, which is written for people. */
export function rawText(path: string, { body }: ApiResponse): string {
  if (typeof body === 'string') return body;
  return path.startsWith('/version') ? JSON.stringify(body, null, 2) : `${JSON.stringify(body)}\n`;
}
