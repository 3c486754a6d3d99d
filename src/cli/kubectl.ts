import { existsSync, readFileSync, statSync } from 'node:fs';
import { HttpClient } from '../bridge/http-client';
import { runKubectl } from '../kubectl/run';

/** `npm run kubectl -- ARGS`: Podium's kubectl against the bridge, or any server named by PODIUM_SERVER. */
const client = new HttpClient(process.env['PODIUM_SERVER'] ?? 'http://127.0.0.1:8001');
const abort = new AbortController();
process.once('SIGINT', () => abort.abort());

async function clusterNowMs(): Promise<number> {
  const answer = await client.request({ method: 'GET', path: '/podium/v1/time' }).catch(() => undefined);
  const nowMs = answer?.code === 200 ? (answer.body as { nowMs?: number }).nowMs : undefined;
  return nowMs ?? Date.now();
}

const nowMs = await clusterNowMs();
process.exitCode = await runKubectl(process.argv.slice(2), client, {
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  readFile: (name) => (existsSync(name) && statSync(name).isFile() ? readFileSync(name, 'utf8') : undefined),
  ...(process.stdin.isTTY ? {} : { stdin: readFileSync(0, 'utf8') }),
  nowMs: () => nowMs,
  signal: abort.signal,
});
