// @vitest-environment node
import { afterEach, describe, expect, it } from 'vitest';
import { SimulationRig } from '../../host/simulation.rig';
import type { Frame } from '../../protocol/frame';
import type { FrameMessage } from '../../protocol/frame-message';
import { FrameReader } from '../../protocol/frame-reader';
import { History } from '../../scene/history';
import { FramePicture } from '../../scene/frame-picture';
import { healingSentence } from './healing-words';
import { homeDocument } from './home-document';
import { INVITATION, OPENING } from './home-picture';

const rigs: SimulationRig[] = [];
afterEach(() => rigs.splice(0).forEach((rig) => rig.stop()));

async function opened(): Promise<SimulationRig> {
  const rig = new SimulationRig();
  rigs.push(rig);
  expect(await rig.simulation.openText('', homeDocument(), { kept: false })).toEqual({});
  return rig;
}

class Watcher {
  readonly reader = new FrameReader();
  readonly history = new History();

  take(message: FrameMessage): Frame {
    const frame = this.reader.read(message);
    this.history.push(frame, this.reader);
    return frame;
  }
}

describe('the cluster of the home page', () => {
  it('opens to the picture that stands for it before it runs', async () => {
    const rig = await opened();
    const watcher = new Watcher();
    const frame = watcher.take(rig.simulation.frame());
    const picture = new FramePicture(frame, watcher.reader);
    const nodes = picture.nodes.map(({ name }) => ({
      name,
      pods: picture.podsOn(name).map((pod) => ({ name: pod.detail.name, phase: pod.phase })),
    }));
    expect(nodes).toEqual(OPENING.nodes);
    expect(`rev ${frame.controlPlane.revision}`).toBe(OPENING.says.etcd);
    expect(frame.controlPlane.loops[0]).toMatchObject({ subject: 'ReplicaSet infer', want: 3, have: 3 });
  });

  it('is stored nowhere', async () => {
    const rig = await opened();
    await rig.time({ advanceMs: 1_000 });
    expect(rig.storage.documents.size).toBe(0);
  });

  it('replaces a Pod that is killed, and every step of it has its sentence', async () => {
    const rig = await opened();
    const watcher = new Watcher();
    watcher.take(rig.simulation.frame());
    const victim = [...watcher.reader.pods.values()][1]!.name;
    const fromMs = watcher.history.nowMs;
    await rig.request('DELETE', `/api/v1/namespaces/default/pods/${victim}`);
    for (let step = 0; step < 20; step++) {
      await rig.time({ advanceMs: 100 });
      watcher.take(rig.simulation.frame());
    }
    const { story } = watcher.history;
    const said: string[] = [];
    for (let storyMs = fromMs; storyMs < story.endMs + 1_000; storyMs += 50) {
      const sentence = healingSentence(story, storyMs, watcher.history.at(storyMs)!, 3);
      if (said.at(-1) !== sentence) said.push(sentence);
    }
    expect(story.endMs - fromMs).toBeLessThan(9_000);
    const order = [
      new RegExp(`You deleted ${victim}\\. Nobody repairs it`),
      /wants 3 and has 2, so it asks for one more/,
      /The scheduler finds it a node: cpu-2/,
      /The kubelet on cpu-2 sees its name/,
      /^infer-\w+ runs on cpu-2\. New name, same count/,
    ];
    const found = order.map((words) => said.findIndex((sentence) => words.test(sentence)));
    expect({ found: [...found].sort((a, b) => a - b), said }).toEqual({ found, said });
    expect(
      found.every((index) => index >= 0),
      said.join('\n'),
    ).toBe(true);
    expect(said.at(-1)).toMatch(order.at(-1)!);
    expect(said.at(-1)).not.toContain(victim);
    expect(said).not.toContain(INVITATION);
  });
});
