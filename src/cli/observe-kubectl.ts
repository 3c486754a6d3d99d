import type { ApiClient } from '../api/client';
import type { Json } from '../api/objects';
import { createApiServer } from '../kernel/apiserver/in-process';
import { defaultKubeconfig } from '../kubectl/io';
import { runKubectl } from '../kubectl/run';

/** One line of the conversation: a cluster to start from, or a command. */
interface Line {
  now?: string;
  restore?: Json[];
  id?: string;
  args?: string[];
  stdin?: string;
  files?: Record<string, string>;
}

interface Cluster {
  client: ApiClient;
  nowMs: number;
}

/**
 * Answers kubectl commands about a cluster without controllers. A line with `restore` fills an empty cluster and has
 * no answer; each other line is a command, answered by what it prints and its exit code, in the same order.
 */
export async function observeKubectl(lines: AsyncIterable<string>, write: (line: string) => void): Promise<void> {
  let cluster: Cluster | undefined;
  for await (const text of lines) {
    if (text.trim() === '') continue;
    const line = JSON.parse(text) as Line;
    if (line.restore) {
      cluster = restored(line.restore, new Date(line.now ?? 0).getTime());
      continue;
    }
    cluster ??= restored([], 0);
    write(JSON.stringify({ id: line.id ?? '', actual: await run(line, cluster) }));
  }
}

function restored(objects: Json[], nowMs: number): Cluster {
  const server = createApiServer({ nowMs });
  server.restore(objects);
  return { client: server.client, nowMs };
}

async function run(line: Line, cluster: Cluster): Promise<{ stdout: string; stderr: string; code: number }> {
  const actual = { stdout: '', stderr: '', code: 0 };
  const files = new Map(Object.entries(line.files ?? {}));
  actual.code = await runKubectl(line.args ?? [], cluster.client, {
    stdout: (text) => (actual.stdout += text),
    stderr: (text) => (actual.stderr += text),
    readFile: (name) => files.get(name.replace(/^\.\//, '')),
    fileNames: () => [...files.keys()],
    ...(line.stdin === undefined ? {} : { stdin: line.stdin }),
    nowMs: () => cluster.nowMs,
    kubeconfig: defaultKubeconfig('https://SERVER'),
  });
  return actual;
}
