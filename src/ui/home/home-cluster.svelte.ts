import type { Picture } from '../../scene/picture';
import { glowing } from '../../scene/routes';
import { trafficAt } from '../../scene/traffic';
import type { NodeBox } from '../../scene/node-layout';
import type { StageLayout } from '../../scene/layout';
import { workerSimulation } from '../connection/workers';
import { pathOf } from '../inspector/subjects';
import { StoryPlayer } from '../stage/player.svelte';
import { homeDocument } from './home-document';
import { LAYOUTS, type HomeForm, type HomeLayout } from './home-layout';
import { counted, deletedBy, healingSentence } from './healing-words';
import { INVITATION, type HomePicture } from './home-picture';

const LONGEST_STEP_MS = 50;

/** The cluster of the home page: a real one, in a worker of its own, of which nothing is stored. */
export class HomeCluster {
  /** Why it does not run; empty while it does. */
  problem = $state('');
  /** How many Pods were killed. */
  kills = $state(0);
  readonly #player = new StoryPlayer();
  readonly #simulation = workerSimulation();
  #loop = 0;
  #lastWallMs = 0;

  /** Starts it. Resolves once it runs, or `problem` says why it does not. */
  async start(): Promise<void> {
    const { view } = this.#simulation;
    view.listen((frame) => {
      this.#player.push(frame, { pods: view.pods, nodes: view.nodes });
      if (this.#loop === 0) this.#loop = requestAnimationFrame((wallMs) => this.#animate(wallMs));
    });
    this.problem = (await this.#simulation.start({ from: 'memory', text: homeDocument() })) ?? '';
    this.#simulation.drawFrames();
  }

  stop(): void {
    cancelAnimationFrame(this.#loop);
    this.#simulation.stop();
  }

  /** Deletes a Pod, as `kubectl delete pod` does. */
  kill(name: string): void {
    this.kills += 1;
    void this.#simulation.client.request({
      method: 'DELETE',
      path: pathOf('pods', 'default', name),
      headers: { 'user-agent': 'podium-page' },
    });
  }

  /** What there is to see and to say now; `undefined` until the first frame. `still`: without messages in flight. */
  show(form: HomeForm, still: boolean): { picture: HomePicture; sentence: string } | undefined {
    const { storyMs, history, version } = this.#player;
    const picture = version >= 0 ? history.at(storyMs) : null;
    if (!picture) return undefined;
    const want = picture.controlPlane.loops.find((loop) => loop.controller === 'replicaset-controller')?.want ?? 0;
    const deleted = deletedBy(history.story, storyMs);
    const have = counted(picture.pods, deleted).length;
    const nodes = picture.nodes.map(({ name }) => ({
      name,
      pods: picture.podsOn(name).map((pod) => ({
        name: pod.detail.name,
        phase: deleted.has(pod.key) ? ('Terminating' as const) : pod.phase,
      })),
    }));
    return {
      sentence: this.kills > 0 ? healingSentence(history.story, storyMs, picture, want) : INVITATION,
      picture: {
        nodes,
        says: {
          etcd: `rev ${picture.controlPlane.revision}`,
          controllers: `want ${want}, have ${have}`,
          scheduler: this.#schedulerWords(picture),
        },
        dots: still ? [] : trafficAt(history.story, storyMs, stageLayout(LAYOUTS[form], picture), 1).dots,
        hot: glowing(history.story, storyMs),
        unequal: want !== have,
      },
    };
  }

  #schedulerWords(picture: Picture): string {
    const { storyMs, history } = this.#player;
    const moment = history.story.momentAt(storyMs);
    const waiting = picture.unplaced.length;
    if (moment && moment.record.node !== undefined && storyMs >= moment.decidedMs) return `best: ${moment.record.node}`;
    if (moment) return `${moment.record.feasible} of ${moment.record.nodes} fit`;
    return waiting > 0 ? `${waiting} waiting` : 'queue empty';
  }

  #animate(wallMs: number): void {
    const stepMs = Math.min(LONGEST_STEP_MS, wallMs - this.#lastWallMs);
    this.#lastWallMs = wallMs;
    this.#loop = this.#player.tick(stepMs) ? requestAnimationFrame((next) => this.#animate(next)) : 0;
  }
}

/** The home page's places as a stage's, in which messages find their way. */
function stageLayout({ form, width, height, boxes, trunk, nodes }: HomeLayout, picture: Picture): StageLayout {
  const placed = picture.nodes.slice(0, nodes.length).map((node, index): NodeBox => {
    const place = nodes[index]!;
    return { ...place, node, gates: [], nameY: 0, socketsY: 0, pods: [], more: 0, slotY: 0, metersY: 0 };
  });
  return {
    form: form === 'rows' ? 'rows' : 'map',
    level: 1,
    width,
    height,
    topLane: { x: 0, y: 0, width, height: trunk.y + trunk.height / 2 },
    trunk,
    boxes,
    pools: [],
    nodes: placed,
    riserX: new Map(placed.map((box, index) => [box.node.name, nodes[index]!.riserX])),
    lowerLane: { x: 0, y: height, width, height: 0 },
    lowerTitleY: 0,
    volumes: [],
    services: [],
    hidden: 0,
    channelY: height,
  };
}
