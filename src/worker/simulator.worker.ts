import type { Channel } from '../api/client';
import { Simulation, type Opened } from '../host/simulation';
import { buffersOf, type FrameMessage } from '../protocol/frame-message';
import type { FromSimulator, OpenRequest, ToSimulator } from '../protocol/messages';
import { DocumentLocks } from './document-lock';
import { IndexedDbStorage } from './indexed-db';
import { PortTrainer } from './trainer-port';

const trainer = new PortTrainer();
const simulation = new Simulation({
  wallMs: () => performance.now(),
  storage: new IndexedDbStorage(),
  trainer,
  wake: () => schedule(0),
  takeOver: (name) => locks.hold(name, true),
});
const locks = new DocumentLocks((name) => {
  if (name === simulation.name) simulation.lost();
});

const cancels = new Map<number, () => void>();
const channels = new Map<number, Channel>();

const say = (message: FromSimulator, transfer: ArrayBuffer[] = []): void => self.postMessage(message, transfer);

let timer: ReturnType<typeof setTimeout> | undefined;
/** A channel's message comes after those that wait already, so pings and requests are heard between slices. */
const turn = new MessageChannel();
turn.port1.onmessage = () => slice();
let turnAsked = false;

function schedule(sleepMs: number): void {
  if (turnAsked) return;
  clearTimeout(timer);
  if (sleepMs > 0) timer = setTimeout(slice, sleepMs);
  else {
    turnAsked = true;
    turn.port2.postMessage(0);
  }
}

function slice(): void {
  turnAsked = false;
  schedule(simulation.slice());
}

/** The name of a document that nobody stores; no stored one is called so. */
const UNSTORED = '';

async function open(request: OpenRequest): Promise<Opened> {
  simulation.dropFrame();
  if (request.from === 'memory') return openUnstored(request);
  const before = simulation.viewer;
  simulation.viewer = !(await locks.hold(request.name));
  const opened =
    request.from === 'storage'
      ? await simulation.openStored(request.name, request.preset, request.seed)
      : await simulation.openText(request.name, request.text, { atMs: request.atMs });
  if (simulation.name !== request.name) simulation.viewer = before;
  locks.keepOnly(simulation.name);
  return opened;
}

/** What is stored nowhere is nobody else's: it needs no lock. */
async function openUnstored({ text, atMs }: OpenRequest & { from: 'memory' }): Promise<Opened> {
  const opened = await simulation.openText(UNSTORED, text, { kept: false, atMs });
  if (opened.problem !== undefined) return opened;
  simulation.viewer = false;
  locks.keepOnly(UNSTORED);
  return opened;
}

self.onmessage = async (event: MessageEvent<ToSimulator>): Promise<void> => {
  const message = event.data;
  switch (message.kind) {
    case 'open': {
      const opened = await open(message.open);
      return say({ kind: 'opened', id: message.id, ...opened });
    }
    case 'trainer':
      return trainer.join(message.port);
    case 'request':
      return say({ kind: 'response', id: message.id, response: await simulation.request(message.request) });
    case 'watch':
    case 'stream':
      return follow(message);
    case 'channel':
      return openChannel(message);
    case 'input':
      return message.ends ? channels.get(message.id)?.endInput() : channels.get(message.id)?.send(message.data);
    case 'cancel':
      channels.get(message.id)?.close();
      channels.delete(message.id);
      cancels.get(message.id)?.();
      cancels.delete(message.id);
      return;
    case 'frame':
      return simulation.nextFrame(message.beside, sendFrame);
    case 'ping':
      return say({ kind: 'pong', id: message.id, atMs: simulation.session.nowMs });
  }
};

function sendFrame(frame: FrameMessage, beside?: FrameMessage): void {
  const moved = [...buffersOf(frame), ...(beside ? buffersOf(beside) : [])];
  say({ kind: 'frame', frame, ...(beside ? { beside } : {}) }, moved);
}

function follow(message: ToSimulator & { kind: 'watch' | 'stream' }): void {
  const { id, request } = message;
  const onEnd: Parameters<Simulation['watch']>[2] = (refusal) => {
    cancels.delete(id);
    say({ kind: 'end', id, ...(refusal ? { refusal } : {}) });
  };
  const cancel =
    message.kind === 'watch'
      ? simulation.watch(request, (watched) => say({ kind: 'event', id, event: watched }), onEnd)
      : simulation.stream(request, (text) => say({ kind: 'text', id, text }), onEnd);
  cancels.set(id, cancel);
}

function openChannel({ id, request }: ToSimulator & { kind: 'channel' }): void {
  const channel = simulation.channel(request, {
    onData: (stream, data) => say({ kind: 'output', id, stream, data }),
    onEnd: (end) => {
      channels.delete(id);
      say({ kind: 'closed', id, end });
    },
  });
  channels.set(id, channel);
}

schedule(0);
