import { formatTime } from '../../../api/time';
import type { Program } from '../program';

type WebServer = { served: number };

const PAGES = {
  nginx:
    '<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to nginx!</title>\n</head>\n<body>\n<h1>Welcome to nginx!</h1>\n</body>\n</html>\n',
  httpd: '<html><body><h1>It works!</h1></body></html>\n',
};
const ROOTS = { nginx: '/usr/share/nginx/html', httpd: '/usr/local/apache2/htdocs' };
const LATENCY_MS = 1;
const REQUEST_CPU_MS = 2;

/** nginx and httpd: port 80, files of their document root, an access log. */
export function webServer(name: keyof typeof PAGES): Program<WebServer> {
  return {
    start(io) {
      const time = formatTime(io.context.epochMs + io.context.nowMs)
        .replaceAll('-', '/')
        .replace('T', ' ')
        .slice(0, 19);
      io.log(`${time} [notice] 1#1: ${name === 'nginx' ? 'start worker processes' : 'resuming normal operations'}`);
      io.do({ kind: 'serve', port: 80 });
      io.do({ kind: 'useCpu', milli: 1 });
      io.do({ kind: 'useMemory', bytes: 8 << 20 });
      return { served: 0 };
    },
    on(state, event, io) {
      if (event.kind === 'signal') io.exit(0);
      if (event.kind !== 'request') return state;
      const { id, method, path } = event.request;
      const file = path === '/' ? '/index.html' : path;
      const body = io.read(ROOTS[name] + file) ?? (path === '/' ? PAGES[name] : undefined);
      const code = body === undefined ? 404 : 200;
      io.do({ kind: 'spendCpu', ms: REQUEST_CPU_MS });
      io.do({ kind: 'respond', id, code, body: body ?? '404 Not Found\n', afterMs: LATENCY_MS });
      io.log(`"${method} ${path} HTTP/1.1" ${code} ${(body ?? '').length}`);
      return { served: state.served + 1 };
    },
  };
}
