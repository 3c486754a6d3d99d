import type { ApiClient } from '../../api/client';
import type { Json } from '../../api/objects';

/** What a learner has hands on: the door, kubectl, and the files of the editor. */
export interface Hands {
  readonly client: ApiClient;
  /** The editor's files, by name. */
  readonly files: Map<string, string>;
  /** Runs a kubectl command, given without the word kubectl, and comes back when it has ended. */
  kubectl(args: readonly string[], stdin?: string): Promise<{ readonly code: number; readonly stderr: string }>;
  /** Splits a command line into words, as the terminal does. */
  split(line: string): string[] | { problem: string };
}

/** Asks the control API; throws with its words where it refuses. */
export async function control(client: ApiClient, what: string, body: Json): Promise<Json> {
  const response = await client.request({ method: 'POST', path: `/podium/v1/${what}`, body });
  if (response.code < 400) return response.body;
  throw new Error(
    (response.body as { message?: string } | null)?.message ?? `${what} was refused with ${response.code}`,
  );
}
