import type { ApiClient, ApiResponse } from '../../api/client';
import type { Fault } from '../../api/faults';
import type { Json } from '../../api/objects';
import type { WorldChange } from '../../api/world-change';
import type { TimeRequest } from '../../protocol/control';
import { CONTROL_PREFIX } from '../../protocol/control';

/** Asks the control API and returns its JSON; a refusal is thrown with its words. */
export class Control {
  constructor(private readonly client: ApiClient) {}

  time(request: TimeRequest): Promise<Json> {
    return this.#send('POST', 'time', {}, request as unknown as Json);
  }

  fault(fault: Fault): Promise<Json> {
    return this.#send('POST', 'faults', {}, fault as unknown as Json);
  }

  world(change: WorldChange): Promise<Json> {
    return this.#send('POST', 'world', {}, change as unknown as Json);
  }

  /** Starts over with a new cluster in the place of the open one. */
  reset(preset: string, seed: number): Promise<Json> {
    return this.#send('POST', 'reset', {}, { preset, seed });
  }

  /** Puts a document in the place of the open one. */
  replace(text: string): Promise<Json> {
    return this.#send('POST', 'document', {}, text);
  }

  /** Makes this tab the one that may write; the other one looks on. */
  takeOver(): Promise<Json> {
    return this.#send('POST', 'takeover', {}, {});
  }

  /** Reads a record, such as `scheduling` with `{pod: 'default/train-1'}`. */
  read<T>(what: string, query: Record<string, string> = {}): Promise<T> {
    return this.#send('GET', what, query) as Promise<T>;
  }

  async #send(method: string, what: string, query: Record<string, string>, body?: Json): Promise<Json> {
    const response = await this.client.request({
      method,
      path: `${CONTROL_PREFIX}${what}`,
      query,
      ...(body === undefined ? {} : { body }),
    });
    if (response.code >= 400) throw new Error(messageOf(response));
    return response.body;
  }
}

/** The message of a Status, or the body as text. */
export function messageOf(response: ApiResponse): string {
  const body = response.body as { message?: unknown } | string | null;
  if (typeof body === 'object' && body !== null && typeof body.message === 'string') return body.message;
  return typeof body === 'string' && body !== '' ? body : `the request was answered with ${response.code}`;
}
