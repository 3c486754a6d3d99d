import type { ApiResponse } from '../../api/client';
import type { Json } from '../../api/objects';
import { seedRandom } from '../../base/random';
import { hashState } from '../../base/state';
import { Store } from '../store/store';
import { Clock } from '../time/clock';
import { ApiServer } from './api-server';

/** An API server with the namespace `lab`, and short ways to ask it. */
export class Rig {
  readonly store = new Store();
  readonly clock = new Clock(Date.UTC(2026, 0, 1));
  readonly server = new ApiServer(this.store, this.clock, seedRandom(7, 'apiserver'));

  constructor() {
    this.server.bootstrap();
    this.ask('POST', '/api/v1/namespaces', { metadata: { name: 'lab' } });
    this.ask('POST', '/api/v1/namespaces/lab/serviceaccounts', { metadata: { name: 'default' } });
  }

  /** Sends one request; the query stands in the path. A content type decides how a body is read. */
  ask(method: string, target: string, body?: Json, contentType?: string): ApiResponse {
    const [path = '', search = ''] = target.split('?');
    const query = Object.fromEntries(new URLSearchParams(search));
    const headers = { 'user-agent': 'test/1', ...(contentType ? { 'content-type': contentType } : {}) };
    return this.server.handle(
      { method, path, query, headers, ...(body === undefined ? {} : { body }) },
      { actor: 'test' },
    );
  }

  /** The message of a refusal, or the kind of an answer. */
  say(method: string, target: string, body?: Json, contentType?: string): string {
    const { code, body: answer } = this.ask(method, target, body, contentType);
    const { message, kind } = answer as { message?: string; kind?: string };
    return `${code} ${message ?? kind ?? ''}`;
  }

  /** A hash of all that the server remembers. */
  get hash(): number {
    return hashState([this.server.state, this.store.state]);
  }
}
