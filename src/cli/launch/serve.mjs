// A static file server for dist/ on 127.0.0.1, with the headers that public/_headers asks of any host.
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
};

const COMPRESSED = new Set(['.html', '.js', '.mjs', '.css', '.json', '.svg', '.wasm', '.ttf', '.txt']);
const QUALITY = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };

/** What a file is in brotli, as static hosts send it; kept until the file changes. */
function compressor() {
  const kept = new Map();
  return (file) => {
    const changed = statSync(file).mtimeMs;
    if (kept.get(file)?.changed !== changed)
      kept.set(file, { changed, body: brotliCompressSync(readFileSync(file), QUALITY) });
    return kept.get(file).body;
  };
}

/** The rules of a _headers file: a path pattern, then indented `Name: value` lines. */
function headerRules(folder) {
  const file = join(folder, '_headers');
  if (!existsSync(file)) return [];
  const rules = [];
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (/^\S/.test(line) && !line.startsWith('#'))
      rules.push({
        pattern: new RegExp(
          `^${line
            .trim()
            .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
            .replaceAll('*', '.*')}$`,
        ),
        headers: [],
      });
    const header = /^\s+([\w-]+):\s*(.*)$/.exec(line);
    if (header && rules.length > 0) rules.at(-1).headers.push([header[1], header[2]]);
  }
  return rules;
}

/** Serves a folder below a base path. Resolves to the server and its address. */
export function serve(folder, { port = 4173, base = '/' } = {}) {
  const rules = headerRules(folder);
  const compressed = compressor();
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    if (!path.startsWith(base)) return response.writeHead(404).end();
    const inside = `/${path.slice(base.length)}`;
    let file = normalize(join(folder, inside));
    if (file !== normalize(folder) && !file.startsWith(normalize(folder) + (folder.endsWith(sep) ? '' : sep)))
      return response.writeHead(403).end();
    if (existsSync(file) && statSync(file).isDirectory()) file = join(file, 'index.html');
    if (!existsSync(file)) return response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n');
    response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
    response.setHeader('cache-control', 'no-cache');
    for (const { pattern, headers } of rules)
      if (pattern.test(inside)) for (const [name, value] of headers) response.setHeader(name, value);
    if (!COMPRESSED.has(extname(file))) return createReadStream(file).pipe(response);
    response.setHeader('vary', 'accept-encoding');
    if (!/\bbr\b/.test(request.headers['accept-encoding'] ?? '')) return createReadStream(file).pipe(response);
    response.writeHead(200, { 'content-encoding': 'br' }).end(compressed(file));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () =>
      resolve({ server, url: `http://127.0.0.1:${server.address().port}${base}` }),
    );
  });
}
