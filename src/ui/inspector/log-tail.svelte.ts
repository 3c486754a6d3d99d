import type { ApiClient } from '../../api/client';
import { messageOf } from '../connection/control';
import { pathOf } from './subjects';

export interface LogQuery {
  namespace: string;
  name: string;
  container: string;
  previous: boolean;
  follow: boolean;
}

const LINES_KEPT = 1_000;

/** The end of a container's log, as it grows. */
export class LogTail {
  lines = $state.raw<readonly string[]>([]);
  refusal = $state('');

  readonly stop: () => void;
  #rest = '';
  #kept: string[] = [];
  #scheduled = false;

  constructor(client: ApiClient, query: LogQuery) {
    this.stop = client.stream(
      {
        method: 'GET',
        path: `${pathOf('pods', query.namespace, query.name)}/log`,
        query: {
          container: query.container,
          tailLines: String(LINES_KEPT),
          ...(query.follow && !query.previous ? { follow: 'true' } : {}),
          ...(query.previous ? { previous: 'true' } : {}),
        },
        headers: { 'user-agent': 'podium-page' },
      },
      (text) => this.#take(text),
      (refusal) => {
        if (refusal && refusal.code !== 410) this.refusal = messageOf(refusal);
      },
    );
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    this.#kept.push(...lines);
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      this.#kept = this.#kept.slice(-LINES_KEPT);
      this.lines = [...this.#kept];
    });
  }
}
