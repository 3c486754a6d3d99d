import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from '../api/faults';
import type { ApiClient, ApiResponse } from '../api/client';
import type { Json } from '../api/objects';
import { Bridge } from '../bridge/bridge';
import { CONTROL_PREFIX } from '../protocol/control';
import { runKubectl } from '../kubectl/run';
import type { ClusterDocument } from '../host/document';

/**
 * What a learner did, a line a deed, written down so that it can be done again:
 *
 *     preset ml                  the first line: the cluster to start from
 *     at 1:35                    time goes on up to this moment of the cluster
 *     kubectl apply -f job.yaml  files are those beside the script
 *     fault NodeDown node=cpu-1  what breaks, by the fields of a fault
 *     back to 1:40               looks at an earlier moment: what is done next starts a branch
 *     branch main                returns to a branch and runs to where it ended
 */
export async function recordJournal(script: string, folder: string): Promise<ClusterDocument> {
  const bridge = new Bridge();
  try {
    const recorder = new Recorder(bridge, folder);
    for (const [index, text] of script.split('\n').entries()) {
      const line = text.replace(/^#.*/, '').trim();
      if (line === '') continue;
      await recorder.take(line).catch((error: unknown) => {
        throw new Error(`line ${index + 1}: ${error instanceof Error ? error.message : String(error)}`);
      });
    }
    return await recorder.document();
  } finally {
    bridge.close();
  }
}

class Recorder {
  readonly #client: ApiClient;

  constructor(
    private readonly bridge: Bridge,
    private readonly folder: string,
  ) {
    const { simulation } = bridge;
    this.#client = {
      request: (request) => simulation.request(request),
      watch: (...call) => simulation.watch(...call),
      stream: (...call) => simulation.stream(...call),
      channel: (...call) => simulation.channel(...call),
    };
  }

  async take(line: string): Promise<void> {
    const [verb = '', ...words] = line.split(/\s+/);
    if (verb === 'preset') return this.#start(words[0] ?? 'ml');
    if (verb === 'at') return this.#runTo(momentOf(words[0] ?? ''));
    if (verb === 'kubectl') return this.#kubectl(words);
    if (verb === 'fault') return void (await this.#control('POST', 'faults', faultOf(words) as unknown as Json));
    if (verb === 'back') return void (await this.#control('POST', 'time', { rewindMs: momentOf(words[1] ?? '') }));
    if (verb === 'branch') return void (await this.#control('POST', 'time', { live: words[0] ?? 'main' }));
    throw new Error(`unknown deed ${JSON.stringify(verb)}`);
  }

  async document(): Promise<ClusterDocument> {
    return (await this.#control('GET', 'document')).body as unknown as ClusterDocument;
  }

  async #start(preset: string): Promise<void> {
    const problem = await this.bridge.start({ preset, seed: 1, speed: 0 });
    if (problem) throw new Error(problem);
  }

  async #runTo(atMs: number): Promise<void> {
    const { nowMs } = this.bridge.simulation.session;
    if (atMs < nowMs) throw new Error(`it is ${nowMs} ms already`);
    await this.#control('POST', 'time', { advanceMs: atMs - nowMs });
  }

  async #kubectl(args: string[]): Promise<void> {
    let said = '';
    const code = await runKubectl(args, this.#client, {
      stdout: (text) => (said += text),
      stderr: (text) => (said += text),
      readFile: (name) => readFileSync(join(this.folder, name), 'utf8'),
      nowMs: () => this.bridge.simulation.session.cluster.clock.epochNowMs,
    });
    if (code !== 0) throw new Error(said);
  }

  async #control(method: string, name: string, body?: Json): Promise<ApiResponse> {
    const answer = await this.#client.request({
      method,
      path: CONTROL_PREFIX + name,
      ...(body === undefined ? {} : { body }),
    });
    if (answer.code !== 200) throw new Error(JSON.stringify(answer.body));
    return answer;
  }
}

/** Virtual ms of a moment such as `1:35` or `9:24.5`. */
function momentOf(text: string): number {
  const match = /^(\d+):(\d\d(?:\.\d+)?)$/.exec(text);
  if (!match) throw new Error(`no moment: ${JSON.stringify(text)}`);
  return Math.round((Number(match[1]) * 60 + Number(match[2])) * 1000);
}

function faultOf([type = '', ...fields]: string[]): Fault {
  const pairs = fields.map((field) => field.split('=') as [string, string]);
  return { type, ...Object.fromEntries(pairs) } as unknown as Fault;
}
