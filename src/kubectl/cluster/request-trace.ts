import type { ApiRequest, ApiResponse } from '../../api/client';
import { goQuote } from '../format/go-text';
import type { KubectlIo } from '../io';

/** Tells what is asked and answered, as `-v` from 6 on does. */
export interface RequestTrace {
  request(request: ApiRequest): void;
  response(request: ApiRequest, response: ApiResponse, tookMs: number): void;
  nowMs(): number;
}

/** How many characters of a body are shown from a level on. Models rest.truncateBody. */
const BODY_LIMITS: [level: number, limit: number][] = [
  [10, Infinity],
  [9, 10_240],
  [8, 1_024],
];

/** What klog would print of requests at this level; nothing below 6. Models transport.DebugWrappers. */
export function requestTrace(
  level: number,
  server: () => string,
  io: Pick<KubectlIo, 'stderr' | 'nowMs'>,
): RequestTrace | undefined {
  if (level < 6) return undefined;
  const log = (place: string, text: string): void => io.stderr(`${prefix(io.nowMs())} ${place}] ${text}\n`);
  const urlOf = (request: ApiRequest): string => server() + request.path + queryText(request);
  const body = (name: string, value: ApiRequest['body']): void => {
    if (level >= 8) log('helper.go:113', `"${name}" body=${shownBody(value, level)}`);
  };
  return {
    nowMs: () => io.nowMs(),
    request: (request) => {
      const { method, headers = {} } = request;
      body('Request Body', request.body);
      if (level >= 9) log('round_trippers.go:527', `"Request" curlCommand=${block([curl(request, urlOf(request))])}`);
      else if (level >= 7)
        log(
          'round_trippers.go:527',
          `"Request" verb="${method}" url="${urlOf(request)}" headers=${headerBlock(headers)}`,
        );
    },
    response: (request, { code, headers, body: answer }, tookMs) => {
      const asked = level >= 7 && level < 9 ? '' : ` verb="${request.method}" url="${urlOf(request)}"`;
      const shown = level >= 8 ? ` headers=${headerBlock(headers)}` : '';
      const status = `${code} ${STATUS_TEXT[code] ?? ''}`.trim();
      log('round_trippers.go:632', `"Response"${asked} status="${status}"${shown} milliseconds=${tookMs}`);
      body('Response Body', answer);
    },
  };
}

/** `I0615 12:00:00.000000       1`. */
function prefix(nowMs: number): string {
  const [date = '', time = ''] = new Date(nowMs).toISOString().replace('Z', '').split('T');
  return `I${date.slice(5).replace('-', '')} ${time}000       1`;
}

function queryText({ query = {} }: ApiRequest): string {
  const pairs = Object.entries(query).sort(([left], [right]) => (left < right ? -1 : 1));
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
}

const block = (lines: readonly string[]): string => `<\n${lines.map((line) => `\t${line}\n`).join('')} >`;

function headerBlock(headers: Record<string, string>): string {
  return block(Object.entries(canonical(headers)).map(([name, value]) => `${name}: ${value}`));
}

/** Names as HTTP writes them, sorted; what proves who asks is hidden. */
function canonical(headers: Record<string, string>): Record<string, string> {
  const names = Object.keys(headers).sort();
  return Object.fromEntries(
    names.map((name) => [
      name.replace(/(^|-)([a-z])/g, (_all, before: string, letter: string) => before + letter.toUpperCase()),
      name === 'authorization' ? headers[name]!.replace(/ .*/, ' <masked>') : headers[name]!,
    ]),
  );
}

function curl({ method, headers = {} }: ApiRequest, url: string): string {
  const shown = Object.entries(canonical(headers)).map(([name, value]) => `-H "${name}: ${value}" `);
  return `curl -v -X${method}  ${shown.join('')}'${url}'`;
}

function shownBody(value: ApiRequest['body'], level: number): string {
  const text = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  const limit = BODY_LIMITS.find(([from]) => level >= from)?.[1] ?? 0;
  const cut = text.length > limit ? `${text.slice(0, limit)} [truncated ${text.length - limit} chars]` : text;
  return cut.includes('\n') ? block(cut.replace(/\n$/, '').split('\n')) : goQuote(cut);
}

const STATUS_TEXT: Record<number, string> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  409: 'Conflict',
  410: 'Gone',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};
